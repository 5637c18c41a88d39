-- The tables of mappings/master.json on SQL Server, with row versions and change tracking. Run in an empty database of Master by its
-- administrator, never by the hub: the hub only reads. Batches end at GO. Safe to run twice.

IF SCHEMA_ID(N'dbo') IS NULL EXEC (N'CREATE SCHEMA dbo');
GO
IF OBJECT_ID(N'dbo.Befolkning') IS NULL
CREATE TABLE dbo.Befolkning (
  IdTyp                varchar(4)   NOT NULL,
  PersonId             varchar(13)  NOT NULL,
  Fornamn              nvarchar(80) NULL,
  Tilltalsmarkering    smallint     NULL,
  Mellannamn           nvarchar(60) NULL,
  Efternamn            nvarchar(60) NULL,
  Aviseringsnamn       nvarchar(80) NULL,
  Kon                  char(1)      NOT NULL,
  Fodelsedatum         char(8)      NULL,
  Sekretess            bit          NOT NULL CONSTRAINT DF_Befolkning_Sekretess DEFAULT 0,
  SkyddadFolkbokforing bit          NOT NULL CONSTRAINT DF_Befolkning_Skyddad DEFAULT 0,
  AvregOrsak           char(2)      NULL,
  AvregDatum           char(8)      NULL,
  Civilstand           nvarchar(2)  NULL,
  Lan                  char(2)      NULL,
  Kommun               char(4)      NULL,
  Forsamling           char(6)      NULL,
  Fastighet            nvarchar(60) NULL,
  FolkbokfDatum        char(8)      NULL,
  HanvisningTyp        varchar(4)   NULL,
  HanvisningId         varchar(13)  NULL,
  Testperson           bit          NOT NULL CONSTRAINT DF_Befolkning_Test DEFAULT 0,
  RadVersion           rowversion   NOT NULL,
  CONSTRAINT PK_Befolkning PRIMARY KEY CLUSTERED (IdTyp, PersonId)
);
GO
IF OBJECT_ID(N'dbo.Adress') IS NULL
CREATE TABLE dbo.Adress (
  IdTyp      varchar(4)   NOT NULL,
  PersonId   varchar(13)  NOT NULL,
  AdressTyp  varchar(2)   NOT NULL,
  CareOf     nvarchar(60) NULL,
  Rad1       nvarchar(60) NULL,
  Rad2       nvarchar(60) NULL,
  Rad3       nvarchar(60) NULL,
  Postnr     varchar(10)  NULL,
  Ort        nvarchar(40) NULL,
  Land       nvarchar(40) NULL,
  RadVersion rowversion   NOT NULL,
  CONSTRAINT PK_Adress PRIMARY KEY CLUSTERED (IdTyp, PersonId, AdressTyp)
);
GO
IF OBJECT_ID(N'dbo.Kontakt') IS NULL
CREATE TABLE dbo.Kontakt (
  IdTyp      varchar(4)    NOT NULL,
  PersonId   varchar(13)   NOT NULL,
  Kanal      varchar(2)    NOT NULL,
  Lopnr      int           NOT NULL,
  Varde      nvarchar(120) NOT NULL,
  Samtycke   char(1)       NULL,
  RadVersion rowversion    NOT NULL,
  CONSTRAINT PK_Kontakt PRIMARY KEY CLUSTERED (IdTyp, PersonId, Kanal, Lopnr)
);
GO
-- Mode rowversion.
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Befolkning'), N'IX_Befolkning_RadVersion', 'IndexID') IS NULL
CREATE UNIQUE INDEX IX_Befolkning_RadVersion ON dbo.Befolkning (RadVersion);
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Adress'), N'IX_Adress_RadVersion', 'IndexID') IS NULL
CREATE UNIQUE INDEX IX_Adress_RadVersion ON dbo.Adress (RadVersion);
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Kontakt'), N'IX_Kontakt_RadVersion', 'IndexID') IS NULL
CREATE UNIQUE INDEX IX_Kontakt_RadVersion ON dbo.Kontakt (RadVersion);
GO
-- Mode change-tracking. The retention has to outlast the longest time that the hub may stand still: a long weekend, at least.
IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_databases WHERE database_id = DB_ID())
ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 7 DAYS, AUTO_CLEANUP = ON);
GO
ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;
GO
IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_tables WHERE object_id = OBJECT_ID(N'dbo.Befolkning'))
ALTER TABLE dbo.Befolkning ENABLE CHANGE_TRACKING;
IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_tables WHERE object_id = OBJECT_ID(N'dbo.Adress'))
ALTER TABLE dbo.Adress ENABLE CHANGE_TRACKING;
IF NOT EXISTS (SELECT 1 FROM sys.change_tracking_tables WHERE object_id = OBJECT_ID(N'dbo.Kontakt'))
ALTER TABLE dbo.Kontakt ENABLE CHANGE_TRACKING;
GO
