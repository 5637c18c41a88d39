import type { Migration } from '../database.ts';

/**
 * Who consumes, what each was sent, and what each has to forget. Without values: of what was sent there is a keyed hash.
 */
export const CONSUMERS: Migration = {
  name: '0006-consumers',
  statements: [
    // The number stands in millions of rows of the ledger, the name once.
    `CREATE TABLE consumers (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE,
      state text COLLATE "C" NOT NULL DEFAULT 'running',
      generation bigint NOT NULL DEFAULT 0,
      profile text COLLATE "C" NOT NULL,
      agreement_valid_to date NOT NULL,
      framework_version text NOT NULL,
      staff_informed_by text NOT NULL,
      staff_informed_at date NOT NULL,
      principal text COLLATE "C",
      command_id bigint,
      fault text COLLATE "C",
      fault_since timestamptz,
      added_at timestamptz NOT NULL DEFAULT now(),
      changed_at timestamptz NOT NULL DEFAULT now()
    )`,

    // At most one for each consumer.
    `CREATE TABLE consumer_walks (
      consumer_id integer NOT NULL PRIMARY KEY REFERENCES consumers ON DELETE CASCADE,
      kind text COLLATE "C" NOT NULL,
      generation bigint NOT NULL,
      profile text COLLATE "C" NOT NULL,
      cursor uuid,
      total bigint NOT NULL,
      done bigint NOT NULL DEFAULT 0,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      command_id bigint
    ) WITH (fillfactor = 20)`,

    `CREATE TABLE consumer_positions (
      consumer_id integer NOT NULL REFERENCES consumers ON DELETE CASCADE,
      partition integer NOT NULL,
      next_offset bigint NOT NULL,
      replay_until bigint NOT NULL DEFAULT 0,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer_id, partition)
    ) WITH (fillfactor = 20)`,

    // How far the ledger says that a consumer's state topic reaches. The ledger itself would have to be gone through for it, or indexed by what
    // changes with every row.
    `CREATE TABLE consumer_topic_ends (
      consumer_id integer NOT NULL REFERENCES consumers ON DELETE CASCADE,
      partition integer NOT NULL,
      last_offset bigint NOT NULL,
      PRIMARY KEY (consumer_id, partition)
    ) WITH (fillfactor = 20)`,

    // The delivery ledger: one row for each person and consumer, for ever, so that a late record raises nobody from the dead. `told` has one bit
    // for each field group.
    `CREATE TABLE deliveries (
      consumer_id integer NOT NULL,
      person_key uuid NOT NULL,
      generation bigint NOT NULL,
      version bigint NOT NULL,
      kind text COLLATE "C" NOT NULL,
      told integer NOT NULL,
      content_hash text COLLATE "C" NOT NULL,
      partition integer,
      record_offset bigint,
      sent_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer_id, person_key)
    ) WITH (fillfactor = 80)`,
    'CREATE INDEX deliveries_person_key ON deliveries (person_key)',

    // Of whom something is about to be sent that the ledger does not show yet. If the process ends before it is stored, the next one takes it as sent.
    `CREATE TABLE consumer_intents (
      consumer_id integer NOT NULL PRIMARY KEY REFERENCES consumers ON DELETE CASCADE,
      person_keys uuid[] NOT NULL
    ) WITH (fillfactor = 20)`,

    `CREATE TABLE consumer_touches (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      consumer_id integer NOT NULL REFERENCES consumers ON DELETE CASCADE,
      person_key uuid NOT NULL,
      is_forced boolean NOT NULL DEFAULT false,
      touched_at timestamptz NOT NULL DEFAULT now()
    )`,
    'CREATE INDEX consumer_touches_consumer ON consumer_touches (consumer_id, id)',

    // Whoever could not be told, such as a record that is larger than Kafka takes. Cleared when the person is told.
    `CREATE TABLE consumer_refusals (
      consumer_id integer NOT NULL REFERENCES consumers ON DELETE CASCADE,
      person_key uuid NOT NULL,
      code text COLLATE "C" NOT NULL,
      since timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer_id, person_key)
    )`,

    // By identity and not by person: who is merged stays listed.
    `CREATE TABLE consumer_lists (
      consumer_id integer NOT NULL REFERENCES consumers ON DELETE CASCADE,
      identity_key uuid NOT NULL,
      listed_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (consumer_id, identity_key)
    )`,

    // No reference to the consumer: that somebody had to forget, and said so, is kept after the consumer is gone.
    `CREATE TABLE consumer_purges (
      id uuid NOT NULL PRIMARY KEY,
      consumer text COLLATE "C" NOT NULL,
      consumer_id integer NOT NULL,
      person_key uuid NOT NULL,
      order_id uuid,
      reason text COLLATE "C" NOT NULL,
      fields text[] NOT NULL,
      up_to_generation bigint NOT NULL,
      up_to_version bigint NOT NULL,
      ordered_at timestamptz NOT NULL DEFAULT now(),
      due_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
      acknowledged_at timestamptz,
      acknowledged_by text COLLATE "C"
    )`,
    'CREATE UNIQUE INDEX consumer_purges_order ON consumer_purges (order_id, consumer_id) WHERE order_id IS NOT NULL',
    'CREATE INDEX consumer_purges_open ON consumer_purges (ordered_at, id) WHERE acknowledged_at IS NULL',
    'CREATE INDEX consumer_purges_person ON consumer_purges (person_key)',
    'CREATE INDEX consumer_purges_waited_for ON consumer_purges (consumer_id) WHERE acknowledged_at IS NULL',

    // The hub's own orders are looked for by person when it is told to a consumer.
    'CREATE INDEX purge_orders_person_key ON purge_orders (person_key)',
  ],
};
