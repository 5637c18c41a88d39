import type { Migration } from '../database.ts';

/** What running instances share with each other: leases, checkpoints of source connectors, commands, signs of life. */
export const INSTANCES: Migration = {
  name: '0002-instances',
  statements: [
    `CREATE TABLE leases (
      name text COLLATE "C" NOT NULL PRIMARY KEY,
      owner text COLLATE "C" NOT NULL,
      token bigint NOT NULL,
      expires_at timestamptz NOT NULL
    ) WITH (fillfactor = 50)`,

    `CREATE TABLE source_checkpoints (
      source text COLLATE "C" NOT NULL PRIMARY KEY,
      checkpoint text COLLATE "C" NOT NULL,
      lease_token bigint NOT NULL,
      updated_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 50)`,

    // What a connector has sent from a source that does not say what was removed: the key and a hash, never the row.
    `CREATE TABLE known_rows (
      source text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      content_hash text COLLATE "C",
      PRIMARY KEY (source, key)
    ) WITH (fillfactor = 90)`,

    `CREATE TABLE commands (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      kind text COLLATE "C" NOT NULL,
      target text COLLATE "C" NOT NULL,
      arguments json NOT NULL,
      reason text NOT NULL,
      requested_by text NOT NULL,
      expected_state text COLLATE "C",
      requested_at timestamptz NOT NULL DEFAULT now()
    )`,
    'CREATE INDEX commands_target ON commands (target, kind, id)',
    `CREATE TABLE command_outcomes (
      command_id bigint NOT NULL REFERENCES commands,
      instance text COLLATE "C" NOT NULL,
      outcome text COLLATE "C" NOT NULL,
      detail text,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (command_id, instance)
    )`,

    `CREATE TABLE instances (
      instance text COLLATE "C" NOT NULL PRIMARY KEY,
      roles text[] NOT NULL,
      program_version text NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      last_seen timestamptz NOT NULL DEFAULT now(),
      status json NOT NULL
    ) WITH (fillfactor = 50)`,
  ],
};
