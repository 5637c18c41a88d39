-- The tables of the hub, as the migrations in connectors/hub-store/migrations make them.
-- Compared with them by test/connectors/hub-store/migrations.int.test.ts, which also writes it: npm test -- -u

CREATE SEQUENCE outbox_id AS bigint CACHE 1;

CREATE TABLE access_log (
  log_id uuid NOT NULL,
  resource integer NOT NULL,
  system_id text COLLATE "C",
  activity_type text COLLATE "C" NOT NULL,
  activity_args text COLLATE "C" NOT NULL,
  start_date timestamp with time zone NOT NULL,
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
  recorded_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
) PARTITION BY RANGE (recorded_at);

CREATE TABLE call_budgets (
  name text COLLATE "C" NOT NULL,
  next_at timestamp with time zone NOT NULL,
  CONSTRAINT call_budgets_pkey PRIMARY KEY (name)
) WITH (fillfactor=10);

CREATE TABLE caller_credentials (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  consumer text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  valid_to timestamp with time zone NOT NULL,
  added_by text NOT NULL,
  added_at timestamp with time zone NOT NULL DEFAULT now(),
  revoked_by text,
  revoked_at timestamp with time zone,
  CONSTRAINT caller_credentials_pkey PRIMARY KEY (id)
);

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

CREATE TABLE consumer_purges (
  id uuid NOT NULL,
  consumer text COLLATE "C" NOT NULL,
  consumer_id integer NOT NULL,
  person_key uuid NOT NULL,
  order_id uuid,
  reason text COLLATE "C" NOT NULL,
  fields text[] NOT NULL,
  up_to_generation bigint NOT NULL,
  up_to_version bigint NOT NULL,
  ordered_at timestamp with time zone NOT NULL DEFAULT now(),
  due_at timestamp with time zone NOT NULL DEFAULT (now() + '24:00:00'::interval),
  acknowledged_at timestamp with time zone,
  acknowledged_by text COLLATE "C",
  CONSTRAINT consumer_purges_pkey PRIMARY KEY (id)
);

