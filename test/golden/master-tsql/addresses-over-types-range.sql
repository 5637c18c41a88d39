-- @p1 varchar(4) = "RES"
-- @p2 varchar(4) = "SNR"
-- @p3 varchar(13) = "no.1"
-- @p4 varchar(4) = "RES"
-- @p5 varchar(4) = "SNR"
-- @p6 varchar(4) = "SNR"
-- @p7 varchar(4) = "RES"
-- @p8 varchar(13) = "no.0"
-- @p9 varchar(4) = "RES"
-- @p10 varchar(4) = "SNR"
-- @p11 varchar(13) = "no.1"
-- @p12 varchar(13) = "no.0"
SELECT p.[IdTyp] AS c0, p.[PersonId] AS c1, c.[IdTyp] AS c2, c.[PersonId] AS c3, c.[AdressTyp] AS c4, c.[CareOf] AS c5, c.[Rad1] AS c6, c.[Rad2] AS c7, c.[Rad3] AS c8, c.[Postnr] AS c9, c.[Ort] AS c10, c.[Land] AS c11
FROM [dbo].[Befolkning] AS p INNER LOOP JOIN [dbo].[Adress] AS c ON c.[IdTyp] = p.[IdTyp] AND c.[PersonId] = p.[PersonId]
WHERE p.[IdTyp] = @p1 AND p.[IdTyp] < @p2 AND p.[PersonId] > @p3
UNION ALL
SELECT p.[IdTyp] AS c0, p.[PersonId] AS c1, c.[IdTyp] AS c2, c.[PersonId] AS c3, c.[AdressTyp] AS c4, c.[CareOf] AS c5, c.[Rad1] AS c6, c.[Rad2] AS c7, c.[Rad3] AS c8, c.[Postnr] AS c9, c.[Ort] AS c10, c.[Land] AS c11
FROM [dbo].[Befolkning] AS p INNER LOOP JOIN [dbo].[Adress] AS c ON c.[IdTyp] = p.[IdTyp] AND c.[PersonId] = p.[PersonId]
WHERE p.[IdTyp] > @p4 AND p.[IdTyp] < @p5
UNION ALL
SELECT p.[IdTyp] AS c0, p.[PersonId] AS c1, c.[IdTyp] AS c2, c.[PersonId] AS c3, c.[AdressTyp] AS c4, c.[CareOf] AS c5, c.[Rad1] AS c6, c.[Rad2] AS c7, c.[Rad3] AS c8, c.[Postnr] AS c9, c.[Ort] AS c10, c.[Land] AS c11
FROM [dbo].[Befolkning] AS p INNER LOOP JOIN [dbo].[Adress] AS c ON c.[IdTyp] = p.[IdTyp] AND c.[PersonId] = p.[PersonId]
WHERE p.[IdTyp] = @p6 AND p.[IdTyp] > @p7 AND p.[PersonId] <= @p8
UNION ALL
SELECT p.[IdTyp] AS c0, p.[PersonId] AS c1, c.[IdTyp] AS c2, c.[PersonId] AS c3, c.[AdressTyp] AS c4, c.[CareOf] AS c5, c.[Rad1] AS c6, c.[Rad2] AS c7, c.[Rad3] AS c8, c.[Postnr] AS c9, c.[Ort] AS c10, c.[Land] AS c11
FROM [dbo].[Befolkning] AS p INNER LOOP JOIN [dbo].[Adress] AS c ON c.[IdTyp] = p.[IdTyp] AND c.[PersonId] = p.[PersonId]
WHERE p.[IdTyp] = @p9 AND p.[IdTyp] = @p10 AND p.[PersonId] > @p11 AND p.[PersonId] <= @p12
ORDER BY c0, c1, c2, c3, c4
