import { HubError } from '../../core/errors/hub-error.ts';
import {
  type Identity,
  type IdentityKey,
  identityText,
  personKeyOf,
} from '../../core/person/person-identifier.ts';
import type { IdentityGroup } from '../../core/sync/stored-group.ts';
import { type SqlRunner, statement } from './database.ts';
import {
  firstSeenOf,
  GROUPS_OF_NAMED,
  groupKeyOf,
  readGroupRows,
  readGroups,
} from './group-rows.ts';
import { mintIdentityKeys } from './mint-person-key.ts';
import { plainArray } from './sql-arrays.ts';

/** In the order of the primary key, so that two transactions that make the same identities wait for each other one way round. */
const INSERT_IDENTITIES = statement<{ identity_key: string; first_seen: string }>(
  'insert-identities',
  `INSERT INTO identities AS i (root, extension, identity_key, person_key)
   SELECT n.root, n.extension, n.key, n.key
   FROM (SELECT unnest($1::text[]) AS root, unnest($2::text[]) AS extension, unnest($3::uuid[]) AS key) n
   ORDER BY n.root COLLATE "C", n.extension COLLATE "C"
   ON CONFLICT (root, extension) DO NOTHING
   RETURNING i.identity_key, ${firstSeenOf('i')}`,
);

/** Every identity of the groups, in the order of the primary key: the one order in which locks are waited for. */
const LOCK_IN_ORDER = statement<{ identity_key: string }>(
  'lock-identities-in-order',
  `SELECT i.identity_key FROM identities i WHERE ${groupKeyOf('i')} IN (${GROUPS_OF_NAMED})
   ORDER BY i.root, i.extension FOR UPDATE OF i`,
);

/** Outside the order nothing is waited for, so there is nothing to deadlock on. */
const LOCK_WITHOUT_WAITING = statement<{ identity_key: string }>(
  'lock-identities-without-waiting',
  'SELECT identity_key FROM identities WHERE identity_key = ANY ($1::uuid[]) FOR UPDATE NOWAIT',
);

/** How often a group may grow while its lock is waited for before the batch starts over. */
const MOST_ROUNDS = 4;

/**
 * The lock of `PersonTransaction.lockGroups`. Deadlock-free by order: unknown identities are made in the order of the primary
 * key, then all identities of the named groups are locked in that order in one statement. A group that grew meanwhile
 * brings identities that may be lower in the order; those are taken only if they are free.
 */
export async function lockGroups(
  runner: SqlRunner,
  identities: readonly Identity[],
): Promise<readonly IdentityGroup[]> {
  const named = distinct(identities);
  if (named.length === 0) return [];
  const firstSeen = await insertUnknown(runner, named);
  const known: Identity[] = [];
  const groups: IdentityGroup[] = [];
  for (const { identity, key } of named) {
    const seen = firstSeen.get(key);
    if (seen === undefined) known.push(identity);
    else groups.push(newGroup(identity, key, seen));
  }
  if (known.length > 0) groups.push(...(await lockKnownGroups(runner, known)));
  return groups;
}

/** Locks the groups of those identities that are stored already; the others are left out. */
export async function lockKnownGroups(
  runner: SqlRunner,
  known: readonly Identity[],
): Promise<readonly IdentityGroup[]> {
  const roots = known.map(({ root }) => root);
  const extensions = known.map(({ extension }) => extension);
  const locked = new Set<string>();
  for (const row of await runner.query(LOCK_IN_ORDER, [roots, extensions])) {
    locked.add(row.identity_key);
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // A statement of its own sees what was committed while the lock was waited for.
    const rows = await readGroupRows(runner, roots, extensions);
    const unlocked = new Set(rows.map((row) => row.identity_key).filter((key) => !locked.has(key)));
    if (unlocked.size === 0) return await readGroups(runner, rows);
    for (const row of await runner.query(LOCK_WITHOUT_WAITING, [plainArray([...unlocked])])) {
      locked.add(row.identity_key);
    }
  }
  throw new HubError('HUB_STORE_CONFLICT', { rounds: MOST_ROUNDS });
}

interface NamedIdentity {
  readonly identity: Identity;
  /** The key that it gets if it is unknown. */
  readonly key: IdentityKey;
}

function distinct(identities: readonly Identity[]): readonly NamedIdentity[] {
  const byText = new Map(identities.map((identity) => [identityText(identity), identity]));
  const keys = mintIdentityKeys(byText.size, Date.now());
  const named: NamedIdentity[] = [];
  for (const identity of byText.values()) {
    const key = keys[named.length];
    if (key !== undefined) named.push({ identity, key });
  }
  return named;
}

/** @returns when those were first seen that were unknown until now, by the keys that they got. */
async function insertUnknown(
  runner: SqlRunner,
  named: readonly NamedIdentity[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await runner.query(INSERT_IDENTITIES, [
    named.map(({ identity }) => identity.root),
    named.map(({ identity }) => identity.extension),
    plainArray(named.map(({ key }) => key)),
  ]);
  return new Map(rows.map((row) => [row.identity_key, Number(row.first_seen)]));
}

/** An identity that this transaction made: nobody else sees it yet, so there is nothing to lock or to read. */
function newGroup(identity: Identity, identityKey: IdentityKey, firstSeen: number): IdentityGroup {
  const personKey = personKeyOf(identityKey);
  const stored = { identity, identityKey, personKey, firstSeen, isProtected: false, evidence: [] };
  return {
    groupKey: identityKey,
    identities: [stored],
    persons: [],
    decisions: [],
    openItems: [],
    joins: [],
  };
}
