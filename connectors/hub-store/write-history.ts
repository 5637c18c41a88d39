import type {
  EvidenceWrite,
  FollowUp,
  PersonWrite,
  PurgeOrder,
} from '../../core/sync/batch-changes.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray, textArray } from './sql-arrays.ts';

/** Stands between the words of a list in an element of an array; no name of ours has one. */
const AND = '+';
const words = (list: readonly string[]) => list.join(AND);

const INSERT_JOURNAL = statement(
  'insert-evidence-journal',
  `INSERT INTO evidence_journal (identity_key, source, epoch, version, changed, content_hash, recorded_at)
   SELECT n.identity_key, n.source, n.epoch, n.version, string_to_array(n.changed, '${AND}'), n.content_hash, statement_timestamp()
   FROM (SELECT unnest($1::uuid[]) AS identity_key, unnest($2::text[]) AS source, unnest($3::int[]) AS epoch,
                unnest($4::bigint[]) AS version, unnest($5::text[]) AS changed, unnest($6::text[]) AS content_hash) n`,
);

const FORGET_RELATIONS = statement(
  'forget-relations',
  'DELETE FROM relations WHERE identity_key = ANY ($1::uuid[])',
);

const INSERT_RELATIONS = statement(
  'insert-relations',
  `INSERT INTO relations (root, extension, identity_key)
   SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::uuid[]) ON CONFLICT DO NOTHING`,
);

/** The period begins where the one before ended, so a first one has to be known to nobody. */
const END_MEMBERSHIPS = statement(
  'end-memberships',
  `INSERT INTO memberships (person_key, from_version, until_version, level, county_code, municipality_code, reason, valid_from, ended_on)
   SELECT n.person_key, coalesce((SELECT max(m.until_version) FROM memberships m WHERE m.person_key = n.person_key), 1),
          n.until_version, n.level, n.county_code, n.municipality_code, n.reason, n.valid_from, n.ended_on
   FROM (SELECT unnest($1::uuid[]) AS person_key, unnest($2::bigint[]) AS until_version, unnest($3::text[]) AS level,
                unnest($4::text[]) AS county_code, unnest($5::text[]) AS municipality_code, unnest($6::text[]) AS reason,
                unnest($7::text[]) AS valid_from, unnest($8::text[]) AS ended_on) n`,
);

const TOUCH_TOLD = statement(
  'touch-who-was-told',
  `INSERT INTO consumer_touches (consumer_id, person_key)
   SELECT d.consumer_id, d.person_key FROM deliveries d JOIN consumers c ON c.id = d.consumer_id
   WHERE d.person_key = ANY ($1::uuid[])`,
);

const ORDER_PURGES = statement(
  'order-purges',
  `INSERT INTO purge_orders (person_key, reason, fields, up_to_version)
   SELECT n.person_key, n.reason, string_to_array(n.fields, '${AND}'), n.up_to_version
   FROM (SELECT unnest($1::uuid[]) AS person_key, unnest($2::text[]) AS reason, unnest($3::text[]) AS fields,
                unnest($4::bigint[]) AS up_to_version) n`,
);

const INSERT_FOLLOW_UPS = statement(
  'insert-follow-ups',
  `INSERT INTO follow_ups (identity_key, is_protected, address_hash)
   SELECT unnest($1::uuid[]), unnest($2::boolean[]), unnest($3::text[])`,
);

/** Notes which fields of the evidence are not as before. */
export async function writeJournal(
  runner: SqlRunner,
  writes: readonly EvidenceWrite[],
): Promise<void> {
  const changed = writes.filter((write) => write.changed.length > 0);
  if (changed.length === 0) return;
  await runner.execute(INSERT_JOURNAL, [
    plainArray(changed.map(({ identityKey }) => identityKey)),
    plainArray(changed.map(({ evidence }) => evidence.source)),
    plainArray(changed.map(({ evidence }) => evidence.position.epoch)),
    plainArray(changed.map(({ evidence }) => evidence.position.version)),
    plainArray(
      changed.map((write) =>
        typeof write.changed === 'string' ? write.changed : words(write.changed),
      ),
    ),
    plainArray(changed.map(({ evidence }) => evidence.contentHash)),
  ]);
}

/** Keeps whose evidence states a relation with whom. Only PU states any. */
export async function writeRelations(
  runner: SqlRunner,
  writes: readonly EvidenceWrite[],
): Promise<void> {
  const changed = writes.filter(
    ({ evidence, changed }) =>
      evidence.source === 'pu' && (typeof changed === 'string' || changed.includes('relations')),
  );
  const known = changed.filter(({ isNew }) => !isNew);
  if (known.length > 0) {
    await runner.execute(FORGET_RELATIONS, [
      plainArray(known.map(({ identityKey }) => identityKey)),
    ]);
  }
  const stated = changed.flatMap(({ identityKey, evidence }) =>
    (evidence.content?.relations ?? []).flatMap(({ identity }) =>
      identity === null ? [] : { identity, identityKey },
    ),
  );
  if (stated.length === 0) return;
  await runner.execute(INSERT_RELATIONS, [
    textArray(stated.map(({ identity }) => identity.root)),
    textArray(stated.map(({ identity }) => identity.extension)),
    plainArray(stated.map(({ identityKey }) => identityKey)),
  ]);
}

/** Keeps the periods of membership, and of having none, that end with these writes. */
export async function writeMemberships(
  runner: SqlRunner,
  writes: readonly PersonWrite[],
): Promise<void> {
  const ended = writes.flatMap(({ person, membership, isNew }) =>
    membership === null || isNew ? [] : { person, ...membership },
  );
  if (ended.length === 0) return;
  await runner.execute(END_MEMBERSHIPS, [
    plainArray(ended.map(({ person }) => person.personKey)),
    plainArray(ended.map(({ person }) => person.version)),
    plainArray(ended.map(({ before }) => before?.level ?? 'NULL')),
    plainArray(ended.map(({ before }) => before?.countyCode ?? 'NULL')),
    plainArray(ended.map(({ before }) => before?.municipalityCode ?? 'NULL')),
    plainArray(ended.map(({ before }) => before?.reason ?? 'NULL')),
    plainArray(ended.map(({ before }) => before?.from?.value ?? 'NULL')),
    plainArray(ended.map(({ endsOn }) => endsOn?.value ?? 'NULL')),
  ]);
}

/** Orders that consumers forget what they were sent, and has those looked at who were: under a key that leads elsewhere nothing happens that they would hear of. */
export async function orderPurges(runner: SqlRunner, orders: readonly PurgeOrder[]): Promise<void> {
  if (orders.length === 0) return;
  await runner.execute(ORDER_PURGES, [
    plainArray(orders.map(({ personKey }) => personKey)),
    plainArray(orders.map(({ reason }) => reason)),
    plainArray(orders.map(({ fields }) => words(fields))),
    plainArray(orders.map(({ upToVersion }) => upToVersion)),
  ]);
  await runner.execute(TOUCH_TOLD, [plainArray(orders.map(({ personKey }) => personKey))]);
}

/** Puts in line what has to be looked at when nobody can have seen the state before any more. */
export async function writeFollowUps(
  runner: SqlRunner,
  followUps: readonly FollowUp[],
): Promise<void> {
  if (followUps.length === 0) return;
  await runner.execute(INSERT_FOLLOW_UPS, [
    plainArray(followUps.map(({ identityKey }) => identityKey)),
    plainArray(followUps.map(({ isProtected }) => String(isProtected))),
    plainArray(followUps.map(({ addressHash }) => addressHash ?? 'NULL')),
  ]);
}
