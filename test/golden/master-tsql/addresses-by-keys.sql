-- @p1 nvarchar(max) = "[[0,\"RES\",\"no.1\"],[1,\"O'x\",\"no. \\\"2\\\"\"]]"
SELECT k.place, c.[IdTyp] AS c0, c.[PersonId] AS c1, c.[AdressTyp] AS c2, c.[CareOf] AS c3, c.[Rad1] AS c4, c.[Rad2] AS c5, c.[Rad3] AS c6, c.[Postnr] AS c7, c.[Ort] AS c8, c.[Land] AS c9
FROM OPENJSON(@p1) WITH (place int '$[0]', k0 varchar(4) '$[1]', k1 varchar(13) '$[2]') AS k
INNER LOOP JOIN [dbo].[Adress] AS c ON c.[IdTyp] = k.k0 COLLATE Finnish_Swedish_CI_AS AND c.[PersonId] = k.k1 COLLATE Finnish_Swedish_CI_AS
ORDER BY k.place, c.[IdTyp], c.[PersonId], c.[AdressTyp]
