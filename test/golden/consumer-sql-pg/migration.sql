CREATE TABLE hub_person (
  person_key uuid NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  kind text NULL,
  left_at timestamptz NULL,
  written_at timestamptz NOT NULL,
  test_person boolean NULL,
  protected_person boolean NULL,
  protected_population_record boolean NULL,
  given_name text NULL,
  given_name_indicator integer NULL,
  middle_name text NULL,
  surname text NULL,
  notification_name text NULL,
  sex text NULL,
  birth_date text NULL,
  deregistration_reason text NULL,
  deregistration_date text NULL,
  found_dead_at text NULL,
  membership_level text NULL,
  membership_county text NULL,
  membership_municipality text NULL,
  membership_reason text NULL,
  membership_from text NULL,
  marital_status text NULL,
  parish_code text NULL,
  property_designation text NULL,
  CONSTRAINT hub_person_key PRIMARY KEY (person_key),
  CONSTRAINT hub_person_kind CHECK ((kind IS NOT NULL AND kind IN ('person', 'protected-person')) OR left_at IS NOT NULL),
  CONSTRAINT hub_person_hidden CHECK (kind <> 'protected-person' OR (marital_status IS NULL AND membership_municipality IS NULL AND parish_code IS NULL AND property_designation IS NULL)),
  CONSTRAINT hub_person_left CHECK (left_at IS NULL OR (kind IS NULL AND test_person IS NULL AND protected_person IS NULL AND protected_population_record IS NULL AND given_name IS NULL AND given_name_indicator IS NULL AND middle_name IS NULL AND surname IS NULL AND notification_name IS NULL AND sex IS NULL AND birth_date IS NULL AND deregistration_reason IS NULL AND deregistration_date IS NULL AND found_dead_at IS NULL AND membership_level IS NULL AND membership_county IS NULL AND membership_municipality IS NULL AND membership_reason IS NULL AND membership_from IS NULL AND marital_status IS NULL AND parish_code IS NULL AND property_designation IS NULL))
);
CREATE TABLE hub_identity (
  person_key uuid NOT NULL,
  place integer NOT NULL,
  root text NOT NULL,
  extension text NOT NULL,
  type text NOT NULL,
  main boolean NOT NULL,
  CONSTRAINT hub_identity_key PRIMARY KEY (person_key, place)
);
CREATE INDEX hub_identity_extension_root ON hub_identity (extension, root);
CREATE TABLE hub_address (
  person_key uuid NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL,
  care_of text NULL,
  lines text NOT NULL,
  postal_code text NULL,
  city text NULL,
  country text NULL,
  CONSTRAINT hub_address_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_contact (
  person_key uuid NOT NULL,
  place integer NOT NULL,
  channel text NOT NULL,
  value text NOT NULL,
  consent text NULL,
  digital_notification boolean NULL,
  CONSTRAINT hub_contact_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_relation (
  person_key uuid NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL,
  root text NULL,
  extension text NULL,
  birth_date text NULL,
  given_name text NULL,
  middle_name text NULL,
  surname text NULL,
  valid_from text NULL,
  valid_to text NULL,
  CONSTRAINT hub_relation_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_contact_person (
  person_key uuid NOT NULL,
  place integer NOT NULL,
  relationship text NOT NULL,
  priority integer NULL,
  given_name text NULL,
  middle_name text NULL,
  surname text NULL,
  CONSTRAINT hub_contact_person_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_contact_person_channel (
  person_key uuid NOT NULL,
  contact_place integer NOT NULL,
  place integer NOT NULL,
  channel text NOT NULL,
  value text NOT NULL,
  CONSTRAINT hub_contact_person_channel_key PRIMARY KEY (person_key, contact_place, place)
);
CREATE TABLE hub_deleted_person (
  person_key uuid NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  deleted_at timestamptz NOT NULL,
  CONSTRAINT hub_deleted_person_key PRIMARY KEY (person_key)
);
CREATE INDEX hub_deleted_person_deleted_at ON hub_deleted_person (deleted_at);
CREATE TABLE hub_purge_order (
  id uuid NOT NULL,
  person_key uuid NOT NULL,
  reason text NOT NULL,
  fields text NOT NULL,
  up_to_generation bigint NOT NULL,
  up_to_version bigint NOT NULL,
  ordered_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  acknowledged_at timestamptz NULL,
  acknowledged_by text NULL,
  taken_at timestamptz NULL,
  CONSTRAINT hub_purge_order_key PRIMARY KEY (id)
);
CREATE INDEX hub_purge_order_taken_at_acknowledged_at ON hub_purge_order (taken_at, acknowledged_at);
CREATE TABLE hub_event (
  id text NOT NULL,
  person_key uuid NOT NULL,
  type text NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  effective_date text NULL,
  changed text NOT NULL,
  recorded_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  CONSTRAINT hub_event_key PRIMARY KEY (id)
);
CREATE INDEX hub_event_received_at ON hub_event (received_at);
CREATE TABLE hub_inbox (
  id text NOT NULL,
  received_at timestamptz NOT NULL,
  CONSTRAINT hub_inbox_key PRIMARY KEY (id)
);
CREATE INDEX hub_inbox_received_at ON hub_inbox (received_at);
CREATE TABLE hub_schema_version (
  version integer NOT NULL,
  instance_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  used_since timestamptz NULL,
  CONSTRAINT hub_schema_version_key PRIMARY KEY (version)
);
INSERT INTO hub_schema_version (version, instance_id, created_at) VALUES (1, gen_random_uuid(), now());
