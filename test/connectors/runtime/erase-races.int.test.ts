/** An erasure beside what else goes on: nobody is erased who was not seen, and nobody comes back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { TableDump } from '../../../connectors/hub-store/table-dump.ts';
import type { Relation } from '../../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  identityText,
  type PersonKey,
} from '../../../core/person/person-identifier.ts';
import { applyDecision } from '../../../core/sync/apply-decision.ts';
import { NO_CHANGES } from '../../../core/sync/batch-changes.ts';
import type { DecideRules } from '../../../core/sync/decide-batch.ts';
import { type ErasureOutcome, erasePerson } from '../../../core/sync/erase-person.ts';
import { carryOutFollowUps } from '../../../core/sync/follow-up.ts';
import type { DueFollowUp, FollowUps, PersonStore } from '../../../core/sync/ports.ts';
import { readGroups } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import { untilBlocked } from '../hub-store/look-into-store.ts';
import { feedPersons, testRules } from './feed-persons.ts';

const ASKED_AT = '2026-01-02T03:04:05.678Z';
const ADDRESS = 'sPd2-J0BGmzNnXRo4xTzKyVhPgMMRBjvGUK9sMjcpA8' as string as ContentHash;

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

async function keysOf(
  identity: Identity,
): Promise<{ readonly identityKey: IdentityKey; readonly personKey: PersonKey }> {
  const [group] = await readGroups(store.persons, [identity]);
  return (
    group?.identities.find((one) => identityText(one.identity) === identityText(identity)) ??
    expect.fail('nobody')
  );
}

async function erase(key: PersonKey, seen: readonly IdentityKey[]): Promise<ErasureOutcome> {
  command += 1n;
  const request = { commandId: command, key, seen, keepsHash: true, askedAt: ASKED_AT };
  const noTraces = async () => ({ rawHashes: [], knownRows: [] });
  return await erasePerson(store.erasures, request, noTraces, rules);
}

async function count(sql: string): Promise<number> {
  const [row] = await database.database.query(statement<{ n: string }>('', sql));
  return Number(row?.n);
}

const countIdentities = async ({ extension }: Identity): Promise<number> =>
  await count(`SELECT count(*) AS n FROM identities WHERE extension = '${extension}'`);

describe('an erasure of somebody who was joined with another one after they were seen', () => {
  it('erases neither, and does when both were seen', async () => {
    const other = evidence({ identity: pnr(1) });
    await feedPersons(store.persons, rules, 'master', [evidence(), other]);
    const one = await keysOf(pnr());
    const two = await keysOf(pnr(1));
    const links = [{ kind: 'linked', identity: pnr(1) }] as const;
    await feedPersons(store.persons, rules, 'pu', [evidence({ links })]);
    expect((await keysOf(pnr())).personKey).toBe((await keysOf(pnr(1))).personKey);

    expect(await erase(one.personKey, [one.identityKey])).toBe('other-state');
    expect(await countIdentities(pnr())).toBe(1);
    expect(await countIdentities(pnr(1))).toBe(1);
    // Nor is one erased who was seen with somebody else than now.
    expect(await erase(one.personKey, [one.identityKey, OTHER])).toBe('other-state');
    expect(await erase(one.personKey, [two.identityKey, one.identityKey])).toBe('done');
    expect(await countIdentities(pnr())).toBe(0);
  });
});

const OTHER = '00000000-0000-4000-8000-000000000000' as string as IdentityKey;

describe('a follow-up that began before an erasure', () => {
  const child: Relation = {
    kind: 'child',
    identity: pnr(),
    birthDate: null,
    name: null,
    from: null,
    to: null,
  };

  /** One follow-up, and the store's own answers about it. */
  function followUpsOf(due: Omit<DueFollowUp, 'id'>, change: Partial<FollowUps> = {}): FollowUps {
    const { followUps } = store;
    return {
      due: async () => [{ id: 1n, ...due }],
      findRelatives: (key) => followUps.findRelatives(key),
      findOpenAbout: (key) => followUps.findOpenAbout(key),
      ...change,
    };
  }

  it('does not make the relative again who was erased after they were found', async () => {
    const parent = evidence({ identity: pnr(1), relations: [child] });
    await feedPersons(store.persons, rules, 'pu', [evidence(), parent]);
    const { identityKey } = await keysOf(pnr());
    const relative = await keysOf(pnr(1));
    const due = { identityKey, isProtected: false, addressHash: null };
    const found: Identity[] = [];
    const followUps = followUpsOf(due, {
      findRelatives: async (key) => {
        found.push(...(await store.followUps.findRelatives(key)));
        expect(await erase(relative.personKey, [relative.identityKey])).toBe('done');
        return found;
      },
    });
    await carryOutFollowUps(store.persons, followUps, rules, 1, ASKED_AT);
    expect(found).toEqual([pnr(1)]);
    expect(await countIdentities(pnr(1))).toBe(0);
  });

  it('asks nothing about a neighbour who is erased at that moment', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence(), evidence({ identity: pnr(1) })]);
    const { identityKey } = await keysOf(pnr());
    const neighbour = await keysOf(pnr(1));
    await database.database.script(
      `UPDATE persons SET address_hash = '${ADDRESS}' WHERE person_key = '${neighbour.personKey}';
       DELETE FROM follow_ups`,
    );
    const due = { identityKey, isProtected: true, addressHash: ADDRESS };
    await store.persons.transact(async (transaction) => {
      await transaction.write({ ...NO_CHANGES, followUps: [due] });
    });
    const id = BigInt(await count('SELECT id AS n FROM follow_ups'));
    const erasing: Promise<unknown>[] = [];
    const beside: PersonStore = {
      transact: async (work) =>
        await store.persons.transact(async (transaction) => {
          // Asked for the item as it is written: by now the neighbour was found.
          const write = transaction.write.bind(transaction);
          transaction.write = async (changes) => {
            if (changes.items.opened.length > 0) {
              const erased = erase(neighbour.personKey, [neighbour.identityKey]);
              erasing.push(erased);
              await Promise.race([erased, untilBlocked(database.database)]);
            }
            await write(changes);
          };
          return await work(transaction);
        }),
    };
    const followUps = followUpsOf(due, { due: async () => [{ id, ...due }] });
    await carryOutFollowUps(beside, followUps, rules, 1, ASKED_AT);
    expect(await Promise.all(erasing)).toEqual(['done']);
    expect(await count('SELECT count(*) AS n FROM work_items')).toBe(0);
  });
});

