import type { Migration } from '../database.ts';

/**
 * Identities, evidence, persons, outbox and source offsets: what one batch of the main path changes in one transaction.
 * Text that is only compared or sorted has collation "C", so that order and equality are those of the bytes on every server.
 */
export const PERSONS: Migration = {
  name: '0001-persons',
  statements: [
    `CREATE TABLE identities (
      root text COLLATE "C" NOT NULL,
      extension text COLLATE "C" NOT NULL,
      identity_key uuid NOT NULL,
      person_key uuid NOT NULL,
      first_seen timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (root, extension)
    )`,
    'CREATE UNIQUE INDEX identities_identity_key ON identities (identity_key)',
    'CREATE INDEX identities_person_key ON identities (person_key)',

    `CREATE TABLE evidence (
      identity_key uuid NOT NULL,
      source text COLLATE "C" NOT NULL,
      epoch integer NOT NULL,
      version bigint NOT NULL,
      content text COLLATE "C",
      content_hash text COLLATE "C" NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (identity_key, source)
    ) WITH (fillfactor = 90)`,

    `CREATE TABLE persons (
      person_key uuid NOT NULL PRIMARY KEY,
      version bigint NOT NULL,
      golden text COLLATE "C",
      content_hash text COLLATE "C" NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 90)`,

    // The default cache of one is part of the design: with a larger one, sessions would hold ranges of ids, and a person's later
    // change could get the lower id.
    'CREATE SEQUENCE outbox_id AS bigint CACHE 1',
    `CREATE TABLE outbox (
      id bigint NOT NULL DEFAULT nextval('outbox_id') PRIMARY KEY,
      partition smallint NOT NULL,
      person_key uuid NOT NULL,
      version bigint NOT NULL,
      events text COLLATE "C" NOT NULL,
      source text COLLATE "C" NOT NULL,
      epoch integer NOT NULL,
      source_version bigint NOT NULL,
      read_at timestamptz NOT NULL,
      recorded_at timestamptz NOT NULL
    ) WITH (
      autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_threshold = -1,
      autovacuum_vacuum_cost_delay = 0, autovacuum_analyze_threshold = 50000, autovacuum_analyze_scale_factor = 0
    )`,
    'CREATE INDEX outbox_partition_id ON outbox (partition, id)',

    `CREATE TABLE source_offsets (
      topic text COLLATE "C" NOT NULL,
      partition integer NOT NULL,
      next_offset bigint NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (topic, partition)
    ) WITH (fillfactor = 50)`,

    `CREATE TABLE parked (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      code text COLLATE "C" NOT NULL,
      source text COLLATE "C" NOT NULL,
      identity_hash text COLLATE "C" NOT NULL,
      topic text COLLATE "C" NOT NULL,
      partition integer NOT NULL,
      record_offset bigint NOT NULL,
      field text COLLATE "C",
      payload bytea,
      attempts integer NOT NULL DEFAULT 1,
      first_parked_at timestamptz NOT NULL DEFAULT now(),
      last_parked_at timestamptz NOT NULL DEFAULT now(),
      resolved_at timestamptz,
      UNIQUE (topic, partition, record_offset)
    )`,
    'CREATE INDEX parked_open_identity ON parked (identity_hash) WHERE resolved_at IS NULL',
    'CREATE INDEX parked_open_code ON parked (code) WHERE resolved_at IS NULL',
  ],
};
