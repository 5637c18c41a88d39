-- @p1 bigint = "100"
-- @p2 bigint = "200"
-- @p3 int = "2000"
SELECT TOP (@p3) CONVERT(bigint, c.change_version), c.operation, c.table_position, c.k0, c.k1
FROM (
SELECT * FROM (
  SELECT TOP (@p3) t.SYS_CHANGE_VERSION AS change_version, t.SYS_CHANGE_OPERATION AS operation, 0 AS table_position, t.[IdTyp] AS k0, t.[PersonId] AS k1
  FROM CHANGETABLE(CHANGES [dbo].[Befolkning], @p1) AS t
  WHERE t.SYS_CHANGE_VERSION > @p1 AND t.SYS_CHANGE_VERSION <= @p2
  ORDER BY t.SYS_CHANGE_VERSION, t.[IdTyp], t.[PersonId]
) AS b0
UNION ALL
SELECT * FROM (
  SELECT TOP (@p3) t.SYS_CHANGE_VERSION AS change_version, t.SYS_CHANGE_OPERATION AS operation, 1 AS table_position, t.[IdTyp] AS k0, t.[PersonId] AS k1
  FROM CHANGETABLE(CHANGES [dbo].[Adress], @p1) AS t
  WHERE t.SYS_CHANGE_VERSION > @p1 AND t.SYS_CHANGE_VERSION <= @p2
  ORDER BY t.SYS_CHANGE_VERSION, t.[IdTyp], t.[PersonId]
) AS b1
UNION ALL
SELECT * FROM (
  SELECT TOP (@p3) t.SYS_CHANGE_VERSION AS change_version, t.SYS_CHANGE_OPERATION AS operation, 2 AS table_position, t.[IdTyp] COLLATE Finnish_Swedish_CI_AS AS k0, t.[PersonId] COLLATE Finnish_Swedish_CI_AS AS k1
  FROM CHANGETABLE(CHANGES [dbo].[Kontakt], @p1) AS t
  WHERE t.SYS_CHANGE_VERSION > @p1 AND t.SYS_CHANGE_VERSION <= @p2
  ORDER BY t.SYS_CHANGE_VERSION, t.[IdTyp] COLLATE Finnish_Swedish_CI_AS, t.[PersonId] COLLATE Finnish_Swedish_CI_AS
) AS b2
) AS c
ORDER BY c.change_version, c.k0, c.k1
