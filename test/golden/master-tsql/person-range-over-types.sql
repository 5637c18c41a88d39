-- @p1 int = "2001"
-- @p2 varchar(4) = "RES"
-- @p3 varchar(4) = "SNR"
-- @p4 varchar(13) = "no.1"
-- @p5 varchar(4) = "RES"
-- @p6 varchar(4) = "SNR"
-- @p7 varchar(4) = "SNR"
-- @p8 varchar(4) = "RES"
-- @p9 varchar(13) = "no.0"
-- @p10 varchar(4) = "RES"
-- @p11 varchar(4) = "SNR"
-- @p12 varchar(13) = "no.1"
-- @p13 varchar(13) = "no.0"
SELECT TOP (@p1) u.c0, u.c1, u.c2, u.c3, u.c4, u.c5, u.c6, u.c7, u.c8, u.c9, u.c10, u.c11, u.c12, u.c13, u.c14, u.c15, u.c16, u.c17, u.c18, u.c19, u.c20, u.c21 FROM (
SELECT * FROM (SELECT TOP (@p1) p.[IdTyp] AS c0, p.[PersonId] AS c1, p.[Fornamn] AS c2, p.[Tilltalsmarkering] AS c3, p.[Mellannamn] AS c4, p.[Efternamn] AS c5, p.[Aviseringsnamn] AS c6, p.[Kon] AS c7, p.[Fodelsedatum] AS c8, p.[Sekretess] AS c9, p.[SkyddadFolkbokforing] AS c10, p.[AvregOrsak] AS c11, p.[AvregDatum] AS c12, p.[Civilstand] AS c13, p.[Lan] AS c14, p.[Kommun] AS c15, p.[Forsamling] AS c16, p.[Fastighet] AS c17, p.[FolkbokfDatum] AS c18, p.[HanvisningTyp] AS c19, p.[HanvisningId] AS c20, p.[Testperson] AS c21, p.[IdTyp] AS s0, p.[PersonId] AS s1
FROM [dbo].[Befolkning] AS p
WHERE p.[IdTyp] = @p2 AND p.[IdTyp] < @p3 AND p.[PersonId] > @p4
ORDER BY p.[IdTyp], p.[PersonId]) AS b0
UNION ALL
SELECT * FROM (SELECT TOP (@p1) p.[IdTyp] AS c0, p.[PersonId] AS c1, p.[Fornamn] AS c2, p.[Tilltalsmarkering] AS c3, p.[Mellannamn] AS c4, p.[Efternamn] AS c5, p.[Aviseringsnamn] AS c6, p.[Kon] AS c7, p.[Fodelsedatum] AS c8, p.[Sekretess] AS c9, p.[SkyddadFolkbokforing] AS c10, p.[AvregOrsak] AS c11, p.[AvregDatum] AS c12, p.[Civilstand] AS c13, p.[Lan] AS c14, p.[Kommun] AS c15, p.[Forsamling] AS c16, p.[Fastighet] AS c17, p.[FolkbokfDatum] AS c18, p.[HanvisningTyp] AS c19, p.[HanvisningId] AS c20, p.[Testperson] AS c21, p.[IdTyp] AS s0, p.[PersonId] AS s1
FROM [dbo].[Befolkning] AS p
WHERE p.[IdTyp] > @p5 AND p.[IdTyp] < @p6
ORDER BY p.[IdTyp], p.[PersonId]) AS b1
UNION ALL
SELECT * FROM (SELECT TOP (@p1) p.[IdTyp] AS c0, p.[PersonId] AS c1, p.[Fornamn] AS c2, p.[Tilltalsmarkering] AS c3, p.[Mellannamn] AS c4, p.[Efternamn] AS c5, p.[Aviseringsnamn] AS c6, p.[Kon] AS c7, p.[Fodelsedatum] AS c8, p.[Sekretess] AS c9, p.[SkyddadFolkbokforing] AS c10, p.[AvregOrsak] AS c11, p.[AvregDatum] AS c12, p.[Civilstand] AS c13, p.[Lan] AS c14, p.[Kommun] AS c15, p.[Forsamling] AS c16, p.[Fastighet] AS c17, p.[FolkbokfDatum] AS c18, p.[HanvisningTyp] AS c19, p.[HanvisningId] AS c20, p.[Testperson] AS c21, p.[IdTyp] AS s0, p.[PersonId] AS s1
FROM [dbo].[Befolkning] AS p
WHERE p.[IdTyp] = @p7 AND p.[IdTyp] > @p8 AND p.[PersonId] <= @p9
ORDER BY p.[IdTyp], p.[PersonId]) AS b2
UNION ALL
SELECT * FROM (SELECT TOP (@p1) p.[IdTyp] AS c0, p.[PersonId] AS c1, p.[Fornamn] AS c2, p.[Tilltalsmarkering] AS c3, p.[Mellannamn] AS c4, p.[Efternamn] AS c5, p.[Aviseringsnamn] AS c6, p.[Kon] AS c7, p.[Fodelsedatum] AS c8, p.[Sekretess] AS c9, p.[SkyddadFolkbokforing] AS c10, p.[AvregOrsak] AS c11, p.[AvregDatum] AS c12, p.[Civilstand] AS c13, p.[Lan] AS c14, p.[Kommun] AS c15, p.[Forsamling] AS c16, p.[Fastighet] AS c17, p.[FolkbokfDatum] AS c18, p.[HanvisningTyp] AS c19, p.[HanvisningId] AS c20, p.[Testperson] AS c21, p.[IdTyp] AS s0, p.[PersonId] AS s1
FROM [dbo].[Befolkning] AS p
WHERE p.[IdTyp] = @p10 AND p.[IdTyp] = @p11 AND p.[PersonId] > @p12 AND p.[PersonId] <= @p13
ORDER BY p.[IdTyp], p.[PersonId]) AS b3
) AS u
ORDER BY u.s0, u.s1
