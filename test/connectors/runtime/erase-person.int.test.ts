/** Erasing somebody, on a real store: what goes, what stays, who is told, and what comes again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { PersonEvidence, Relation } from '../../../core/mapping/person-evidence.ts';
import {
  type IdentityHash,
  identityText,
  OID_SNR,
  type PersonKey,
} from '../../../core/person/person-identifier.ts';
import type { DecideRules } from '../../../core/sync/decide-batch.ts';
import { type ErasureOutcome, erasePerson } from '../../../core/sync/erase-person.ts';
import type { SourceTraces } from '../../../core/sync/erasure-ports.ts';
import { processSourceBatch } from '../../../core/sync/process-source-batch.ts';
import { changesOf, freshTopic, readGroups } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import { untilBlocked } from '../hub-store/look-into-store.ts';
import { feedPersons, testRules } from './feed-persons.ts';

const SNR = { root: OID_SNR, extension: '189001619996' };
const NO_TRACES: SourceTraces = { rawHashes: [], knownRows: [] };
const ASKED_AT = '2026-01-02T03:04:05.678Z';
const RAW = 'aaaaaaaaaaaaaaaaaaaaaa' as string as IdentityHash;

const OTHER_KEY = '00000000-0000-4000-8000-000000000000' as string as PersonKey;

let database: TestDatabase;
let store: HubStore;
let rules: DecideRules;
let command: bigint;

beforeEach(async () => {
  database = await createHubDatabase();
  store = openHubStore(testStoreConfig(database.url));
  rules = await testRules();
  command = 0n;
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Twice with one number, as after a crash before the answer. */
async function erase(
  key: PersonKey,
  keepsHash = false,
  traces: SourceTraces = NO_TRACES,
): Promise<ErasureOutcome> {
  command += 1n;
  const lineage = await store.readLineage(key);
  const seen = lineage?.identities.map(({ identityKey }) => identityKey) ?? [];
  const request = { commandId: command, key, seen, keepsHash, askedAt: ASKED_AT };
  const once = () => erasePerson(store.erasures, request, async () => traces, rules);
  const first = await once();
  expect(await once()).toBe(first);
  return first;
}

async function keyOf(identity: PersonEvidence['identity']): Promise<PersonKey> {
  const [group] = await readGroups(store.persons, [identity]);
  const own = group?.identities.find(
    (one) => identityText(one.identity) === identityText(identity),
  );
  return own?.personKey ?? expect.fail('nobody');
}

/** The rows of a table as JSON text, so that nothing in any column is overlooked. */
async function rowsOf(table: string): Promise<readonly string[]> {
  const rows = await database.database.query(
    statement<{ row: string }>('', `SELECT to_json(t)::text AS row FROM ${table} t`),
  );
  return rows.map(({ row }) => row);
}

async function tablesWith(text: string): Promise<readonly string[]> {
  const tables = await database.database.query(
    statement<{ name: string }>(
      '',
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
    ),
  );
  const found: string[] = [];
  for (const { name } of tables) {
    if ((await rowsOf(name)).some((row) => row.includes(text))) found.push(name);
  }
  return found;
}

async function count(sql: string): Promise<number> {
  const [row] = await database.database.query(statement<{ n: string }>('', sql));
  return Number(row?.n);
}

const child = (identity: PersonEvidence['identity'], surname: string): Relation => ({
  kind: 'child',
  identity,
  birthDate: null,
  name: { givenName: 'Barn', middleName: null, surname },
  from: null,
  to: null,
});

