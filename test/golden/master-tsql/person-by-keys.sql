-- @p1 nvarchar(max) = "[[0,\"RES\",\"no.1\"],[1,\"O'x\",\"no. \\\"2\\\"\"]]"
SELECT k.place, c.[IdTyp] AS c0, c.[PersonId] AS c1, c.[Fornamn] AS c2, c.[Tilltalsmarkering] AS c3, c.[Mellannamn] AS c4, c.[Efternamn] AS c5, c.[Aviseringsnamn] AS c6, c.[Kon] AS c7, c.[Fodelsedatum] AS c8, c.[Sekretess] AS c9, c.[SkyddadFolkbokforing] AS c10, c.[AvregOrsak] AS c11, c.[AvregDatum] AS c12, c.[Civilstand] AS c13, c.[Lan] AS c14, c.[Kommun] AS c15, c.[Forsamling] AS c16, c.[Fastighet] AS c17, c.[FolkbokfDatum] AS c18, c.[HanvisningTyp] AS c19, c.[HanvisningId] AS c20, c.[Testperson] AS c21
FROM OPENJSON(@p1) WITH (place int '$[0]', k0 varchar(4) '$[1]', k1 varchar(13) '$[2]') AS k
INNER LOOP JOIN [dbo].[Befolkning] AS c ON c.[IdTyp] = k.k0 COLLATE Finnish_Swedish_CI_AS AND c.[PersonId] = k.k1 COLLATE Finnish_Swedish_CI_AS
ORDER BY k.place, c.[IdTyp], c.[PersonId]
