SELECT CONVERT(varchar(36), r.recovery_fork_guid), CASE WHEN d.snapshot_isolation_state = 1 THEN 1 ELSE 0 END,
  'SQL Server', CONVERT(varchar(128), SERVERPROPERTY('ProductVersion')), USER_NAME()
FROM sys.databases AS d
LEFT JOIN sys.database_recovery_status AS r ON r.database_id = d.database_id
WHERE d.database_id = DB_ID()
