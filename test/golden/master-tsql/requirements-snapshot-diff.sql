SELECT 'table-exists', t.table_position, CASE WHEN o.object_id IS NULL THEN 0 ELSE 1 END FROM (VALUES (0, N'dbo', N'Befolkning'), (1, N'dbo', N'Adress'), (2, N'dbo', N'Kontakt')) AS t(table_position, schema_name, table_name)
LEFT JOIN sys.schemas AS s ON s.name = t.schema_name
LEFT JOIN sys.objects AS o ON o.schema_id = s.schema_id AND o.name = t.table_name AND o.type IN ('U', 'V')
UNION ALL
SELECT 'select', t.table_position, ISNULL(HAS_PERMS_BY_NAME(QUOTENAME(t.schema_name) + N'.' + QUOTENAME(t.table_name), 'OBJECT', 'SELECT'), 0) FROM (VALUES (0, N'dbo', N'Befolkning'), (1, N'dbo', N'Adress'), (2, N'dbo', N'Kontakt')) AS t(table_position, schema_name, table_name)
LEFT JOIN sys.schemas AS s ON s.name = t.schema_name
LEFT JOIN sys.objects AS o ON o.schema_id = s.schema_id AND o.name = t.table_name AND o.type IN ('U', 'V')
UNION ALL
SELECT 'key-lists', NULL, CASE WHEN d.compatibility_level >= 130 THEN 1 ELSE 0 END FROM sys.databases AS d WHERE d.database_id = DB_ID()
