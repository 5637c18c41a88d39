SELECT t.table_position, c.name,
  CASE TYPE_NAME(c.system_type_id) WHEN 'timestamp' THEN 'rowversion' ELSE TYPE_NAME(c.system_type_id) END
  + CASE
    WHEN TYPE_NAME(c.system_type_id) NOT IN ('char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary') THEN ''
    WHEN c.max_length = -1 THEN '(max)'
    WHEN TYPE_NAME(c.system_type_id) IN ('nchar', 'nvarchar') THEN '(' + CONVERT(varchar(10), c.max_length / 2) + ')'
    ELSE '(' + CONVERT(varchar(10), c.max_length) + ')' END,
  ic.key_ordinal, c.collation_name
FROM (VALUES (0, N'dbo', N'Befolkning'), (1, N'dbo', N'Adress'), (2, N'dbo', N'Kontakt')) AS t(table_position, schema_name, table_name)
LEFT JOIN sys.schemas AS s ON s.name = t.schema_name
LEFT JOIN sys.objects AS o ON o.schema_id = s.schema_id AND o.name = t.table_name AND o.type IN ('U', 'V')
JOIN sys.columns AS c ON c.object_id = o.object_id
LEFT JOIN sys.indexes AS i ON i.object_id = o.object_id AND i.is_primary_key = 1
LEFT JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.column_id = c.column_id
ORDER BY t.table_position, c.column_id
