import { HubError } from '../../core/errors/hub-error.ts';
import { safeText } from '../../core/errors/log-safe.ts';
import type { EvidenceWrite, PersonWrite } from '../../core/sync/batch-changes.ts';
import { type SqlRunner, type SqlValue, type Statement, statement } from './database.ts';
import { joinJsonTexts, jsonTexts, plainArray, textArray } from './sql-arrays.ts';

/**
 * The rows of a batch from one array for each column. Functions in the select list and not in FROM, where PostgreSQL would first
 * write their result to a table of its own: that costs a third more CPU of the backend.
 */
const EVIDENCE_ROWS = `
  SELECT unnest($1::uuid[]) AS identity_key, unnest($2::text[]) AS source, unnest($3::int[]) AS epoch,
         unnest($4::bigint[]) AS version, unnest(${jsonTexts('$5')}) AS content, unnest($6::text[]) AS content_hash`;

const INSERT_EVIDENCE = statement(
  'insert-evidence',
  `INSERT INTO evidence (identity_key, source, epoch, version, content, content_hash) ${EVIDENCE_ROWS}`,
);

const UPDATE_EVIDENCE = statement(
  'update-evidence',
  `UPDATE evidence e
   SET epoch = n.epoch, version = n.version, content = n.content, content_hash = n.content_hash, updated_at = now()
   FROM (${EVIDENCE_ROWS}) n
   WHERE e.identity_key = n.identity_key AND e.source = n.source
     AND (e.epoch, e.version) <= (n.epoch, n.version)`,
);

const PERSON_ROWS = `
  SELECT unnest($1::uuid[]) AS person_key, unnest($2::bigint[]) AS version, unnest(${jsonTexts('$3')}) AS golden,
         unnest($4::text[]) AS content_hash, unnest($5::uuid[]) AS redirect_to, unnest($6::text[]) AS address_hash`;

const INSERT_PERSONS = statement(
  'insert-persons',
  `INSERT INTO persons (person_key, version, golden, content_hash, redirect_to, address_hash) ${PERSON_ROWS}`,
);

const UPDATE_PERSONS = statement(
  'update-persons',
  `UPDATE persons p
   SET version = n.version, golden = n.golden, content_hash = n.content_hash, redirect_to = n.redirect_to,
       address_hash = n.address_hash, updated_at = now()
   FROM (${PERSON_ROWS}) n
   WHERE p.person_key = n.person_key AND p.version < n.version`,
);

const INSERT_OUTBOX = statement(
  'insert-outbox',
  `INSERT INTO outbox (partition, person_key, version, events, source, epoch, source_version, read_at, recorded_at)
   SELECT unnest($1::smallint[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest(${jsonTexts('$4')}),
          unnest($5::text[]), unnest($6::int[]), unnest($7::bigint[]), unnest($8::timestamptz[]), statement_timestamp()`,
);

/** Writes the evidence of a batch. @throws HubError `HUB_STORE_CONFLICT` when a stored position is later than the one given. */
export async function writeEvidence(
  runner: SqlRunner,
  writes: readonly EvidenceWrite[],
): Promise<void> {
  await eachKind(runner, writes, INSERT_EVIDENCE, UPDATE_EVIDENCE, evidenceValues);
}

/** Writes the persons of a batch. @throws HubError `HUB_STORE_CONFLICT` when a stored version is not below the one given. */
export async function writePersons(
  runner: SqlRunner,
  writes: readonly PersonWrite[],
): Promise<void> {
  await eachKind(runner, writes, INSERT_PERSONS, UPDATE_PERSONS, personValues);
}

/**
 * Puts the changes in line for the publisher. Called while the groups are locked.
 * @param partitions the partition of each, in the same order.
 */
export async function writeOutbox(
  runner: SqlRunner,
  writes: readonly PersonWrite[],
  partitions: readonly number[],
): Promise<void> {
  if (writes.length === 0) return;
  await runner.execute(INSERT_OUTBOX, [
    plainArray(partitions),
    plainArray(writes.map(({ person }) => person.personKey)),
    plainArray(writes.map(({ person }) => person.version)),
    joinJsonTexts(writes.map(({ events }) => JSON.stringify(events))),
    plainArray(writes.map(({ cause }) => cause.source)),
    plainArray(writes.map(({ cause }) => cause.position.epoch)),
    plainArray(writes.map(({ cause }) => cause.position.version)),
    textArray(writes.map(({ cause }) => cause.readAt)),
  ]);
}

async function eachKind<W extends { readonly isNew: boolean }>(
  runner: SqlRunner,
  writes: readonly W[],
  insert: Statement,
  update: Statement,
  valuesOf: (writes: readonly W[]) => readonly SqlValue[],
): Promise<void> {
  const added = writes.filter((write) => write.isNew);
  const changed = writes.filter((write) => !write.isNew);
  if (added.length > 0) await runner.execute(insert, valuesOf(added));
  if (changed.length === 0) return;
  const updated = await runner.execute(update, valuesOf(changed));
  if (updated !== changed.length) {
    throw new HubError('HUB_STORE_CONFLICT', {
      guard: safeText('stored is newer'),
      refused: changed.length - updated,
    });
  }
}

function evidenceValues(writes: readonly EvidenceWrite[]): readonly SqlValue[] {
  return [
    plainArray(writes.map(({ identityKey }) => identityKey)),
    plainArray(writes.map(({ evidence }) => evidence.source)),
    plainArray(writes.map(({ evidence }) => evidence.position.epoch)),
    plainArray(writes.map(({ evidence }) => evidence.position.version)),
    joinJsonTexts(writes.map(({ contentText }) => contentText)),
    plainArray(writes.map(({ evidence }) => evidence.contentHash)),
  ];
}

function personValues(writes: readonly PersonWrite[]): readonly SqlValue[] {
  return [
    plainArray(writes.map(({ person }) => person.personKey)),
    plainArray(writes.map(({ person }) => person.version)),
    joinJsonTexts(writes.map(({ goldenText }) => goldenText)),
    plainArray(writes.map(({ person }) => person.contentHash)),
    plainArray(writes.map(({ person }) => person.redirectTo ?? 'NULL')),
    plainArray(writes.map(({ addressHash }) => addressHash ?? 'NULL')),
  ];
}
