-- The tables of mappings/master.json as a PostgreSQL copy of Master, and the change log that stands in for SQL Server's change tracking.
-- Run by an administrator of Master, never by the hub: the hub only reads. Safe to run twice.

CREATE SCHEMA IF NOT EXISTS dbo;

CREATE TABLE IF NOT EXISTS dbo."Befolkning" (
  "IdTyp"                varchar(4)   NOT NULL,
  "PersonId"             varchar(13)  NOT NULL,
  "Fornamn"              varchar(80),
  "Tilltalsmarkering"    smallint,
  "Mellannamn"           varchar(60),
  "Efternamn"            varchar(60),
  "Aviseringsnamn"       varchar(80),
  "Kon"                  char(1)      NOT NULL,
  "Fodelsedatum"         char(8),
  "Sekretess"            boolean      NOT NULL DEFAULT false,
  "SkyddadFolkbokforing" boolean      NOT NULL DEFAULT false,
  "AvregOrsak"           char(2),
  "AvregDatum"           char(8),
  "Civilstand"           varchar(2),
  "Lan"                  char(2),
  "Kommun"               char(4),
  "Forsamling"           char(6),
  "Fastighet"            varchar(60),
  "FolkbokfDatum"        char(8),
  "HanvisningTyp"        varchar(4),
  "HanvisningId"         varchar(13),
  "Testperson"           boolean      NOT NULL DEFAULT false,
  "RadVersion"           bigint       NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  PRIMARY KEY ("IdTyp", "PersonId")
);

CREATE TABLE IF NOT EXISTS dbo."Adress" (
  "IdTyp"      varchar(4)  NOT NULL,
  "PersonId"   varchar(13) NOT NULL,
  "AdressTyp"  varchar(2)  NOT NULL,
  "CareOf"     varchar(60),
  "Rad1"       varchar(60),
  "Rad2"       varchar(60),
  "Rad3"       varchar(60),
  "Postnr"     varchar(10),
  "Ort"        varchar(40),
  "Land"       varchar(40),
  "RadVersion" bigint      NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  PRIMARY KEY ("IdTyp", "PersonId", "AdressTyp")
);

CREATE TABLE IF NOT EXISTS dbo."Kontakt" (
  "IdTyp"      varchar(4)   NOT NULL,
  "PersonId"   varchar(13)  NOT NULL,
  "Kanal"      varchar(2)   NOT NULL,
  "Lopnr"      integer      NOT NULL,
  "Varde"      varchar(120) NOT NULL,
  "Samtycke"   char(1),
  "RadVersion" bigint       NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  PRIMARY KEY ("IdTyp", "PersonId", "Kanal", "Lopnr")
);

CREATE INDEX IF NOT EXISTS "IX_Befolkning_RadVersion" ON dbo."Befolkning" ("RadVersion", "IdTyp", "PersonId");
CREATE INDEX IF NOT EXISTS "IX_Adress_RadVersion" ON dbo."Adress" ("RadVersion", "IdTyp", "PersonId");
CREATE INDEX IF NOT EXISTS "IX_Kontakt_RadVersion" ON dbo."Kontakt" ("RadVersion", "IdTyp", "PersonId");

-- Mode rowversion: the number of the writing transaction, as rowversion is in SQL Server. Inserts get it by the column's default.
CREATE OR REPLACE FUNCTION dbo.set_row_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."RadVersion" := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER row_version BEFORE UPDATE ON dbo."Befolkning" FOR EACH ROW EXECUTE FUNCTION dbo.set_row_version();
CREATE OR REPLACE TRIGGER row_version BEFORE UPDATE ON dbo."Adress" FOR EACH ROW EXECUTE FUNCTION dbo.set_row_version();
CREATE OR REPLACE TRIGGER row_version BEFORE UPDATE ON dbo."Kontakt" FOR EACH ROW EXECUTE FUNCTION dbo.set_row_version();

-- Mode change-tracking. One log table for each tracked table: the writing transaction's number, what happened, and the key.
CREATE SCHEMA IF NOT EXISTS hub_changes;

CREATE TABLE IF NOT EXISTS hub_changes.tracked_table (
  schema_name       text   NOT NULL,
  table_name        text   NOT NULL,
  relation          oid    NOT NULL,
  log_table         text   NOT NULL,
  begin_version     bigint NOT NULL, -- tracking was turned on, or the table was truncated, at this version
  min_valid_version bigint NOT NULL, -- changes after this version are all there
  PRIMARY KEY (schema_name, table_name)
);

