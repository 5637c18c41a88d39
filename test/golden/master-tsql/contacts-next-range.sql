-- @p1 varchar(4) = "RES"
-- @p2 varchar(13) = "no.1"
-- @p3 varchar(13) = "no.9"
SELECT p.[IdTyp] AS c0, p.[PersonId] AS c1, c.[IdTyp] AS c2, c.[PersonId] AS c3, c.[Kanal] AS c4, c.[Lopnr] AS c5, c.[Varde] AS c6, c.[Samtycke] AS c7
FROM [dbo].[Befolkning] AS p INNER LOOP JOIN [dbo].[Kontakt] AS c ON c.[IdTyp] = p.[IdTyp] COLLATE SQL_Latin1_General_CP1_CI_AS AND c.[PersonId] = p.[PersonId] COLLATE SQL_Latin1_General_CP1_CI_AS
WHERE p.[IdTyp] = @p1 AND p.[PersonId] > @p2 AND p.[PersonId] <= @p3
ORDER BY c0, c1, c2, c3, c4, c5
