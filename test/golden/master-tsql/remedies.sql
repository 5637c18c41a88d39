-- database-tracked
ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 7 DAYS, AUTO_CLEANUP = ON);
-- table-exists
Correct mappings/master.json, or let the login see the table: GRANT SELECT ON [dbo].[Befolkning] TO [REGION\hub_reader];
-- table-tracked
ALTER TABLE [dbo].[Befolkning] ENABLE CHANGE_TRACKING;
-- row-version-column
ALTER TABLE [dbo].[Befolkning] ADD [RadVersion] rowversion NOT NULL; CREATE INDEX [IX_Befolkning_RadVersion] ON [dbo].[Befolkning] ([RadVersion]);
-- key-lists
ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = 130;
-- schema-usage
GRANT SELECT ON [dbo].[Befolkning] TO [REGION\hub_reader];
-- select
GRANT SELECT ON [dbo].[Befolkning] TO [REGION\hub_reader];
-- view-change-tracking
GRANT VIEW CHANGE TRACKING ON [dbo].[Befolkning] TO [REGION\hub_reader];
