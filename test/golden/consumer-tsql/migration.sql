CREATE TABLE hub_person (
  person_key uniqueidentifier NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  kind nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  left_at datetimeoffset(3) NULL,
  written_at datetimeoffset(3) NOT NULL,
  test_person bit NULL,
  protected_person bit NULL,
  protected_population_record bit NULL,
  given_name nvarchar(max) NULL,
  given_name_indicator int NULL,
  middle_name nvarchar(max) NULL,
  surname nvarchar(max) NULL,
  notification_name nvarchar(max) NULL,
  sex nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  birth_date varchar(10) NULL,
  deregistration_reason nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  deregistration_date varchar(10) NULL,
  found_dead_at varchar(10) NULL,
  membership_level nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  membership_county nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  membership_municipality nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  membership_reason nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  membership_from varchar(10) NULL,
  marital_status nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  parish_code nvarchar(max) NULL,
  property_designation nvarchar(max) NULL,
  CONSTRAINT hub_person_key PRIMARY KEY (person_key),
  CONSTRAINT hub_person_kind CHECK ((kind IS NOT NULL AND kind IN ('person', 'protected-person')) OR left_at IS NOT NULL),
  CONSTRAINT hub_person_hidden CHECK (kind <> 'protected-person' OR (marital_status IS NULL AND membership_municipality IS NULL AND parish_code IS NULL AND property_designation IS NULL)),
  CONSTRAINT hub_person_left CHECK (left_at IS NULL OR (kind IS NULL AND test_person IS NULL AND protected_person IS NULL AND protected_population_record IS NULL AND given_name IS NULL AND given_name_indicator IS NULL AND middle_name IS NULL AND surname IS NULL AND notification_name IS NULL AND sex IS NULL AND birth_date IS NULL AND deregistration_reason IS NULL AND deregistration_date IS NULL AND found_dead_at IS NULL AND membership_level IS NULL AND membership_county IS NULL AND membership_municipality IS NULL AND membership_reason IS NULL AND membership_from IS NULL AND marital_status IS NULL AND parish_code IS NULL AND property_designation IS NULL))
);
CREATE TABLE hub_identity (
  person_key uniqueidentifier NOT NULL,
  place int NOT NULL,
  root nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  extension nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  type nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  main bit NOT NULL,
  CONSTRAINT hub_identity_key PRIMARY KEY (person_key, place)
);
CREATE INDEX hub_identity_extension_root ON hub_identity (extension, root);
CREATE TABLE hub_address (
  person_key uniqueidentifier NOT NULL,
  place int NOT NULL,
  kind nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  care_of nvarchar(max) NULL,
  lines nvarchar(max) NOT NULL,
  postal_code nvarchar(max) NULL,
  city nvarchar(max) NULL,
  country nvarchar(max) NULL,
  CONSTRAINT hub_address_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_contact (
  person_key uniqueidentifier NOT NULL,
  place int NOT NULL,
  channel nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  value nvarchar(max) NOT NULL,
  consent nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  digital_notification bit NULL,
  CONSTRAINT hub_contact_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_relation (
  person_key uniqueidentifier NOT NULL,
  place int NOT NULL,
  kind nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  root nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  extension nvarchar(200) COLLATE Latin1_General_BIN2 NULL,
  birth_date varchar(10) NULL,
  given_name nvarchar(max) NULL,
  middle_name nvarchar(max) NULL,
  surname nvarchar(max) NULL,
  valid_from varchar(10) NULL,
  valid_to varchar(10) NULL,
  CONSTRAINT hub_relation_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_contact_person (
  person_key uniqueidentifier NOT NULL,
  place int NOT NULL,
  relationship nvarchar(max) NOT NULL,
  priority int NULL,
  given_name nvarchar(max) NULL,
  middle_name nvarchar(max) NULL,
  surname nvarchar(max) NULL,
  CONSTRAINT hub_contact_person_key PRIMARY KEY (person_key, place)
);
CREATE TABLE hub_contact_person_channel (
  person_key uniqueidentifier NOT NULL,
  contact_place int NOT NULL,
  place int NOT NULL,
  channel nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  value nvarchar(max) NOT NULL,
  CONSTRAINT hub_contact_person_channel_key PRIMARY KEY (person_key, contact_place, place)
);
CREATE TABLE hub_deleted_person (
  person_key uniqueidentifier NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  deleted_at datetimeoffset(3) NOT NULL,
  CONSTRAINT hub_deleted_person_key PRIMARY KEY (person_key)
);
CREATE INDEX hub_deleted_person_deleted_at ON hub_deleted_person (deleted_at);
CREATE TABLE hub_purge_order (
  id uniqueidentifier NOT NULL,
  person_key uniqueidentifier NOT NULL,
  reason nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  fields nvarchar(max) NOT NULL,
  up_to_generation bigint NOT NULL,
  up_to_version bigint NOT NULL,
  ordered_at datetimeoffset(3) NOT NULL,
  due_at datetimeoffset(3) NOT NULL,
  acknowledged_at datetimeoffset(3) NULL,
  acknowledged_by nvarchar(max) NULL,
  taken_at datetimeoffset(3) NULL,
  CONSTRAINT hub_purge_order_key PRIMARY KEY (id)
);
CREATE INDEX hub_purge_order_taken_at_acknowledged_at ON hub_purge_order (taken_at, acknowledged_at);
CREATE TABLE hub_event (
  id nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  person_key uniqueidentifier NOT NULL,
  type nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  generation bigint NOT NULL,
  version bigint NOT NULL,
  effective_date varchar(10) NULL,
  changed nvarchar(max) NOT NULL,
  recorded_at datetimeoffset(3) NOT NULL,
  received_at datetimeoffset(3) NOT NULL,
  CONSTRAINT hub_event_key PRIMARY KEY (id)
);
CREATE INDEX hub_event_received_at ON hub_event (received_at);
CREATE TABLE hub_inbox (
  id nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
  received_at datetimeoffset(3) NOT NULL,
  CONSTRAINT hub_inbox_key PRIMARY KEY (id)
);
CREATE INDEX hub_inbox_received_at ON hub_inbox (received_at);
CREATE TABLE hub_schema_version (
  version int NOT NULL,
  instance_id uniqueidentifier NOT NULL,
  created_at datetimeoffset(3) NOT NULL,
  used_since datetimeoffset(3) NULL,
  CONSTRAINT hub_schema_version_key PRIMARY KEY (version)
);
INSERT INTO hub_schema_version (version, instance_id, created_at) VALUES (1, NEWID(), SYSDATETIMEOFFSET());
