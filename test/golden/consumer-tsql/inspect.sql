SELECT t.name AS table_name, c.name AS column_name FROM sys.tables AS t INNER JOIN sys.columns AS c ON c.object_id = t.object_id WHERE t.schema_id = SCHEMA_ID() AND t.name LIKE 'hub[_]%'
