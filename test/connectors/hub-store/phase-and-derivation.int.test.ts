import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { Derivation } from '../../../core/sync/ports.ts';
import { freshIdentities } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { untilBlocked } from './look-into-store.ts';

const ASKED_AT = '2026-01-02T03:04:05.678Z';

describe('the hub store keeps', () => {
  let database: TestDatabase;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  beforeEach(async () => {
    await database.database.script(
      `TRUNCATE derivations; UPDATE phases SET phase = 'shadow', generation = 1, command_id = NULL`,
    );
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const phaseOfBatch = async () => await store.persons.transact((t) => t.readPhase());
  const lock = async () => await store.persons.transact((t) => t.lockDerivation());
  const save = async (change: Partial<Derivation>) =>
    await store.persons.transact(async (t) => {
      const derivation = await t.lockDerivation();
      if (derivation !== undefined) await t.saveDerivation({ ...derivation, ...change });
    });

  it('the phase, which is shadow until somebody switches it', async () => {
    expect(await phaseOfBatch()).toEqual({ phase: 'shadow', generation: 1 });
    expect(await store.phases.read()).toMatchObject({ phase: 'shadow', commandId: null });
    expect(await store.derivations.show()).toBeUndefined();
  });

  it('one moment of a switch: batches that run go before it, and those that come while it waits go after it', async () => {
    const order: string[] = [];
    const later: Promise<unknown>[] = [];
    await store.persons.transact(async (t) => {
      expect(await t.readPhase()).toEqual({ phase: 'shadow', generation: 1 });
      later.push(store.phases.switchTo('step-1', 10n, ASKED_AT).then(() => order.push('switched')));
      await untilBlocked(database.database);
      later.push(phaseOfBatch().then(({ phase }) => order.push(phase)));
      later.push(phaseOfBatch().then(({ phase }) => order.push(phase)));
      // Who holds the phase can read it again, and is not held up by those who wait.
      expect(await t.readPhase()).toEqual({ phase: 'shadow', generation: 1 });
      await t.lockGroups(freshIdentities(1));
      expect(order).toEqual([]);
    });
    await Promise.all(later);
    expect(order.toSorted()).toEqual(['step-1', 'step-1', 'switched']);
  });

  it('batches apart that only read the phase', async () => {
    await store.persons.transact(async (t) => {
      await t.readPhase();
      expect(await phaseOfBatch()).toEqual({ phase: 'shadow', generation: 1 });
    });
  });

  it('a switch with everybody to be derived again, once for each command, and none that is older', async () => {
    const switched = { phase: 'step-1', generation: 2 };
    expect(await store.phases.switchTo('step-1', 10n, ASKED_AT)).toEqual(switched);
    expect(await store.phases.switchTo('step-1', 10n, ASKED_AT)).toEqual(switched);
    expect(await store.phases.switchTo('step-2', 9n, ASKED_AT)).toEqual(switched);
    expect(await store.phases.read()).toMatchObject({ ...switched, commandId: 10n });
    const first = await store.derivations.show();
    expect(first).toEqual({
      id: first?.id,
      kind: 'phase',
      state: 'running',
      cursor: null,
      startedAt: ASKED_AT,
      persons: 0,
      changed: 0,
      vanished: 0,
      acceptsVanishing: false,
    });
    await save({ persons: 5 });
    await store.phases.switchTo('shadow', 11n, ASKED_AT);
    const second = await store.derivations.show();
    expect(second?.id).toBeGreaterThan(first?.id ?? 0);
    expect(await lock()).toEqual(second);
    expect(second?.persons).toBe(0);
  });

  it('a walk that one instance at a time goes on with, page by page', async () => {
    const [cursor] = await store.persons.transact((t) => t.lockGroups(freshIdentities(1)));
    const begun = await store.derivations.startRebuild(20n, ASKED_AT);
    expect(await store.derivations.startRebuild(20n, ASKED_AT)).toEqual(begun);
    const page = { cursor: cursor?.groupKey ?? null, persons: 1_000, changed: 20, vanished: 3 };
    await store.persons.transact(async (t) => {
      expect(await t.lockDerivation()).toEqual(begun);
      expect(await lock()).toBeUndefined();
      await t.saveDerivation({ ...begun, ...page });
    });
    expect(await lock()).toEqual({ ...begun, ...page });
    await save({ state: 'done' });
    expect(await lock()).toBeUndefined();
    expect(await store.derivations.show()).toMatchObject({ ...page, state: 'done' });
  });

  it('a stopped walk, until somebody who has seen it lets it go on', async () => {
    const { id } = await store.derivations.startRebuild(30n, ASKED_AT);
    expect(await store.derivations.acceptVanishing(31n)).toBe(false);
    await save({ state: 'stopped' });
    expect(await lock()).toBeUndefined();
    expect(await store.derivations.acceptVanishing(29n)).toBe(false);
    expect(await store.derivations.acceptVanishing(31n)).toBe(true);
    expect(await store.derivations.acceptVanishing(31n)).toBe(true);
    expect(await lock()).toMatchObject({ id, state: 'running', acceptsVanishing: true });
  });

  it('a switch from waiting for a page of the walk before', async () => {
    await store.derivations.startRebuild(40n, ASKED_AT);
    const later: Promise<unknown>[] = [];
    await store.persons.transact(async (t) => {
      const walk = (await t.lockDerivation()) ?? expect.fail();
      later.push(store.phases.switchTo('step-2', 41n, ASKED_AT));
      await Promise.all(later);
      expect(await t.readPhase()).toMatchObject({ phase: 'step-2' });
      await t.saveDerivation({ ...walk, persons: 7 });
    });
    expect(await lock()).toMatchObject({ kind: 'phase', persons: 0 });
  });
});