describe('a decision about somebody who was erased after the item was looked at', () => {
  it.each([
    ['it is about', 0],
    ['it is asked beside', 1],
  ])('is not made when it is who %s, and does not bring the number back', async (_, gone) => {
    await feedPersons(store.persons, rules, 'master', [evidence(), evidence({ identity: pnr(1) })]);
    const subject = await keysOf(pnr());
    const other = await keysOf(pnr(1));
    const erased = gone === 0 ? subject : other;
    expect(await erase(erased.personKey, [erased.identityKey])).toBe('done');
    const request = {
      commandId: 99n,
      about: {
        kind: 'same-address-as-protected' as const,
        subject: subject.identityKey,
        other: other.identityKey,
      },
      choice: 'noted' as const,
      reason: 'a test',
      decidedBy: 'tester',
      decidedAt: ASKED_AT,
    };
    const outcome = await applyDecision(store.persons, request, [pnr(), pnr(1)], rules);
    expect(outcome).toBe('not-open');
    expect(await countIdentities(pnr(gone))).toBe(0);
    expect(await count('SELECT count(*) AS n FROM decisions')).toBe(0);
  });
});

describe('an erasure beside a delivery', () => {
  it('takes refusals before touches, as the delivery does, so that neither waits for the other', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const { personKey, identityKey } = await keysOf(pnr());
    await database.database.script(
      `INSERT INTO consumers (id, name, profile, agreement_valid_to, framework_version, staff_informed_by, staff_informed_at, command_id)
       OVERRIDING SYSTEM VALUE VALUES (7, 'card', '{}', '2099-12-31', '1', 'x', '2026-01-01', 1);
       INSERT INTO consumer_refusals (consumer_id, person_key, code) VALUES (7, '${personKey}', 'HUB_KAFKA_TOO_LARGE');
       INSERT INTO consumer_touches (consumer_id, person_key, is_forced) VALUES (7, '${personKey}', true)`,
    );
    const erasing: Promise<unknown>[] = [];
    await database.database.transact(async (runner) => {
      await runner.execute(statement('', 'DELETE FROM consumer_refusals WHERE consumer_id = 7'));
      erasing.push(erase(personKey, [identityKey]));
      await untilBlocked(database.database);
      await runner.execute(statement('', 'DELETE FROM consumer_touches WHERE consumer_id = 7'));
    });
    expect(await Promise.all(erasing)).toEqual(['done']);
  });
});

describe('the rows of a table for a search', () => {
  it('are those of one moment, also when a row moves to a page that was read', async () => {
    const { database: own } = database;
    await own.script(
      // Seven to a page, and every page full but the first ones.
      `CREATE TABLE moving (id integer, text text) WITH (autovacuum_enabled = false);
       INSERT INTO moving SELECT i, repeat('x', 1000) FROM generate_series(1, 2002) AS i;
       DELETE FROM moving WHERE id < 100`,
    );
    await own.script('VACUUM moving');
    let moved = 0;
    const moveOne = async (): Promise<void> => {
      if (moved++ === 0)
        await own.script(`UPDATE moving SET text = repeat('y', 1000) WHERE id = 1900`);
    };
    const seen: (readonly string[])[] = [];
    const dump = new TableDump(afterFirstPage(own, moveOne));
    await dump.read({ name: 'public.moving', sql: 'public.moving' }, (row) => seen.push(row));
    expect(moved).toBeGreaterThan(1);
    expect(seen.filter(([id]) => id === '1900')).toEqual([['1900', 'x'.repeat(1000)]]);
    expect(seen).toHaveLength(1903);
    expect(
      await count(`SELECT (ctid < '(128,0)'::tid)::int AS n FROM moving WHERE id = 1900`),
    ).toBe(1);
  });
});

/** The database, with something done beside it after each page. */
function afterFirstPage(own: Database, then: () => Promise<void>): Database {
  return new Proxy(own, {
    get(target, name): unknown {
      if (name !== 'transact') return Reflect.get(target, name);
      const transact: Database['transact'] = async (work) =>
        await target.transact(
          async (runner) =>
            await work({
              execute: (what, values) => runner.execute(what, values),
              query: async (what, values) => {
                const rows = await runner.query(what, values);
                if (what.text.includes('ctid')) await then();
                return rows;
              },
            }),
        );
      return transact;
    },
  });
}
