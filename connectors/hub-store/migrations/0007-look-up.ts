import type { Migration } from '../database.ts';

/** Who may look up, and the log of every look. */
export const LOOK_UP: Migration = {
  name: '0007-look-up',
  statements: [
    // By the name of the consumer and not by its number: a credential is no reason to keep a consumer, and without one it opens nothing.
    `CREATE TABLE caller_credentials (
      id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
      consumer text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      hash bytea NOT NULL,
      valid_to timestamptz NOT NULL,
      added_by text NOT NULL,
      added_at timestamptz NOT NULL DEFAULT now(),
      revoked_by text,
      revoked_at timestamptz
    )`,
    'CREATE INDEX caller_credentials_consumer ON caller_credentials (consumer, added_at)',
    // One certificate is one system.
    `CREATE UNIQUE INDEX caller_credentials_certificate ON caller_credentials (hash)
     WHERE kind = 'certificate' AND revoked_at IS NULL`,

    // The columns of urn:riv:ehr:log (domain 6.4), a row for each person of a call, and one for a call about nobody. What is not written here cannot be
    // made up for later. Months are tables of their own; the hub never drops one: they are kept for at least five years (HSLF-FS 2016:40 4 kap. 9 §).
    `CREATE TABLE access_log (
      log_id uuid NOT NULL,
      resource integer NOT NULL,
      system_id text COLLATE "C",
      activity_type text COLLATE "C" NOT NULL,
      activity_args text COLLATE "C" NOT NULL,
      start_date timestamptz NOT NULL,
      purpose text COLLATE "C",
      user_id text COLLATE "C",
      assignment text COLLATE "C",
      care_provider text COLLATE "C",
      care_unit text COLLATE "C",
      resource_type text COLLATE "C",
      resource_care_provider text COLLATE "C",
      person_key uuid,
      patient bytea,
      patient_hash text COLLATE "C",
      fields text[] NOT NULL,
      person_outcome text COLLATE "C",
      origin text COLLATE "C",
      outcome text COLLATE "C" NOT NULL,
      credential_id uuid,
      certificate_fingerprint text COLLATE "C",
      tls_version text COLLATE "C",
      tls_cipher text COLLATE "C",
      recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
    ) PARTITION BY RANGE (recorded_at)`,
    'CREATE INDEX access_log_person ON access_log (person_key, recorded_at) WHERE person_key IS NOT NULL',
    'CREATE INDEX access_log_patient ON access_log (patient_hash, recorded_at) WHERE patient_hash IS NOT NULL',
    'CREATE INDEX access_log_user ON access_log (user_id, recorded_at) WHERE user_id IS NOT NULL',
    'CREATE INDEX access_log_recorded_at ON access_log (recorded_at)',
    'CREATE TABLE access_log_default PARTITION OF access_log DEFAULT',

    // Append only, for the owner of the table too until it switches the triggers off. A trigger for each row is copied to every month; that against
    // TRUNCATE is not, so whoever makes a month gives it one.
    `CREATE FUNCTION refuse_change_of_access_log() RETURNS trigger LANGUAGE plpgsql AS $refuse$
     BEGIN
       RAISE EXCEPTION 'the access log is append only' USING ERRCODE = 'restrict_violation';
     END $refuse$`,
    `CREATE TRIGGER access_log_stays BEFORE UPDATE OR DELETE ON access_log
     FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_log()`,
    `CREATE TRIGGER access_log_stays_whole BEFORE TRUNCATE ON access_log
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_access_log()`,
    `CREATE TRIGGER access_log_stays_whole BEFORE TRUNCATE ON access_log_default
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_access_log()`,
  ],
};
