-- @p1 binary(8) = "100"
-- @p2 binary(8) = "200"
-- @p3 int = "2000"
-- @p4 binary(8) = "150"
-- @p5 varchar(4) = "RES"
-- @p6 varchar(13) = "no.1"
SELECT TOP (@p3) CONVERT(bigint, c.change_version), c.operation, c.table_position, c.k0, c.k1
FROM (
SELECT * FROM (
  SELECT TOP (@p3) t.[RadVersion] AS change_version, 'U' AS operation, 0 AS table_position, t.[IdTyp] AS k0, t.[PersonId] AS k1
  FROM [dbo].[Befolkning] AS t
  WHERE t.[RadVersion] > @p1 AND t.[RadVersion] <= @p2
    AND (t.[RadVersion] > @p4 OR (t.[RadVersion] = @p4 AND ((t.[IdTyp] > @p5) OR (t.[IdTyp] = @p5 AND t.[PersonId] > @p6))))
  ORDER BY t.[RadVersion], t.[IdTyp], t.[PersonId]
) AS b0
UNION ALL
SELECT * FROM (
  SELECT TOP (@p3) t.[RadVersion] AS change_version, 'U' AS operation, 1 AS table_position, t.[IdTyp] AS k0, t.[PersonId] AS k1
  FROM [dbo].[Adress] AS t
  WHERE t.[RadVersion] > @p1 AND t.[RadVersion] <= @p2
    AND (t.[RadVersion] > @p4 OR (t.[RadVersion] = @p4 AND ((t.[IdTyp] > @p5) OR (t.[IdTyp] = @p5 AND t.[PersonId] > @p6))))
  ORDER BY t.[RadVersion], t.[IdTyp], t.[PersonId]
) AS b1
UNION ALL
SELECT * FROM (
  SELECT TOP (@p3) t.[RadVersion] AS change_version, 'U' AS operation, 2 AS table_position, t.[IdTyp] COLLATE Finnish_Swedish_CI_AS AS k0, t.[PersonId] COLLATE Finnish_Swedish_CI_AS AS k1
  FROM [dbo].[Kontakt] AS t
  WHERE t.[RadVersion] > @p1 AND t.[RadVersion] <= @p2
    AND (t.[RadVersion] > @p4 OR (t.[RadVersion] = @p4 AND ((t.[IdTyp] COLLATE Finnish_Swedish_CI_AS > @p5) OR (t.[IdTyp] COLLATE Finnish_Swedish_CI_AS = @p5 AND t.[PersonId] COLLATE Finnish_Swedish_CI_AS > @p6))))
  ORDER BY t.[RadVersion], t.[IdTyp] COLLATE Finnish_Swedish_CI_AS, t.[PersonId] COLLATE Finnish_Swedish_CI_AS
) AS b2
) AS c
ORDER BY c.change_version, c.k0, c.k1