-- Turns tracking on, or on again, for one table: from this transaction on, every change of it is logged.
CREATE OR REPLACE FUNCTION hub_changes.track(tracked regclass, key_columns text[]) RETURNS void LANGUAGE plpgsql AS $track$
DECLARE
  of_schema text;
  of_table  text;
  log       text;
  function_name text;
  keys      text := (SELECT string_agg(format('%I', k), ', ' ORDER BY n) FROM unnest(key_columns) WITH ORDINALITY AS u(k, n));
  defs      text := (SELECT string_agg(format('%I %s NOT NULL', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY n)
                       FROM unnest(key_columns) WITH ORDINALITY AS u(k, n)
                       JOIN pg_attribute a ON a.attrelid = tracked AND a.attname = k);
  version   bigint := pg_current_xact_id()::text::bigint;
BEGIN
  SELECT n.nspname, c.relname INTO of_schema, of_table
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = tracked;
  log := format('hub_changes.%I', of_schema || '_' || of_table);
  function_name := format('hub_changes.%I', 'log_' || of_schema || '_' || of_table);
  EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', tracked); -- nobody writes unlogged while we begin

  EXECUTE format('CREATE TABLE IF NOT EXISTS %s (version bigint NOT NULL, operation char(1) NOT NULL, %s, PRIMARY KEY (version, %s))',
                 log, defs, keys);

  -- Statement triggers with transition tables: one insert for each statement, however many rows it has. A changed key is the old
  -- one deleted and the new one inserted. Of several operations of one transaction on a row the last one counts.
  EXECUTE format($function$
    CREATE OR REPLACE FUNCTION %1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
    DECLARE now_version bigint := pg_current_xact_id()::text::bigint;
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO %2$s AS l (version, operation, %3$s) SELECT now_version, 'I', %3$s FROM new_rows
          ON CONFLICT ON CONSTRAINT %4$I DO UPDATE SET operation = excluded.operation;
      ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO %2$s AS l (version, operation, %3$s) SELECT now_version, 'D', %3$s FROM old_rows
          ON CONFLICT ON CONSTRAINT %4$I DO UPDATE SET operation = excluded.operation;
      ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO %2$s AS l (version, operation, %3$s)
          SELECT now_version, 'D', %3$s FROM (SELECT %3$s FROM old_rows EXCEPT SELECT %3$s FROM new_rows) gone
          UNION ALL
          SELECT now_version, 'I', %3$s FROM (SELECT %3$s FROM new_rows EXCEPT SELECT %3$s FROM old_rows) come
          UNION ALL
          SELECT now_version, 'U', %3$s FROM (SELECT %3$s FROM new_rows INTERSECT SELECT %3$s FROM old_rows) kept
          ON CONFLICT ON CONSTRAINT %4$I DO UPDATE SET operation = excluded.operation;
      ELSE
        UPDATE hub_changes.tracked_table t SET begin_version = now_version, min_valid_version = now_version WHERE t.relation = TG_RELID;
      END IF;
      RETURN NULL;
    END $body$
  $function$, function_name, log, keys, of_schema || '_' || of_table || '_pkey');

  EXECUTE format('DROP TRIGGER IF EXISTS hub_log_insert ON %1$s; DROP TRIGGER IF EXISTS hub_log_update ON %1$s;
                  DROP TRIGGER IF EXISTS hub_log_delete ON %1$s; DROP TRIGGER IF EXISTS hub_log_truncate ON %1$s', tracked);
  EXECUTE format('CREATE TRIGGER hub_log_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s()', tracked, function_name);
  EXECUTE format('CREATE TRIGGER hub_log_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION %s()', tracked, function_name);
  EXECUTE format('CREATE TRIGGER hub_log_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION %s()', tracked, function_name);
  EXECUTE format('CREATE TRIGGER hub_log_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s()', tracked, function_name);

  INSERT INTO hub_changes.tracked_table AS t VALUES (of_schema, of_table, tracked, log, version, version)
    ON CONFLICT (schema_name, table_name) DO UPDATE
      SET relation = excluded.relation, begin_version = excluded.begin_version, min_valid_version = excluded.min_valid_version;
END $track$;

-- Turns tracking off for one table. What is logged so far is not valid any more.
CREATE OR REPLACE FUNCTION hub_changes.untrack(tracked regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DROP TRIGGER IF EXISTS hub_log_insert ON %1$s; DROP TRIGGER IF EXISTS hub_log_update ON %1$s;
                  DROP TRIGGER IF EXISTS hub_log_delete ON %1$s; DROP TRIGGER IF EXISTS hub_log_truncate ON %1$s', tracked);
  DELETE FROM hub_changes.tracked_table t WHERE t.relation = tracked;
END $$;

-- Forgets changes up to a version. To be run on a schedule, with a version old enough for every reader.
CREATE OR REPLACE FUNCTION hub_changes.clean_up(up_to bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE tracked record;
BEGIN
  FOR tracked IN SELECT * FROM hub_changes.tracked_table FOR UPDATE LOOP
    UPDATE hub_changes.tracked_table t SET min_valid_version = greatest(t.min_valid_version, up_to) WHERE t.relation = tracked.relation;
    EXECUTE format('DELETE FROM %s WHERE version <= $1', tracked.log_table) USING up_to;
  END LOOP;
END $$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM hub_changes.tracked_table WHERE relation = 'dbo."Befolkning"'::regclass) THEN
    PERFORM hub_changes.track('dbo."Befolkning"', ARRAY['IdTyp', 'PersonId']);
    PERFORM hub_changes.track('dbo."Adress"', ARRAY['IdTyp', 'PersonId', 'AdressTyp']);
    PERFORM hub_changes.track('dbo."Kontakt"', ARRAY['IdTyp', 'PersonId', 'Kanal', 'Lopnr']);
  END IF;
END $$;
