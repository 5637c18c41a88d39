import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { type Identity, OID_PNR } from '../../../core/person/person-identifier.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import {
  askableIdentitiesContract,
  CONTRACT_PAGE_ROWS,
  CONTRACT_SCOPE,
  OWN_ROOT,
} from './askable-identities.contract.ts';

const ADD = statement(
  'add-identity',
  `WITH i AS (INSERT INTO identities (root, extension, identity_key, person_key)
     VALUES ($1, $2, $3::uuid, $4::uuid) RETURNING identity_key)
   INSERT INTO evidence (identity_key, source, epoch, version, content, content_hash)
   SELECT identity_key, 'master', 1, 1, $5, 'h' FROM i WHERE $6::boolean`,
);

interface Opened extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly store: HubStore;
}

async function openStore(): Promise<Opened> {
  const database = await createHubDatabase();
  const store = openHubStore(testStoreConfig(database.url));
  return {
    database,
    store,
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function add(
  { database }: TestDatabase,
  { root, extension }: Identity,
  isInMaster: boolean,
  personKey: string = randomUUID(),
  content: string | null = '{}',
): Promise<void> {
  await database.execute(ADD, [root, extension, randomUUID(), personKey, content, isInMaster]);
}

describe('on PostgreSQL', () => {
  askableIdentitiesContract(async () => {
    const opened = await openStore();
    return {
      known: opened.store.puKnown,
      askable: opened.store.askableIdentities(CONTRACT_SCOPE, CONTRACT_PAGE_ROWS),
      add: async (isInMaster, identities) => {
        for (const identity of identities) await add(opened.database, identity, isInMaster);
      },
      [Symbol.asyncDispose]: opened[Symbol.asyncDispose],
    };
  });

  it('an identity that Master has removed is not asked about in the first load', async () => {
    await using opened = await openStore();
    await add(
      opened.database,
      { root: OID_PNR, extension: '189001010001' },
      true,
      randomUUID(),
      null,
    );
    const askable = opened.store.askableIdentities(CONTRACT_SCOPE, 10);
    const request = { after: null, through: null, askedBefore: null } as const;
    expect(await askable.page({ ...request, selection: 'in-master' })).toEqual({
      identities: [],
      next: null,
    });
  });
});

describe('the report of persons whom no pull covers', () => {
  it('counts persons by the reason, and gives their keys, never an identity', async () => {
    await using opened = await openStore();
    const { database, store } = opened;
    const pnr = (i: number): Identity => ({ root: OID_PNR, extension: `18900101000${i}` });
    const keys = Array.from({ length: 7 }, () => randomUUID()).toSorted();
    const [covered, waiting, unknown, test, reserve, strange, unfit] = keys;
    await add(database, pnr(1), true, covered);
    // Covered by one of two identities.
    await add(database, pnr(2), true, covered);
    await add(database, pnr(3), true, waiting);
    await add(database, pnr(4), true, unknown);
    await add(database, pnr(5), true, test);
    await add(database, { root: OWN_ROOT, extension: 'R-1' }, true, reserve);
    await add(database, { ...pnr(6), root: '1.2.3.4' as typeof OID_PNR }, true, strange);
    await add(database, { root: OID_PNR, extension: 'AB;1' }, true, unfit);
    const answer = { askedAt: 1, epoch: 1, second: 1, contentHash: 'h', place: null } as const;
    await store.puKnown.put([
      { identity: pnr(1), state: 'sent', ...answer },
      { identity: pnr(2), state: 'unknown', ...answer },
      { identity: pnr(4), state: 'unknown', ...answer },
      { identity: pnr(5), state: 'test-person', ...answer },
    ]);
    const coverage = store.pullCoverage(CONTRACT_SCOPE);
    expect(await coverage.count()).toEqual({
      covered: 1,
      persons: 6,
      byReason: {
        'not-loaded-yet': 1,
        'unknown-in-pu': 1,
        'test-person': 1,
        'reserve-not-in-pu': 1,
        'not-askable': 2,
      },
    });
    const first = await coverage.page(null, 3);
    const rest = await coverage.page(first.next, 4);
    expect([...first.persons, ...rest.persons]).toEqual([
      { personKey: waiting as PersonKey, reason: 'not-loaded-yet' },
      { personKey: unknown as PersonKey, reason: 'unknown-in-pu' },
      { personKey: test as PersonKey, reason: 'test-person' },
      { personKey: reserve as PersonKey, reason: 'reserve-not-in-pu' },
      { personKey: strange as PersonKey, reason: 'not-askable' },
      { personKey: unfit as PersonKey, reason: 'not-askable' },
    ]);
    expect(rest.next).toBeNull();
  });
});
