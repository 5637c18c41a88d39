SELECT t.table_position, CONVERT(varchar(20), o.object_id), CONVERT(varchar(33), o.modify_date, 126), NULL, NULL
FROM (VALUES (0, N'dbo', N'Befolkning'), (1, N'dbo', N'Adress'), (2, N'dbo', N'Kontakt')) AS t(table_position, schema_name, table_name)
LEFT JOIN sys.schemas AS s ON s.name = t.schema_name
LEFT JOIN sys.objects AS o ON o.schema_id = s.schema_id AND o.name = t.table_name AND o.type IN ('U', 'V')
ORDER BY t.table_position
