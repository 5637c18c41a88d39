-- @p1 nvarchar(max) = "[[0,\"RES\",\"key-1\"],[1,\"O'x\",\"key \\\"2\\\"\"]]"
SELECT k.place
FROM OPENJSON(@p1) WITH (place int '$[0]', k0 varchar(4) '$[1]', k1 varchar(13) '$[2]') AS k
JOIN [dbo].[Befolkning] AS c ON c.[IdTyp] = k.k0 AND c.[PersonId] = k.k1
