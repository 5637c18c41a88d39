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

CREATE TABLE decisions (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  command_id bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  subject uuid NOT NULL,
  other uuid,
  choice text COLLATE "C" NOT NULL,
  reason text NOT NULL,
  decided_by text NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  flagged_since bigint,
  CONSTRAINT decisions_command_id_key UNIQUE (command_id),
  CONSTRAINT decisions_pkey PRIMARY KEY (id)
);

CREATE TABLE derivations (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'running'::text,
  cursor uuid,
  started_at timestamp with time zone NOT NULL,
  persons bigint NOT NULL DEFAULT 0,
  changed bigint NOT NULL DEFAULT 0,
  vanished bigint NOT NULL DEFAULT 0,
  command_id bigint,
  accepted_by bigint,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT derivations_command_id_key UNIQUE (command_id),
  CONSTRAINT derivations_pkey PRIMARY KEY (id)
) WITH (fillfactor=50);

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

CREATE TABLE evidence_journal (
  identity_key uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  epoch integer NOT NULL,
  version bigint NOT NULL,
  changed text[] NOT NULL,
  content_hash text COLLATE "C" NOT NULL,
  recorded_at timestamp with time zone NOT NULL
) PARTITION BY RANGE (recorded_at);

CREATE TABLE follow_ups (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  identity_key uuid NOT NULL,
  is_protected boolean NOT NULL,
  address_hash text COLLATE "C",
  seen_horizon xid8,
  CONSTRAINT follow_ups_pkey PRIMARY KEY (id)
) WITH (fillfactor=50);

CREATE TABLE identities (
  root text COLLATE "C" NOT NULL,
  extension text COLLATE "C" NOT NULL,
  identity_key uuid NOT NULL,
  person_key uuid NOT NULL,
  first_seen timestamp with time zone NOT NULL DEFAULT now(),
  group_key uuid,
  is_protected boolean NOT NULL DEFAULT false,
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

CREATE TABLE link_periods (
  from_key uuid NOT NULL,
  to_key uuid NOT NULL,
  source text COLLATE "C" NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT now(),
  until timestamp with time zone
);

CREATE TABLE memberships (
  person_key uuid NOT NULL,
  from_version bigint NOT NULL,
  until_version bigint NOT NULL,
  level text COLLATE "C",
  county_code text COLLATE "C",
  municipality_code text COLLATE "C",
  reason text COLLATE "C",
  valid_from text COLLATE "C",
  ended_on text COLLATE "C",
  recorded_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT memberships_pkey PRIMARY KEY (person_key, until_version)
);

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
  redirect_to uuid,
  address_hash text COLLATE "C",
  CONSTRAINT persons_pkey PRIMARY KEY (person_key)
) WITH (fillfactor=90);

CREATE TABLE phases (
  is_only boolean NOT NULL DEFAULT true,
  phase text COLLATE "C" NOT NULL,
  generation bigint NOT NULL,
  switched_at timestamp with time zone NOT NULL DEFAULT now(),
  command_id bigint,
  CONSTRAINT phases_pkey PRIMARY KEY (is_only),
  CONSTRAINT phases_is_only_check CHECK (is_only)
) WITH (fillfactor=10);

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

CREATE TABLE purge_orders (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  person_key uuid NOT NULL,
  reason text COLLATE "C" NOT NULL,
  fields text[] NOT NULL,
  up_to_version bigint NOT NULL,
  ordered_at timestamp with time zone NOT NULL DEFAULT now(),
  due_at timestamp with time zone NOT NULL DEFAULT (now() + '24:00:00'::interval),
  CONSTRAINT purge_orders_pkey PRIMARY KEY (id)
);

CREATE TABLE relations (
  root text COLLATE "C" NOT NULL,
  extension text COLLATE "C" NOT NULL,
  identity_key uuid NOT NULL,
  CONSTRAINT relations_pkey PRIMARY KEY (root, extension, identity_key)
);

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

CREATE TABLE work_items (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind text COLLATE "C" NOT NULL,
  subject uuid NOT NULL,
  other uuid,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  CONSTRAINT work_items_pkey PRIMARY KEY (id)
);

CREATE TABLE command_outcomes (
  command_id bigint NOT NULL,
  instance text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  detail text,
  at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT command_outcomes_pkey PRIMARY KEY (command_id, instance),
  CONSTRAINT command_outcomes_command_id_fkey FOREIGN KEY (command_id) REFERENCES commands(id)
);

CREATE TABLE evidence_journal_default PARTITION OF evidence_journal DEFAULT;

CREATE INDEX commands_target ON commands USING btree (target, kind, id);

CREATE INDEX decisions_other ON decisions USING btree (other) WHERE (other IS NOT NULL);

CREATE INDEX decisions_subject ON decisions USING btree (subject);

CREATE INDEX evidence_journal_identity_key ON evidence_journal USING btree (identity_key, recorded_at);

CREATE INDEX identities_group ON identities USING btree (COALESCE(group_key, identity_key));

CREATE UNIQUE INDEX identities_identity_key ON identities USING btree (identity_key);

CREATE INDEX identities_person_key ON identities USING btree (person_key);

CREATE INDEX link_periods_from ON link_periods USING btree (from_key);

CREATE UNIQUE INDEX link_periods_open ON link_periods USING btree (from_key, to_key, source) WHERE (until IS NULL);

CREATE INDEX link_periods_to ON link_periods USING btree (to_key);

CREATE INDEX outbox_partition_id ON outbox USING btree (partition, id);

CREATE INDEX parked_open_code ON parked USING btree (code) WHERE (resolved_at IS NULL);

CREATE INDEX parked_open_identity ON parked USING btree (identity_hash) WHERE (resolved_at IS NULL);

CREATE INDEX persons_address_hash ON persons USING btree (address_hash) WHERE (address_hash IS NOT NULL);

CREATE INDEX purge_orders_ordered_at ON purge_orders USING btree (ordered_at, id);

CREATE INDEX relations_identity_key ON relations USING btree (identity_key);

CREATE UNIQUE INDEX work_items_open ON work_items USING btree (subject, kind, other) NULLS NOT DISTINCT WHERE (closed_at IS NULL);

CREATE INDEX work_items_open_id ON work_items USING btree (id) WHERE (closed_at IS NULL);

CREATE INDEX work_items_open_other ON work_items USING btree (other) WHERE ((closed_at IS NULL) AND (other IS NOT NULL));
