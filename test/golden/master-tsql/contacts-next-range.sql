-- @p1 varchar(4) = "RES"
-- @p2 varchar(13) = "key-1"
-- @p3 varchar(13) = "key-9"
SELECT p.[IdTyp] AS c0, p.[PersonId] AS c1, c.[IdTyp] AS c2, c.[PersonId] AS c3, c.[Kanal] AS c4, c.[Lopnr] AS c5, c.[Varde] AS c6, c.[Samtycke] AS c7
FROM [dbo].[Befolkning] AS p JOIN [dbo].[Kontakt] AS c ON c.[IdTyp] = p.[IdTyp] AND c.[PersonId] = p.[PersonId]
WHERE p.[IdTyp] = @p1 AND p.[PersonId] > @p2 AND p.[PersonId] <= @p3
ORDER BY c0, c1, c2, c3, c4, c5
