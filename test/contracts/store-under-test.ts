/** What the contract suites of the hub store share: an opened store, and a batch as the main path would do it. */
import { expect } from 'vitest';
import type { GoldenPerson, GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  type Oid,
  type PersonKey,
  personKeyOf,
} from '../../core/person/person-identifier.ts';
import { type BatchChanges, NO_CHANGES, type PersonWrite } from '../../core/sync/batch-changes.ts';
import type {
  LeaseStore,
  Outbox,
  PersonStore,
  PersonTransaction,
  SourceCheckpointStore,
} from '../../core/sync/ports.ts';
import type { SourcePosition } from '../../core/sync/source-record.ts';
import type { IdentityGroup, StoredIdentity } from '../../core/sync/stored-group.ts';

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
  const groups = await transaction.lockGroups(todo);
  await transaction.write(changesOf(groups, batch.version));
  const next = batch.firstOffset + batch.identities.length;
  await transaction.advanceOffset(batch.topic, batch.partition, next);
  return todo.length;
}

const READ_AT = '2026-01-02T03:04:05.678Z';

/** New content for every identity of the groups, and the next version of one person for each group, under the group's key. */
export function changesOf(groups: readonly IdentityGroup[], version: number): BatchChanges {
  const position = { epoch: 1, version: BigInt(version) };
  return {
    ...NO_CHANGES,
    evidence: groups.flatMap((group) =>
      group.identities.map(({ identity, identityKey, evidence }) => ({
        identityKey,
        evidence: {
          source: 'master' as const,
          position,
          content: evidenceOf(identity, version),
          contentHash: `e${version}` as ContentHash,
        },
        contentText: JSON.stringify(evidenceOf(identity, version)),
        isNew: evidence.length === 0,
        changed: 'all' as const,
      })),
    ),
    persons: groups.map((group) =>
      personWrite(group, personKeyOf(group.groupKey), {
        golden: goldenOf(group.identities[0]?.identity ?? freshIdentity(), version),
        contentHash: `g${version}` as ContentHash,
        position,
      }),
    ),
  };
}

/** The next version of what is stored under a key of the group. */
export function personWrite(
  { persons }: Pick<IdentityGroup, 'persons'>,
  personKey: PersonKey,
  change: {
    readonly golden: GoldenRecord | null;
    readonly redirectTo?: PersonKey;
    readonly contentHash: ContentHash;
    readonly position: SourcePosition;
  },
): PersonWrite {
  const { golden, redirectTo = null, contentHash, position } = change;
  const before = persons.find((person) => person.personKey === personKey);
  const version = (before?.version ?? 0) + 1;
  return {
    person: { personKey, version, golden, redirectTo, contentHash },
    goldenText: JSON.stringify(golden),
    isNew: before === undefined,
    events: [{ type: 'name-changed', effectiveDate: null, changed: ['name'] }],
    cause: { source: 'master', position, readAt: READ_AT },
    membership: null,
    addressHash: null,
  };
}

/** Makes one group and one person of identities that are alone until now, as a link does. @returns it, first seen first. */
export async function joinIdentities(
  store: PersonStore,
  identities: readonly Identity[],
): Promise<IdentityGroup> {
  await store.transact(async (transaction) => {
    const members = firstSeenFirst(await transaction.lockGroups(identities));
    const [first] = members;
    if (first === undefined) return;
    await transaction.write({
      ...NO_CHANGES,
      identities: members.map(({ identityKey, isProtected }) => ({
        identityKey,
        personKey: personKeyOf(first.identityKey),
        groupKey: first.identityKey,
        isProtected,
      })),
    });
  });
  const [group] = await readGroups(store, identities);
  if (group === undefined) throw new TypeError('no group was made');
  return group;
}

/** The identities of groups in the order that keys go by. */
export function firstSeenFirst(groups: readonly IdentityGroup[]): readonly StoredIdentity[] {
  return groups
    .flatMap(({ identities }) => identities)
    .toSorted((a, b) => a.firstSeen - b.firstSeen || (a.identityKey < b.identityKey ? -1 : 1));
}

/** Reads groups as they are now, by locking them. Unknown identities are rolled back again. */
export async function readGroups(
  store: PersonStore,
  identities: readonly Identity[],
): Promise<readonly IdentityGroup[]> {
  let groups: readonly IdentityGroup[] = [];
  const undo = new Error('nothing of this is to stay');
  try {
    await store.transact(async (transaction) => {
      groups = await transaction.lockGroups(identities);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) throw error;
  }
  return groups;
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
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    protectedSince: null,
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
    relations: [],
    contactPersons: [],
    paperOptOut: null,
  };
}
