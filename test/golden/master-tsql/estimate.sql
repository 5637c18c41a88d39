SELECT SUM(p.rows) FROM sys.partitions AS p
WHERE p.object_id = OBJECT_ID(N'[dbo].[Befolkning]') AND p.index_id IN (0, 1)
