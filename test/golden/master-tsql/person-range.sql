-- @p1 int = "2001"
-- @p2 varchar(4) = "RES"
-- @p3 varchar(13) = "no.1"
-- @p4 varchar(13) = "no.9"
SELECT TOP (@p1) p.[IdTyp] AS c0, p.[PersonId] AS c1, p.[Fornamn] AS c2, p.[Tilltalsmarkering] AS c3, p.[Mellannamn] AS c4, p.[Efternamn] AS c5, p.[Aviseringsnamn] AS c6, p.[Kon] AS c7, p.[Fodelsedatum] AS c8, p.[Sekretess] AS c9, p.[SkyddadFolkbokforing] AS c10, p.[AvregOrsak] AS c11, p.[AvregDatum] AS c12, p.[Civilstand] AS c13, p.[Lan] AS c14, p.[Kommun] AS c15, p.[Forsamling] AS c16, p.[Fastighet] AS c17, p.[FolkbokfDatum] AS c18, p.[HanvisningTyp] AS c19, p.[HanvisningId] AS c20, p.[Testperson] AS c21
FROM [dbo].[Befolkning] AS p
WHERE p.[IdTyp] = @p2 AND p.[PersonId] > @p3 AND p.[PersonId] <= @p4
ORDER BY p.[IdTyp], p.[PersonId]
