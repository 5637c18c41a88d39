UPDATE hub_schema_version SET used_since = SYSDATETIMEOFFSET() WHERE used_since IS NULL
