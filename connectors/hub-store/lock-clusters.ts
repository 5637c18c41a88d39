import { HubError } from '../../core/errors/hub-error.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  identityText,
  type Oid,
  type PersonKey,
  personKeyOf,
} from '../../core/person/person-identifier.ts';
import type { Cluster, StoredEvidence, StoredIdentity } from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type SqlRunner, statement } from './database.ts';
import { mintIdentityKeys } from './mint-person-key.ts';
import { readPersons } from './person-rows.ts';
import { plainArray } from './sql-arrays.ts';

/** In the order of the primary key, so that two transactions that make the same identities wait for each other one way round. */
const INSERT_IDENTITIES = statement<{ identity_key: string }>(
  'insert-identities',
  `INSERT INTO identities (root, extension, identity_key, person_key)
   SELECT n.root, n.extension, n.key, n.key
   FROM (SELECT unnest($1::text[]) AS root, unnest($2::text[]) AS extension, unnest($3::uuid[]) AS key) n
   ORDER BY n.root COLLATE "C", n.extension COLLATE "C"
   ON CONFLICT (root, extension) DO NOTHING
   RETURNING identity_key`,
);

const CLUSTERS_OF_NAMED = `
  SELECT k.person_key FROM unnest($1::text[], $2::text[]) AS n (root, extension)
  JOIN identities k ON k.root = n.root AND k.extension = n.extension`;

/** Every identity of the clusters, in the order of the primary key: the one order in which locks are waited for. */
const LOCK_IN_ORDER = statement<{ identity_key: string }>(
  'lock-identities-in-order',
  `SELECT i.identity_key FROM identities i WHERE i.person_key IN (${CLUSTERS_OF_NAMED})
   ORDER BY i.root, i.extension FOR UPDATE OF i`,
);

/** Outside the order nothing is waited for, so there is nothing to deadlock on. */
const LOCK_WITHOUT_WAITING = statement<{ identity_key: string }>(
  'lock-identities-without-waiting',
  'SELECT identity_key FROM identities WHERE identity_key = ANY ($1::uuid[]) FOR UPDATE NOWAIT',
);

interface IdentityRow {
  readonly [column: string]: string | null;
  readonly root: string;
  readonly extension: string;
  readonly identity_key: string;
  readonly person_key: string;
  readonly source: string | null;
  readonly epoch: string | null;
  readonly version: string | null;
  readonly content: string | null;
  readonly content_hash: string | null;
}

const READ_CLUSTERS = statement<IdentityRow>(
  'read-clusters',
  `SELECT i.root, i.extension, i.identity_key, i.person_key, e.source, e.epoch, e.version, e.content, e.content_hash
   FROM identities i LEFT JOIN evidence e ON e.identity_key = i.identity_key
   WHERE i.person_key IN (${CLUSTERS_OF_NAMED})
   ORDER BY i.person_key, i.root, i.extension, e.source`,
);

/** How often a cluster may grow while its lock is waited for before the batch starts over. */
const MOST_ROUNDS = 4;

/**
 * The lock of `PersonTransaction.lockClusters`. Deadlock-free by order: unknown identities are made in the order of the primary
 * key, then all identities of the named clusters are locked in that order in one statement. A cluster that grew meanwhile
 * brings identities that may be lower in the order; those are taken only if they are free.
 */
export async function lockClusters(
  runner: SqlRunner,
  identities: readonly Identity[],
): Promise<readonly Cluster[]> {
  const named = distinct(identities);
  if (named.length === 0) return [];
  const created = await insertUnknown(runner, named);
  const known = named.filter(({ identity }) => !created.has(identity));
  const fresh = named.filter(({ identity }) => created.has(identity));
  return [
    ...fresh.map(({ identity, key }) => newCluster(identity, key)),
    ...(known.length === 0 ? [] : await lockKnown(runner, known)),
  ];
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

/** @returns the identities that were unknown until now. */
async function insertUnknown(
  runner: SqlRunner,
  named: readonly NamedIdentity[],
): Promise<ReadonlySet<Identity>> {
  const rows = await runner.query(INSERT_IDENTITIES, [
    ...identityArrays(named),
    plainArray(named.map(({ key }) => key)),
  ]);
  const inserted = new Set(rows.map((row) => row.identity_key));
  return new Set(named.filter(({ key }) => inserted.has(key)).map(({ identity }) => identity));
}

function identityArrays(named: readonly NamedIdentity[]) {
  return [
    named.map(({ identity }) => identity.root),
    named.map(({ identity }) => identity.extension),
  ] as const;
}

/** An identity that this transaction made: nobody else sees it yet, so there is nothing to lock or to read. */
function newCluster(identity: Identity, identityKey: IdentityKey): Cluster {
  const personKey = personKeyOf(identityKey);
  return {
    personKey,
    identities: [{ identity, identityKey, personKey, evidence: [] }],
    person: undefined,
  };
}

async function lockKnown(
  runner: SqlRunner,
  known: readonly NamedIdentity[],
): Promise<readonly Cluster[]> {
  const names = identityArrays(known);
  const locked = new Set<string>();
  for (const row of await runner.query(LOCK_IN_ORDER, names)) locked.add(row.identity_key);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    // A statement of its own sees what was committed while the lock was waited for.
    const rows = await runner.query(READ_CLUSTERS, names);
    const unlocked = new Set(rows.map((row) => row.identity_key).filter((key) => !locked.has(key)));
    if (unlocked.size === 0) return await clustersOf(runner, rows);
    for (const row of await runner.query(LOCK_WITHOUT_WAITING, [plainArray([...unlocked])])) {
      locked.add(row.identity_key);
    }
  }
  throw new HubError('HUB_STORE_CONFLICT', { rounds: MOST_ROUNDS });
}

async function clustersOf(
  runner: SqlRunner,
  rows: readonly IdentityRow[],
): Promise<readonly Cluster[]> {
  const identities = storedIdentities(rows);
  const byPerson = Map.groupBy(identities, (identity) => identity.personKey);
  const persons = await readPersons(runner, [...byPerson.keys()]);
  return [...byPerson].map(([personKey, members]) => ({
    personKey,
    identities: members,
    person: persons.get(personKey),
  }));
}

function storedIdentities(rows: readonly IdentityRow[]): readonly StoredIdentity[] {
  return [...Map.groupBy(rows, (row) => row.identity_key).values()].flatMap((ofIdentity) => {
    const row = ofIdentity[0];
    if (row === undefined) return [];
    return {
      identity: { root: row.root as Oid, extension: row.extension },
      identityKey: row.identity_key as IdentityKey,
      personKey: row.person_key as PersonKey,
      evidence: ofIdentity.flatMap(storedEvidence),
    };
  });
}

function storedEvidence(row: IdentityRow): readonly StoredEvidence[] {
  if (row.source === null || row.version === null) return [];
  return [
    {
      source: row.source as SourceName,
      position: { epoch: Number(row.epoch), version: BigInt(row.version) },
      content: row.content === null ? null : (JSON.parse(row.content) as PersonEvidence),
      contentHash: row.content_hash as ContentHash,
    },
  ];
}