CREATE TABLE consumers (
  id integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  name text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'running'::text,
  generation bigint NOT NULL DEFAULT 0,
  profile text COLLATE "C" NOT NULL,
  agreement_valid_to date NOT NULL,
  framework_version text NOT NULL,
  staff_informed_by text NOT NULL,
  staff_informed_at date NOT NULL,
  principal text COLLATE "C",
  command_id bigint,
  fault text COLLATE "C",
  fault_since timestamp with time zone,
  added_at timestamp with time zone NOT NULL DEFAULT now(),
  changed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consumers_name_key UNIQUE (name),
  CONSTRAINT consumers_pkey PRIMARY KEY (id)
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

CREATE TABLE deliveries (
  consumer_id integer NOT NULL,
  person_key uuid NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  told integer NOT NULL,
  content_hash text COLLATE "C" NOT NULL,
  partition integer,
  record_offset bigint,
  sent_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT deliveries_pkey PRIMARY KEY (consumer_id, person_key)
) WITH (fillfactor=80);

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

CREATE TABLE erased_identities (
  hash text COLLATE "C" NOT NULL,
  person_key uuid NOT NULL,
  refused bigint NOT NULL DEFAULT 0,
  last_refused_at timestamp with time zone,
  CONSTRAINT erased_identities_pkey PRIMARY KEY (hash)
) WITH (fillfactor=80);

CREATE TABLE erasure_sought (
  person_key uuid NOT NULL,
  hash text COLLATE "C" NOT NULL,
  noted_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT erasure_sought_pkey PRIMARY KEY (person_key, hash)
);

CREATE TABLE erasures (
  person_key uuid NOT NULL,
  keys uuid[] NOT NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'telling'::text,
  keeps_hash boolean NOT NULL,
  command_id bigint NOT NULL,
  erased_at timestamp with time zone NOT NULL DEFAULT now(),
  told_at timestamp with time zone,
  proved_at timestamp with time zone,
  CONSTRAINT erasures_command_id_key UNIQUE (command_id),
  CONSTRAINT erasures_pkey PRIMARY KEY (person_key)
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

CREATE TABLE consumer_intents (
  consumer_id integer NOT NULL,
  person_keys uuid[] NOT NULL,
  CONSTRAINT consumer_intents_pkey PRIMARY KEY (consumer_id),
  CONSTRAINT consumer_intents_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
) WITH (fillfactor=20);

CREATE TABLE consumer_lists (
  consumer_id integer NOT NULL,
  identity_key uuid NOT NULL,
  listed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consumer_lists_pkey PRIMARY KEY (consumer_id, identity_key),
  CONSTRAINT consumer_lists_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
);

CREATE TABLE consumer_positions (
  consumer_id integer NOT NULL,
  partition integer NOT NULL,
  next_offset bigint NOT NULL,
  replay_until bigint NOT NULL DEFAULT 0,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consumer_positions_pkey PRIMARY KEY (consumer_id, partition),
  CONSTRAINT consumer_positions_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
) WITH (fillfactor=20);

CREATE TABLE consumer_refusals (
  consumer_id integer NOT NULL,
  person_key uuid NOT NULL,
  code text COLLATE "C" NOT NULL,
  since timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consumer_refusals_pkey PRIMARY KEY (consumer_id, person_key),
  CONSTRAINT consumer_refusals_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
);

CREATE TABLE consumer_topic_ends (
  consumer_id integer NOT NULL,
  partition integer NOT NULL,
  last_offset bigint NOT NULL,
  CONSTRAINT consumer_topic_ends_pkey PRIMARY KEY (consumer_id, partition),
  CONSTRAINT consumer_topic_ends_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
) WITH (fillfactor=20);

CREATE TABLE consumer_touches (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  consumer_id integer NOT NULL,
  person_key uuid NOT NULL,
  is_forced boolean NOT NULL DEFAULT false,
  touched_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT consumer_touches_pkey PRIMARY KEY (id),
  CONSTRAINT consumer_touches_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
);

CREATE TABLE consumer_walks (
  consumer_id integer NOT NULL,
  kind text COLLATE "C" NOT NULL,
  generation bigint NOT NULL,
  profile text COLLATE "C" NOT NULL,
  cursor uuid,
  total bigint NOT NULL,
  done bigint NOT NULL DEFAULT 0,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  command_id bigint,
  CONSTRAINT consumer_walks_pkey PRIMARY KEY (consumer_id),
  CONSTRAINT consumer_walks_consumer_id_fkey FOREIGN KEY (consumer_id) REFERENCES consumers(id) ON DELETE CASCADE
) WITH (fillfactor=20);

CREATE TABLE access_log_default PARTITION OF access_log DEFAULT;

CREATE TABLE evidence_journal_default PARTITION OF evidence_journal DEFAULT;

CREATE INDEX access_log_patient ON access_log USING btree (patient_hash, recorded_at) WHERE (patient_hash IS NOT NULL);

CREATE INDEX access_log_person ON access_log USING btree (person_key, recorded_at) WHERE (person_key IS NOT NULL);

CREATE INDEX access_log_recorded_at ON access_log USING btree (recorded_at);

CREATE INDEX access_log_user ON access_log USING btree (user_id, recorded_at) WHERE (user_id IS NOT NULL);

CREATE UNIQUE INDEX caller_credentials_certificate ON caller_credentials USING btree (hash) WHERE ((kind = 'certificate'::text) AND (revoked_at IS NULL));

CREATE INDEX caller_credentials_consumer ON caller_credentials USING btree (consumer, added_at);

CREATE INDEX commands_target ON commands USING btree (target, kind, id);

CREATE INDEX consumer_purges_open ON consumer_purges USING btree (ordered_at, id) WHERE (acknowledged_at IS NULL);

CREATE UNIQUE INDEX consumer_purges_order ON consumer_purges USING btree (order_id, consumer_id) WHERE (order_id IS NOT NULL);

CREATE INDEX consumer_purges_person ON consumer_purges USING btree (person_key);

CREATE INDEX consumer_purges_waited_for ON consumer_purges USING btree (consumer_id) WHERE (acknowledged_at IS NULL);

CREATE INDEX consumer_touches_consumer ON consumer_touches USING btree (consumer_id, id);

CREATE INDEX decisions_other ON decisions USING btree (other) WHERE (other IS NOT NULL);

CREATE INDEX decisions_subject ON decisions USING btree (subject);

CREATE INDEX deliveries_person_key ON deliveries USING btree (person_key);

CREATE INDEX erased_identities_person_key ON erased_identities USING btree (person_key);

CREATE INDEX erasures_telling ON erasures USING btree (erased_at) WHERE (state = 'telling'::text);

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

CREATE INDEX purge_orders_person_key ON purge_orders USING btree (person_key);

CREATE INDEX relations_identity_key ON relations USING btree (identity_key);

CREATE UNIQUE INDEX work_items_open ON work_items USING btree (subject, kind, other) NULLS NOT DISTINCT WHERE (closed_at IS NULL);

CREATE INDEX work_items_open_id ON work_items USING btree (id) WHERE (closed_at IS NULL);

CREATE INDEX work_items_open_other ON work_items USING btree (other) WHERE ((closed_at IS NULL) AND (other IS NOT NULL));

CREATE OR REPLACE FUNCTION refuse_change_of_access_log()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
     BEGIN
       RAISE EXCEPTION 'the access log is append only' USING ERRCODE = 'restrict_violation';
     END $function$;

CREATE TRIGGER access_log_stays BEFORE DELETE OR UPDATE ON access_log FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_log();

CREATE TRIGGER access_log_stays_whole BEFORE TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_access_log();

CREATE TRIGGER access_log_stays_whole BEFORE TRUNCATE ON access_log_default FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_access_log();