describe('an erasure', () => {
  it('is refused while a source delivers the person, and to whom nobody is known by', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const key = await keyOf(pnr());
    expect(await erase(key)).toBe('still-delivered');
    expect(await tablesWith(pnr().extension)).toContain('evidence');
    expect(await erase(OTHER_KEY)).toBe('nobody');
    expect(await store.erasures.list(10)).toEqual([]);
  });

  it('leaves an empty golden record until it is published, and then nothing but keys', async () => {
    await feedPersons(store.persons, rules, 'master', [
      evidence(),
      evidence({ identity: pnr(1), name: { ...evidence().name, surname: 'Kvarvarande' } }),
    ]);
    const key = await keyOf(pnr());
    const before = await tablesWith(pnr().extension);
    expect(before).toEqual(expect.arrayContaining(['evidence', 'identities', 'persons']));

    expect(await erase(key, true)).toBe('done');
    expect(await tablesWith(pnr().extension)).toEqual([]);
    expect(await tablesWith('Testberg')).toEqual([]);
    const [entry] = (await rowsOf('persons')).filter((row) => row.includes(key));
    expect(JSON.parse(entry ?? 'null')).toMatchObject({ version: 2, golden: null });
    expect(await count(`SELECT count(*) AS n FROM outbox WHERE events LIKE '%"erased"%'`)).toBe(1);
    expect(await store.erasures.find(key)).toMatchObject({ state: 'telling', keepsHash: true });

    expect(await store.erasures.finishTold()).toBe(0);
    await database.database.script('DELETE FROM outbox');
    expect(await store.erasures.finishTold()).toBe(1);
    expect(await tablesWith(key)).toEqual(['erased_identities', 'erasures', 'purge_orders']);
    expect(await store.erasures.find(key)).toMatchObject({ state: 'compacting' });
    expect(await tablesWith('Kvarvarande')).toEqual(['evidence', 'persons']);
  });

  it('takes the merged identities along, tells of each key, and leaves who shares a group', async () => {
    const links = [{ kind: 'linked', identity: SNR }] as const;
    // First apart, so that both keys are published; then one person.
    await feedPersons(store.persons, rules, 'master', [
      evidence(),
      evidence({ identity: SNR }),
      evidence({ identity: pnr(1), name: { ...evidence().name, surname: 'Annan' } }),
    ]);
    const apart = [await keyOf(pnr()), await keyOf(SNR)];
    await feedPersons(store.persons, rules, 'pu', [evidence({ links })]);
    const key = await keyOf(pnr());
    expect(await keyOf(SNR)).toBe(key);
    // They were first seen in one batch: either key may be the one that stays.
    const other = apart.find((one) => one !== key) ?? expect.fail('there was one key only');

    expect(await erase(other, true)).toBe('done');
    for (const { extension } of [pnr(), SNR]) expect(await tablesWith(extension)).toEqual([]);
    const erasure = await store.erasures.find(other);
    expect(erasure?.personKey).toBe(key);
    expect(erasure?.keys.toSorted()).toEqual([key, other].toSorted());
    expect(
      await count(
        `SELECT count(DISTINCT person_key) AS n FROM outbox WHERE events LIKE '%"erased"%'`,
      ),
    ).toBe(2);
    const orders = await rowsOf(`(SELECT * FROM purge_orders WHERE reason = 'erased')`);
    expect(orders).toHaveLength(2);
    expect(await tablesWith('Annan')).toEqual(['evidence', 'persons']);
  });

  it('takes the person out of what relatives say, and tells those who were told', async () => {
    const parent = evidence({
      identity: pnr(1),
      relations: [child(pnr(), 'Testberg'), child(pnr(2), 'Syskon')],
    });
    await feedPersons(store.persons, rules, 'pu', [evidence(), parent]);
    await feedPersons(store.persons, rules, 'master', [evidence({ identity: pnr(1) })]);
    const key = await keyOf(pnr());
    const parentKey = await keyOf(pnr(1));
    await database.database.script(`UPDATE phases SET phase = 'step-1'`);
    await feedPersons(store.persons, rules, 'pu', [evidence(), parent], 2n);
    expect(
      (await rowsOf('persons')).some(
        (row) => row.includes(parentKey) && row.includes(pnr().extension),
      ),
    ).toBe(true);

    expect(await erase(key, true)).toBe('done');
    expect(await tablesWith(pnr().extension)).toEqual([]);
    const [golden] = (await rowsOf('persons')).filter((row) => row.includes(parentKey));
    expect(golden).toContain(pnr(2).extension);
    const orders = (await store.purgeOrders.list(10)).length;
    expect(orders).toBe(0); // Nobody was told.
    const hidden = await rowsOf(`(SELECT * FROM purge_orders WHERE reason = 'relation-hidden')`);
    expect(hidden.every((row) => row.includes(parentKey))).toBe(true);
    expect(hidden).toHaveLength(1);

    // The relative's record comes again with the person in it.
    await feedPersons(store.persons, rules, 'pu', [parent], 3n);
    expect(await tablesWith(pnr().extension)).toEqual([]);
  });
});

