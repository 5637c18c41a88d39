/** What the tests of the consumers' tables share: a hub database with a consumer in it, and persons. */
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { DeliveryCommit } from '../../../core/disclosure/delivery-ports.ts';
import {
  type ContentHash,
  type Identity,
  type PersonKey,
  personKeyOf,
} from '../../../core/person/person-identifier.ts';
import { NO_CHANGES, type PurgeOrder } from '../../../core/sync/batch-changes.ts';
import type { Lease } from '../../../core/sync/ports.ts';
import {
  doBatch,
  freshIdentities,
  freshTopic,
  readGroups,
} from '../../contracts/store-under-test.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

export interface KnownPerson {
  readonly identity: Identity;
  readonly key: PersonKey;
}

/** One consumer as a test has it: in its first load. */
export interface AddedConsumer {
  readonly id: number;
  readonly name: string;
  readonly profile: ConsumerProfile;
  readonly lease: Lease;
}

export interface ConsumerWorld extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly store: HubStore;
  addConsumer(profile?: Partial<ConsumerProfile>): Promise<AddedConsumer>;
  /** Persons of one identity each, at version 1, by rising key. */
  addPersons(count: number): Promise<readonly KnownPerson[]>;
  order(order: PurgeOrder): Promise<void>;
}

export async function openConsumerWorld(): Promise<ConsumerWorld> {
  const database = await createHubDatabase();
  const store = openHubStore(testStoreConfig(database.url));
  let commandId = 0n;
  return {
    database,
    store,
    addConsumer: async (change) => {
      commandId++;
      const name = `system-${commandId}`;
      const profile = profileOf({ name, ...change });
      const agreement = {
        validTo: '2099-12-31',
        frameworkVersion: '1',
        staffInformedBy: 'Provkontoret',
        staffInformedAt: '2026-01-02',
      };
      await store.consumers.add({ profile, agreement, principal: null }, commandId);
      const id = (await store.consumers.find(name))?.id ?? expect.fail();
      const lease = await store.leases.acquire(`consumer-${name}`, 'one', 60_000);
      return { id, name, profile, lease: lease ?? expect.fail() };
    },
    addPersons: async (count) => {
      const identities = freshIdentities(count);
      const place = { topic: freshTopic(), partition: 0, firstOffset: 0 };
      await doBatch(store.persons, { ...place, identities, version: 1 });
      const groups = await readGroups(store.persons, identities);
      return groups
        .flatMap(({ groupKey, identities: [one] }) =>
          one === undefined ? [] : [{ identity: one.identity, key: personKeyOf(groupKey) }],
        )
        .toSorted((a, b) => (a.key < b.key ? -1 : 1));
    },
    order: async (order) => {
      await store.persons.transact((t) => t.write({ ...NO_CHANGES, purges: [order] }));
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** A commit of nothing for a consumer, with what a test cares about on top. */
export function commitOf(
  consumer: Pick<AddedConsumer, 'id'>,
  change: Partial<DeliveryCommit> = {},
): DeliveryCommit {
  return {
    consumerId: consumer.id,
    delivered: [],
    purges: [],
    touches: [],
    refused: [],
    unsettled: [],
    ...change,
  };
}

type DeliveredAs = DeliveryCommit['delivered'][number];

/** A row of the ledger, with what a test cares about on top. */
export function deliveredOf(personKey: PersonKey, change: Partial<DeliveredAs> = {}): DeliveredAs {
  return {
    personKey,
    generation: 1,
    version: 1,
    kind: 'person',
    told: new Set(['identities', 'protection', 'name']),
    contentHash: 'sPd2-J0BGmzNnXRo4xTzKyVhPgMMRBjvGUK9sMjcpA8' as ContentHash,
    at: { partition: 3, offset: 17 },
    ...change,
  };
}

type Purge = DeliveryCommit['purges'][number];

/** An order to forget, with what a test cares about on top. */
export function purgeOf(personKey: PersonKey, change: Partial<Purge> = {}): Purge {
  return {
    id: randomUUID(),
    personKey,
    reason: 'no-longer-disclosed',
    fields: ['name'],
    upToGeneration: 1,
    upToVersion: 2,
    orderId: null,
    ...change,
  };
}
