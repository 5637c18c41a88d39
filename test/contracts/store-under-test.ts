/** What the contract suites of the hub store share: an opened store, and a batch as the main path would do it. */
import { expect } from 'vitest';
import type { GoldenPerson } from '../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { ContentHash, Identity, Oid, PersonKey } from '../../core/person/person-identifier.ts';
import type {
  BatchChanges,
  Cluster,
  LeaseStore,
  Outbox,
  PersonStore,
  PersonTransaction,
  SourceCheckpointStore,
} from '../../core/sync/ports.ts';

/** For `toEqual`: whatever number or bigint the store gave. */
export const SOME_NUMBER: unknown = expect.any(Number);
export const SOME_BIGINT: unknown = expect.any(BigInt);

/** The ports of the hub's store, over one database of the test's own. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly persons: PersonStore;
  readonly outbox: Outbox;
  readonly leases: LeaseStore;
  readonly checkpoints: SourceCheckpointStore;
  partitionOfPerson(key: PersonKey): number;
}

const ROOT = '1.2.752.74.9.9.9999' as Oid;
let nextIdentity = 0;

/** Identities that no test before has seen, of a root that nobody issues. */
export function freshIdentities(count: number): readonly Identity[] {
  return Array.from({ length: count }, () => ({
    root: ROOT,
    extension: `TEST${String(nextIdentity++).padStart(6, '0')}`,
  }));
}

/** An identity that no test before has seen. */
export function freshIdentity(): Identity {
  const [identity] = freshIdentities(1);
  if (identity === undefined) throw new TypeError('no identity was made');
  return identity;
}

let nextTopic = 0;

/** A topic that no test before has used, so that its offsets begin at zero. */
export function freshTopic(): string {
  return `contract.${nextTopic++}`;
}

export interface TestBatch {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly identities: readonly Identity[];
  /** The version of every record's position. */
  readonly version: number;
}

/** Does a batch of one record for each identity, as the main path does. @returns how many records were new. */
export async function doBatch(store: PersonStore, batch: TestBatch): Promise<number> {
  return await store.transact((transaction) => runBatch(transaction, batch));
}

/** The calls of {@link doBatch}, on a transaction that the test holds. */
export async function runBatch(transaction: PersonTransaction, batch: TestBatch): Promise<number> {
  const done = await transaction.lockOffset(batch.topic, batch.partition);
  const todo = batch.identities.filter((_, i) => batch.firstOffset + i >= done);
  if (todo.length === 0) return 0;
  const clusters = await transaction.lockClusters(todo);
  await transaction.write(changesOf(clusters, batch.version));
  const next = batch.firstOffset + batch.identities.length;
  await transaction.advanceOffset(batch.topic, batch.partition, next);
  return todo.length;
}

/** New content for every identity of the clusters and the next version of every person. */
export function changesOf(clusters: readonly Cluster[], version: number): BatchChanges {
  const position = { epoch: 1, version: BigInt(version) };
  const cause = { source: 'master' as const, position, readAt: '2026-01-02T03:04:05.678Z' };
  return {
    evidence: clusters.flatMap((cluster) =>
      cluster.identities.map(({ identity, identityKey, evidence }) => ({
        identityKey,
        evidence: {
          source: 'master' as const,
          position,
          content: evidenceOf(identity, version),
          contentHash: `e${version}` as ContentHash,
        },
        contentText: JSON.stringify(evidenceOf(identity, version)),
        isNew: evidence.length === 0,
      })),
    ),
    persons: clusters.map(({ personKey, identities, person }) => ({
      person: {
        personKey,
        version: (person?.version ?? 0) + 1,
        golden: goldenOf(identities[0]?.identity ?? freshIdentity(), version),
        contentHash: `g${version}` as ContentHash,
      },
      goldenText: JSON.stringify(goldenOf(identities[0]?.identity ?? freshIdentity(), version)),
      isNew: person === undefined,
      events: [{ type: 'name-changed' as const, effectiveDate: null, changed: ['name' as const] }],
      cause,
    })),
    parked: [],
    cleared: [],
  };
}

export const NO_CHANGES: BatchChanges = { evidence: [], persons: [], parked: [], cleared: [] };

/** Reads clusters as they are now, by locking them. Unknown identities are rolled back again. */
export async function readClusters(
  store: PersonStore,
  identities: readonly Identity[],
): Promise<readonly Cluster[]> {
  let clusters: readonly Cluster[] = [];
  const undo = new Error('nothing of this is to stay');
  try {
    await store.transact(async (transaction) => {
      clusters = await transaction.lockClusters(identities);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return clusters;
}

/** Content with every character that could be taken for syntax on the way. */
export function evidenceOf(identity: Identity, version: number): PersonEvidence {
  return {
    identity,
    name: {
      givenName: 'Åsa "Prova" \\ {Test},NULL',
      givenNameIndicator: 10,
      middleName: '',
      surname: `rad 1\nrad 2\t\u0000\u001e\ud800 ${version}`,
      notificationName: null,
    },
    sex: 'unknown',
    birthDate: null,
    protectedPerson: false,
    protectedPopulationRecord: false,
    deregistration: null,
    maritalStatus: 'Ä',
    locality: null,
    addresses: [],
    contacts: [],
    links: [],
    testPerson: true,
  };
}

export function goldenOf(identity: Identity, version: number): GoldenPerson {
  const { name, sex, birthDate, deregistration, testPerson } = evidenceOf(identity, version);
  return {
    kind: 'person',
    identities: [{ ...identity, type: 'LRID', main: true }],
    name,
    sex,
    birthDate,
    deregistration,
    testPerson,
    maritalStatus: null,
    membership: null,
    parishCode: null,
    propertyDesignation: null,
    addresses: [],
    contacts: [],
  };
}
