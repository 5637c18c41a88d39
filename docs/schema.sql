-- The tables of the hub, as the migrations in connectors/hub-store/migrations make them.
-- Compared with them by test/connectors/hub-store/migrations.int.test.ts, which also writes it: npm test -- -u

CREATE SEQUENCE outbox_id AS bigint CACHE 1;

CREATE TABLE call_budgets (
  name text COLLATE "C" NOT NULL,
  next_at timestamp with time zone NOT NULL,
  CONSTRAINT call_budgets_pkey PRIMARY KEY (name)
) WITH (fillfactor=10);

CREATE TABLE commands (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text COLLATE "C" NOT NULL,
  target text COLLATE "C" NOT NULL,
  arguments json NOT NULL,
  reason text NOT NULL,
  requested_by text NOT NULL,
  expected_state text COLLATE "C",
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT commands_pkey PRIMARY KEY (id)
);

CREATE TABLE evidence (
  identity_key uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  epoch integer NOT NULL,
  version bigint NOT NULL,
  content text COLLATE "C",
  content_hash text COLLATE "C" NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT evidence_pkey PRIMARY KEY (identity_key, source)
) WITH (fillfactor=90);

CREATE TABLE identities (
  root text COLLATE "C" NOT NULL,
  extension text COLLATE "C" NOT NULL,
  identity_key uuid NOT NULL,
  person_key uuid NOT NULL,
  first_seen timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT identities_pkey PRIMARY KEY (root, extension)
);

CREATE TABLE instances (
  instance text COLLATE "C" NOT NULL,
  roles text[] NOT NULL,
  program_version text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen timestamp with time zone NOT NULL DEFAULT now(),
  status json NOT NULL,
  CONSTRAINT instances_pkey PRIMARY KEY (instance)
) WITH (fillfactor=50);

CREATE TABLE known_rows (
  source text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  content_hash text COLLATE "C",
  CONSTRAINT known_rows_pkey PRIMARY KEY (source, key)
) WITH (fillfactor=90);

CREATE TABLE leases (
  name text COLLATE "C" NOT NULL,
  owner text COLLATE "C" NOT NULL,
  token bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT leases_pkey PRIMARY KEY (name)
) WITH (fillfactor=50);

CREATE TABLE outbox (
  id bigint NOT NULL DEFAULT nextval('outbox_id'::regclass),
  partition smallint NOT NULL,
  person_key uuid NOT NULL,
  version bigint NOT NULL,
  events text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  epoch integer NOT NULL,
  source_version bigint NOT NULL,
  read_at timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  CONSTRAINT outbox_pkey PRIMARY KEY (id)
) WITH (autovacuum_vacuum_threshold=5000, autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_insert_threshold=-1, autovacuum_vacuum_cost_delay=0, autovacuum_analyze_threshold=50000, autovacuum_analyze_scale_factor=0);

CREATE TABLE parked (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  code text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  identity_hash text COLLATE "C" NOT NULL,
  topic text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  record_offset bigint NOT NULL,
  field text COLLATE "C",
  payload bytea,
  attempts integer NOT NULL DEFAULT 1,
  first_parked_at timestamp with time zone NOT NULL DEFAULT now(),
  last_parked_at timestamp with time zone NOT NULL DEFAULT now(),
  resolved_at timestamp with time zone,
  epoch integer,
  version bigint,
  CONSTRAINT parked_topic_partition_record_offset_key UNIQUE (topic, partition, record_offset),
  CONSTRAINT parked_pkey PRIMARY KEY (id)
);

CREATE TABLE persons (
  person_key uuid NOT NULL,
  version bigint NOT NULL,
  golden text COLLATE "C",
  content_hash text COLLATE "C" NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT persons_pkey PRIMARY KEY (person_key)
) WITH (fillfactor=90);

CREATE TABLE pu_known (
  root text COLLATE "C" NOT NULL,
  extension text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  asked_at bigint NOT NULL,
  epoch integer NOT NULL,
  second bigint,
  content_hash text COLLATE "C",
  place text COLLATE "C",
  CONSTRAINT pu_known_pkey PRIMARY KEY (root, extension)
) WITH (fillfactor=90);

CREATE TABLE source_checkpoints (
  source text COLLATE "C" NOT NULL,
  checkpoint text COLLATE "C" NOT NULL,
  lease_token bigint NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT source_checkpoints_pkey PRIMARY KEY (source)
) WITH (fillfactor=50);

CREATE TABLE source_offsets (
  topic text COLLATE "C" NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT source_offsets_pkey PRIMARY KEY (topic, partition)
) WITH (fillfactor=50);

CREATE TABLE command_outcomes (
  command_id bigint NOT NULL,
  instance text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  detail text,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT command_outcomes_pkey PRIMARY KEY (command_id, instance),
  CONSTRAINT command_outcomes_command_id_fkey FOREIGN KEY (command_id) REFERENCES commands(id)
);

CREATE INDEX commands_target ON commands USING btree (target, kind, id);

CREATE UNIQUE INDEX identities_identity_key ON identities USING btree (identity_key);

CREATE INDEX identities_person_key ON identities USING btree (person_key);

CREATE INDEX outbox_partition_id ON outbox USING btree (partition, id);

CREATE INDEX parked_open_code ON parked USING btree (code) WHERE (resolved_at IS NULL);

CREATE INDEX parked_open_identity ON parked USING btree (identity_hash) WHERE (resolved_at IS NULL);
