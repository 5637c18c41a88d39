-- A small Master for a SQL Server of one's own: its database, the tables of the demo and a handful of persons. Run by sqlcmd, as an
-- administrator, never by the hub: the hub only reads. Safe to run twice: rows that are there stay as they are.
--
-- The numbers are the issuers' own published examples, and numbers of a time from which nobody lives. Telephone numbers and domains
-- are those that are kept free for fiction.

-- Not in the server's own database `master`, in spite of its name.
IF DB_ID(N'master_demo') IS NULL CREATE DATABASE master_demo;
GO
USE master_demo;
GO
:r /seed/master-schema.mssql.sql
GO
IF NOT EXISTS (SELECT 1 FROM dbo.Befolkning)
INSERT INTO dbo.Befolkning
  (IdTyp, PersonId, Fornamn, Tilltalsmarkering, Efternamn, Kon, Fodelsedatum, Sekretess, AvregOrsak, AvregDatum, Civilstand, Lan, Kommun, FolkbokfDatum, HanvisningTyp, HanvisningId)
VALUES
  -- Registered; the county and the municipality in their two columns.
  ('PNR', '189001019802', N'Åsa Märta', 10, N'Sjöström',  'K', '18900101', 0, NULL, NULL, N'G', '14', '80', '19500501', NULL, NULL),
  -- Protected: no address and no contact of this person may leave the hub.
  ('PNR', '189001029819', N'Örjan',     10, N'Ängby',     'M', '18900102', 1, NULL, NULL, N'OG', '14', '80', '19510601', NULL, NULL),
  -- Dead.
  ('PNR', '189001039800', N'Märit',     10, N'Åkesson',   'K', '18900103', 0, 'AV', '19870214', N'Ä', NULL, NULL, NULL, NULL, NULL),
  -- A samordningsnummer that was replaced by a personnummer.
  ('SNR', '189001649814', N'Göran',     10, N'Håkansson', 'M', '18900104', 0, 'GN', '19520303', NULL, NULL, NULL, NULL, 'PNR', '189001049817'),
  ('PNR', '189001049817', N'Göran',     10, N'Håkansson', 'M', '18900104', 0, NULL, NULL, N'OG', '14', '01', '19520303', NULL, NULL),
  -- A regional and a national reserve number. The county 99 says who pays and not where somebody lives.
  ('SLL', '991981000010', N'Björn',     10, N'Lindström', 'M', NULL,       0, NULL, NULL, NULL, '99', '01', NULL, NULL, NULL),
  ('NRID', '22790814AA01', N'Saga',     10, N'Högström',  'K', NULL,       0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
GO
IF NOT EXISTS (SELECT 1 FROM dbo.Adress)
INSERT INTO dbo.Adress
  (IdTyp, PersonId, AdressTyp, CareOf, Rad2, Postnr, Ort, Land)
VALUES
  ('PNR', '189001019802', 'FB', NULL,           N'Västra Provgatan 1', '411 99', N'GÖTEBORG', NULL),
  ('PNR', '189001019802', 'SP', N'c/o Sjöström', N'Box 1',             '411 98', N'GÖTEBORG', NULL),
  ('PNR', '189001029819', 'FB', NULL,           N'Hemliga gränd 2',    '411 99', N'GÖTEBORG', NULL),
  ('PNR', '189001049817', 'FB', NULL,           N'Östra Provvägen 3',  '435 99', N'MÖLNLYCKE', NULL),
  ('SLL', '991981000010', 'UT', NULL,           N'Prøvegade 4',        NULL,     N'KØBENHAVN', N'DANMARK');
GO
IF NOT EXISTS (SELECT 1 FROM dbo.Kontakt)
INSERT INTO dbo.Kontakt
  (IdTyp, PersonId, Kanal, Lopnr, Varde, Samtycke)
VALUES
  ('PNR', '189001019802', 'MO', 1, N'070-1740605',     'J'),
  ('PNR', '189001019802', 'EP', 1, N'asa@example.se',  'N'),
  ('PNR', '189001029819', 'TE', 1, N'08-46500400',     'J'),
  ('SLL', '991981000010', 'MO', 1, N'070-1740606',     'V');
GO
