import type { Migration } from '../database.ts';

/**
 * One person from several identities: groups, redirects, phase, decisions, work items, and the history of each without values.
 *
 * Instances of the release before go on inserting identities and persons while this one starts, without the new columns. So each of these
 * says with its default what was true before: alone in its group, not protected, no redirect.
 */
export const ONE_PERSON: Migration = {
  name: '0005-one-person',
  statements: [
    // No group_key: the group is called after this identity. A default cannot name another column, and a trigger would cost each of a
    // million first rows; so whoever reads it falls back on the identity's own key, and the index holds what is read.
    'ALTER TABLE identities ADD COLUMN group_key uuid, ADD COLUMN is_protected boolean NOT NULL DEFAULT false',
    'CREATE INDEX identities_group ON identities (coalesce(group_key, identity_key))',
    // The address hash: only of unprotected persons, so that a protected person is never found by an address.
    'ALTER TABLE persons ADD COLUMN redirect_to uuid, ADD COLUMN address_hash text COLLATE "C"',
    'CREATE INDEX persons_address_hash ON persons (address_hash) WHERE address_hash IS NOT NULL',
    // Relatives hide whoever is protected, from the first batch on. By text: JSON with an escaped NUL cannot be taken apart here, and unescaped
    // quotes are in no value.
    `UPDATE identities i SET is_protected = true FROM persons p
     WHERE p.person_key = i.person_key AND p.golden LIKE '%"kind":"protected-person"%'`,

    // One row. Each batch holds it shared; a switch locks the table.
    `CREATE TABLE phases (
      is_only boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (is_only),
      phase text COLLATE "C" NOT NULL,
      generation bigint NOT NULL,
      switched_at timestamptz NOT NULL DEFAULT now(),
      command_id bigint
    ) WITH (fillfactor = 10)`,
    `INSERT INTO phases (phase, generation) VALUES ('shadow', 1)`,

    // The one with the highest id counts; those before it stay as they were left.
    `CREATE TABLE derivations (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      kind text COLLATE "C" NOT NULL,
      state text COLLATE "C" NOT NULL DEFAULT 'running',
      cursor uuid,
      started_at timestamptz NOT NULL,
      persons bigint NOT NULL DEFAULT 0,
      changed bigint NOT NULL DEFAULT 0,
      vanished bigint NOT NULL DEFAULT 0,
      command_id bigint UNIQUE,
      accepted_by bigint,
      updated_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 50)`,
    // Evidence of the release before holds links that joined nobody yet.
    `INSERT INTO derivations (kind, started_at) SELECT 'rebuild', now() WHERE EXISTS (SELECT FROM persons)`,

    `CREATE TABLE work_items (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      kind text COLLATE "C" NOT NULL,
      subject uuid NOT NULL,
      other uuid,
      opened_at timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz
    )`,
    `CREATE UNIQUE INDEX work_items_open ON work_items (subject, kind, other) NULLS NOT DISTINCT WHERE closed_at IS NULL`,
    'CREATE INDEX work_items_open_other ON work_items (other) WHERE closed_at IS NULL AND other IS NOT NULL',
    'CREATE INDEX work_items_open_id ON work_items (id) WHERE closed_at IS NULL',

    `CREATE TABLE decisions (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      command_id bigint NOT NULL UNIQUE,
      kind text COLLATE "C" NOT NULL,
      subject uuid NOT NULL,
      other uuid,
      choice text COLLATE "C" NOT NULL,
      reason text NOT NULL,
      decided_by text NOT NULL,
      decided_at timestamptz NOT NULL,
      flagged_since bigint
    )`,
    'CREATE INDEX decisions_subject ON decisions (subject)',
    'CREATE INDEX decisions_other ON decisions (other) WHERE other IS NOT NULL',

    `CREATE TABLE link_periods (
      from_key uuid NOT NULL,
      to_key uuid NOT NULL,
      source text COLLATE "C" NOT NULL,
      since timestamptz NOT NULL DEFAULT now(),
      until timestamptz
    )`,
    'CREATE UNIQUE INDEX link_periods_open ON link_periods (from_key, to_key, source) WHERE until IS NULL',
    'CREATE INDEX link_periods_from ON link_periods (from_key)',
    'CREATE INDEX link_periods_to ON link_periods (to_key)',

    // Periods that are over, also those without a membership (no level): a first load writes none. The present one is in the golden record,
    // since the last until_version.
    `CREATE TABLE memberships (
      person_key uuid NOT NULL,
      from_version bigint NOT NULL,
      until_version bigint NOT NULL,
      level text COLLATE "C",
      county_code text COLLATE "C",
      municipality_code text COLLATE "C",
      reason text COLLATE "C",
      valid_from text COLLATE "C",
      ended_on text COLLATE "C",
      recorded_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (person_key, until_version)
    )`,

    `CREATE TABLE purge_orders (
      id uuid NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
      person_key uuid NOT NULL,
      reason text COLLATE "C" NOT NULL,
      fields text[] NOT NULL,
      up_to_version bigint NOT NULL,
      ordered_at timestamptz NOT NULL DEFAULT now(),
      due_at timestamptz NOT NULL DEFAULT now() + interval '24 hours'
    )`,
    'CREATE INDEX purge_orders_ordered_at ON purge_orders (ordered_at, id)',

    `CREATE TABLE follow_ups (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      identity_key uuid NOT NULL,
      is_protected boolean NOT NULL,
      address_hash text COLLATE "C",
      seen_horizon xid8
    ) WITH (fillfactor = 50)`,

    // Of PU's evidence: who states a relation with whom. Both ways, since it is written by the one and asked by the other.
    `CREATE TABLE relations (
      root text COLLATE "C" NOT NULL,
      extension text COLLATE "C" NOT NULL,
      identity_key uuid NOT NULL,
      PRIMARY KEY (root, extension, identity_key)
    )`,
    'CREATE INDEX relations_identity_key ON relations (identity_key)',

    // What changed when, by field name and without values. Months are tables of their own, so that a month that is old enough is dropped and
    // not deleted. The default one takes what has no month yet, so that the journal never stops a batch.
    `CREATE TABLE evidence_journal (
      identity_key uuid NOT NULL,
      source text COLLATE "C" NOT NULL,
      epoch integer NOT NULL,
      version bigint NOT NULL,
      changed text[] NOT NULL,
      content_hash text COLLATE "C" NOT NULL,
      recorded_at timestamptz NOT NULL
    ) PARTITION BY RANGE (recorded_at)`,
    'CREATE INDEX evidence_journal_identity_key ON evidence_journal (identity_key, recorded_at)',
    'CREATE TABLE evidence_journal_default PARTITION OF evidence_journal DEFAULT',
  ],
};