describe('what is searched for after an erasure', () => {
  it('has to be all that was found before it, of any key of the person, until it is proved', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const key = await keyOf(pnr());
    const { erasures } = store;
    expect(await erasures.wasSought([key], ['testberg'])).toBe('unknown');
    await erasures.noteSought(key, ['left over']);
    await erasures.noteSought(key, ['testberg', '189001019802']);
    expect(await erase(key, true)).toBe('done');
    expect(await tablesWith('testberg')).toEqual([]);
    expect(await erasures.wasSought([key], ['testberg'])).toBe('less');
    expect(await erasures.wasSought([key], ['testberg', '18900101980'])).toBe('less');
    const all = ['more', 'testberg', '189001019802'];
    expect(await erasures.wasSought([OTHER_KEY, key], all)).toBe('all');
    // What two persons share says of neither that the other was searched for.
    expect(await erasures.wasSought([OTHER_KEY], all)).toBe('unknown');
    expect(await erasures.noteProved(key)).toBe(false);
    await database.database.script(`UPDATE erasures SET state = 'compacting'`);
    expect(await erasures.noteProved(key)).toBe(true);
    expect(await rowsOf('erasure_sought')).toEqual([]);
  });
});

describe('somebody whom a link in doubt ties to an erased person', () => {
  it.each([
    ['the one who is linked', 1, 0],
    ['the one who links', 0, 1],
  ])(
    'goes on alone when %s is erased, without the question and without a trace',
    async (_, gone, stays) => {
      const birthDate = { precision: 'day', value: '1891-02-02' } as const;
      const links = [{ kind: 'referred', identity: pnr(1) }] as const;
      await feedPersons(store.persons, rules, 'master', [
        evidence({ links }),
        evidence({ identity: pnr(1), birthDate }),
      ]);
      expect((await store.workItems.list(10)).map(({ kind }) => kind)).toEqual([
        'birth-data-differ',
      ]);
      const staying = await keyOf(pnr(stays));

      expect(await erase(await keyOf(pnr(gone)), true)).toBe('done');
      expect(await tablesWith(pnr(gone).extension)).toEqual([]);
      expect(await store.workItems.list(10)).toEqual([]);
      const [group] = await readGroups(store.persons, [pnr(stays)]);
      expect(group).toMatchObject({ groupKey: staying, openItems: [], joins: [] });
      expect(group?.identities.map(({ identity }) => identity)).toEqual([pnr(stays)]);
      expect(group?.persons).toMatchObject([{ personKey: staying, golden: { kind: 'person' } }]);
    },
  );
});

describe('an erasure beside a batch', () => {
  it('waits for the batch that runs, takes what it wrote along, and is seen by the next one', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const key = await keyOf(pnr());
    const mayGoOn = Promise.withResolvers<undefined>();
    const running = store.persons.transact(async (transaction) => {
      await transaction.readPhase();
      const erased = await transaction.findErased(() => ({ identities: [pnr()], hashes: [] }));
      await mayGoOn.promise;
      const groups = await transaction.lockGroups([pnr()]);
      await transaction.write(changesOf(groups, 9));
      return erased;
    });
    const erasing = erase(key, true);
    await untilBlocked(database.database);
    // Behind the erasure in the queue, so that it sees it.
    const next = store.persons.transact(async (transaction) => {
      await transaction.readPhase();
      return await transaction.findErased(() => ({ identities: [pnr()], hashes: [] }));
    });
    mayGoOn.resolve(undefined);
    expect(await running).toBeUndefined();
    expect(await erasing).toBe('done');
    expect((await next)?.identities).toEqual(new Set([identityText(pnr())]));
    expect(await tablesWith(pnr().extension)).toEqual([]);
  });
});

