-- @p1 nvarchar(max) = "[[0,\"RES\",\"no.1\"],[1,\"O'x\",\"no. \\\"2\\\"\"]]"
SELECT k.place, c.[IdTyp] AS c0, c.[PersonId] AS c1, c.[Kanal] AS c2, c.[Lopnr] AS c3, c.[Varde] AS c4, c.[Samtycke] AS c5
FROM OPENJSON(@p1) WITH (place int '$[0]', k0 varchar(4) '$[1]', k1 varchar(13) '$[2]') AS k
INNER LOOP JOIN [dbo].[Kontakt] AS c ON c.[IdTyp] = k.k0 COLLATE SQL_Latin1_General_CP1_CI_AS AND c.[PersonId] = k.k1 COLLATE SQL_Latin1_General_CP1_CI_AS
ORDER BY k.place, c.[IdTyp], c.[PersonId], c.[Kanal], c.[Lopnr]
