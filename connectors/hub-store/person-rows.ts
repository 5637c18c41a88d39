import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { ContentHash, PersonKey } from '../../core/person/person-identifier.ts';
import type { StoredPerson } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** The columns of a person as text. */
export interface PersonRow {
  readonly [column: string]: string | null;
  readonly person_key: string;
  readonly version: string;
  readonly golden: string | null;
  readonly content_hash: string;
}

const READ_PERSONS = statement<PersonRow>(
  'read-persons',
  'SELECT person_key, version, golden, content_hash FROM persons WHERE person_key = ANY ($1::uuid[])',
);

/** Reads persons as stored; those that were never published are absent. */
export async function readPersons(
  runner: SqlRunner,
  personKeys: readonly PersonKey[],
): Promise<ReadonlyMap<PersonKey, StoredPerson>> {
  if (personKeys.length === 0) return new Map();
  const rows = await runner.query(READ_PERSONS, [plainArray(personKeys)]);
  return new Map(rows.map(storedPerson).map((person) => [person.personKey, person]));
}

/** Trusts the row: only this program writes it. */
export function storedPerson(row: PersonRow): StoredPerson {
  return {
    personKey: row.person_key as PersonKey,
    version: Number(row.version),
    golden: row.golden === null ? null : (JSON.parse(row.golden) as GoldenRecord),
    contentHash: row.content_hash as ContentHash,
  };
}
