import type { ErasedPerson } from '../../core/sync/erasure-ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray, textArray } from './sql-arrays.ts';

const ofKeys = (table: string, ...columns: readonly string[]) =>
  statement(
    `erase-${table.replaceAll('_', '-')}`,
    `DELETE FROM ${table} WHERE ${columns.map((column) => `${column} = ANY ($1::uuid[])`).join(' OR ')}`,
  );

/**
 * Every table that says something of somebody, by the keys of the person and of the identities, which are of one kind. What stays, without values: the outbox
 * and the empty golden record until they are published, the ledger of deliveries, orders to forget.
 */
const BY_KEYS = [
  ofKeys('evidence', 'identity_key'),
  ofKeys('evidence_journal', 'identity_key'),
  ofKeys('relations', 'identity_key'),
  ofKeys('link_periods', 'from_key', 'to_key'),
  ofKeys('memberships', 'person_key'),
  ofKeys('work_items', 'subject', 'other'),
  ofKeys('decisions', 'subject', 'other'),
  ofKeys('follow_ups', 'identity_key'),
  ofKeys('consumer_lists', 'identity_key'),
  // In the order in which a delivery changes them, else the two wait for each other.
  ofKeys('consumer_refusals', 'person_key'),
  ofKeys('consumer_touches', 'person_key'),
  ofKeys('identities', 'identity_key'),
];

const byIdentity = (table: string) =>
  statement(
    `erase-${table.replaceAll('_', '-')}-by-identity`,
    `DELETE FROM ${table} t USING unnest($1::text[], $2::text[]) AS n (root, extension)
     WHERE t.root = n.root AND t.extension = n.extension`,
  );

/** By number. The relations that others state were written anew without the person; this is what an earlier release left. */
const BY_IDENTITY = [byIdentity('relations'), byIdentity('pu_known')];

const ERASE_PARKED = statement(
  'erase-parked',
  'DELETE FROM parked WHERE identity_hash = ANY ($1::text[])',
);

const ERASE_KNOWN_ROWS = statement(
  'erase-known-rows',
  `DELETE FROM known_rows k USING unnest($1::text[], $2::text[]) AS n (source, key)
   WHERE k.source = n.source AND k.key = n.key`,
);

const NOTE_ERASURE = statement(
  'note-erasure',
  'INSERT INTO erasures (person_key, keys, keeps_hash, command_id) VALUES ($1, $2::uuid[], $3, $4)',
);

/** `ErasureTransaction.erase`, but for the hashes that stay. */
export async function deletePerson(
  runner: SqlRunner,
  { personKey, keys, identities, traces, keepsHash, commandId }: ErasedPerson,
): Promise<void> {
  const allKeys = plainArray(keys);
  for (const erase of BY_KEYS) await runner.execute(erase, [allKeys]);
  const numbers = [
    textArray(identities.map(({ root }) => root)),
    textArray(identities.map(({ extension }) => extension)),
  ];
  for (const erase of BY_IDENTITY) await runner.execute(erase, numbers);
  const { rawHashes, knownRows } = traces;
  if (rawHashes.length > 0) await runner.execute(ERASE_PARKED, [plainArray(rawHashes)]);
  if (knownRows.length > 0) {
    await runner.execute(ERASE_KNOWN_ROWS, [
      knownRows.map(({ source }) => source),
      knownRows.map(({ key }) => key),
    ]);
  }
  await runner.execute(NOTE_ERASURE, [personKey, allKeys, keepsHash, commandId]);
}