describe('what comes again of an erased person', () => {
  it('is refused and counted when hashes were kept, also when only its key is known', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const key = await keyOf(pnr());
    expect(await erase(key, true, { ...NO_TRACES, rawHashes: [RAW] })).toBe('done');

    const outcome = await processSourceBatch(
      {
        topic: freshTopic(),
        partition: 0,
        firstOffset: 0,
        nextOffset: 3,
        records: [
          record(0, 'bbbbbbbbbbbbbbbbbbbbbb', 'mapped'),
          // By the key that the first one taught, and by the one that was known.
          record(1, 'bbbbbbbbbbbbbbbbbbbbbb', 'rejected'),
          record(2, RAW, 'rejected'),
        ],
      },
      store.persons,
      withMapping(),
    );
    expect(outcome).toMatchObject({ refused: 3, mapped: 0, parked: [] });
    expect(await tablesWith(pnr().extension)).toEqual([]);
    expect(await store.erasures.find(key)).toMatchObject({ refused: 3 });

    // In a later batch the learned key is enough.
    const again = await processSourceBatch(
      {
        topic: freshTopic(),
        partition: 0,
        firstOffset: 0,
        nextOffset: 1,
        records: [record(0, 'bbbbbbbbbbbbbbbbbbbbbb', 'rejected')],
      },
      store.persons,
      withMapping(),
    );
    expect(again).toMatchObject({ refused: 1, parked: [] });
  });

  it('is taken again when it is readmitted, as a new person', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const key = await keyOf(pnr());
    expect(await store.erasures.readmit(key)).toBe(false);
    await erase(key, true);
    await feedPersons(store.persons, rules, 'master', [evidence()], 2n);
    expect(await tablesWith(pnr().extension)).toEqual([]);
    expect(await store.erasures.readmit(key)).toBe(true);
    expect(await count('SELECT count(*) AS n FROM erased_identities')).toBe(0);
    expect(await store.erasures.find(key)).toMatchObject({ keepsHash: false });
    await feedPersons(store.persons, rules, 'master', [evidence()], 3n);
    expect(await keyOf(pnr())).not.toBe(key);
  });

  it('is a new person with a new key when no hash was kept', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const key = await keyOf(pnr());
    await database.database.script(`UPDATE evidence SET content = NULL`);
    expect(await erase(key)).toBe('done');
    expect(await count('SELECT count(*) AS n FROM erased_identities')).toBe(0);
    await feedPersons(store.persons, rules, 'master', [evidence()], 2n);
    expect(await keyOf(pnr())).not.toBe(key);
  });
});

function record(offset: number, identityHash: string, person: string) {
  return {
    offset,
    identityHash: identityHash as IdentityHash,
    message: {
      source: 'master',
      operation: 'upsert',
      position: { epoch: 1, version: 9n },
      snapshot: false,
      readAt: '2025-01-31T10:00:00.000Z',
      person: { person },
      children: {},
    },
    payload: new Uint8Array(),
  } as const;
}

function withMapping() {
  return {
    ...rules,
    source: 'master' as const,
    map: ({ person }: { readonly person: Readonly<Record<string, string | null>> }) =>
      person['person'] === 'mapped'
        ? ({ kind: 'mapped', evidence: evidence() } as const)
        : ({ kind: 'rejected', code: 'HUB_SYNC_RAW_UNREADABLE', field: null } as const),
  };
}
