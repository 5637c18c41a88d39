import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { ContentHash, IdentityKey, PersonKey } from '../../core/person/person-identifier.ts';
import type { StoredPerson } from '../../core/sync/stored-group.ts';
import { sha256 } from './content-hash.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** The columns of a person as text. */
export interface PersonRow {
  readonly [column: string]: string | null;
  readonly person_key: string;
  readonly version: string;
  readonly golden: string | null;
  readonly redirect_to: string | null;
  readonly content_hash: string;
}

const READ_PERSONS = statement<PersonRow>(
  'read-persons',
  'SELECT person_key, version, golden, redirect_to, content_hash FROM persons WHERE person_key = ANY ($1::uuid[])',
);

/** What a golden record of a release before 0005 does not have yet. */
const UNKNOWN_BEFORE = { relations: [], contactPersons: [], paperOptOut: null } as const;

/** Reads persons as stored; those that were never published are absent. */
export async function readPersons(
  runner: SqlRunner,
  keys: readonly (PersonKey | IdentityKey)[],
): Promise<readonly StoredPerson[]> {
  if (keys.length === 0) return [];
  return (await runner.query(READ_PERSONS, [plainArray(keys)])).map(storedPerson);
}

/** Trusts the row: only this program writes it. */
export function storedPerson(row: PersonRow): StoredPerson {
  return {
    personKey: row.person_key as PersonKey,
    version: Number(row.version),
    redirectTo: row.redirect_to as PersonKey | null,
    ...contentOf(row),
  };
}

function contentOf({ golden: text, content_hash }: PersonRow): {
  readonly golden: GoldenRecord | null;
  readonly contentHash: ContentHash;
} {
  const contentHash = content_hash as ContentHash;
  if (text === null) return { golden: null, contentHash };
  const stored = JSON.parse(text) as GoldenRecord;
  const isWhole = stored.kind === 'protected-person' || Object.hasOwn(stored, 'relations');
  if (isWhole) return { golden: stored, contentHash };
  // In the order of the present records, so that the same content is no new version: the hash that it would have been stored with now.
  const golden = { ...stored, ...UNKNOWN_BEFORE };
  return { golden, contentHash: sha256.hash(JSON.stringify(golden)) };
}
