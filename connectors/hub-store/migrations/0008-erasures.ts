import type { Migration } from '../database.ts';

/**
 * Persons who were erased: by keys, which are random and lead to nobody once the identities are gone, and where it was asked for by keyed
 * hashes of the identities.
 */
export const ERASURES: Migration = {
  name: '0008-erasures',
  statements: [
    // `keys`: the person's own and those of everybody who was merged into it.
    `CREATE TABLE erasures (
      person_key uuid NOT NULL PRIMARY KEY,
      keys uuid[] NOT NULL,
      state text COLLATE "C" NOT NULL DEFAULT 'telling',
      keeps_hash boolean NOT NULL,
      command_id bigint NOT NULL UNIQUE,
      erased_at timestamptz NOT NULL DEFAULT now(),
      told_at timestamptz,
      proved_at timestamptz
    )`,
    `CREATE INDEX erasures_telling ON erasures (erased_at) WHERE state = 'telling'`,

    // Of an identity, or of the key of its raw records. What comes again is counted on the row that refused it.
    `CREATE TABLE erased_identities (
      hash text COLLATE "C" NOT NULL PRIMARY KEY,
      person_key uuid NOT NULL,
      refused bigint NOT NULL DEFAULT 0,
      last_refused_at timestamptz
    ) WITH (fillfactor = 80)`,
    'CREATE INDEX erased_identities_person_key ON erased_identities (person_key)',

    // Keyed hashes of what a search found before the erasure: the search afterwards has to look for all of it. They go when it has proved the erasure.
    `CREATE TABLE erasure_sought (
      person_key uuid NOT NULL,
      hash text COLLATE "C" NOT NULL,
      noted_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (person_key, hash)
    )`,
  ],
};
