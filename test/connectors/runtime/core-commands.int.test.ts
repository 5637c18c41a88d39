/** What an operator asks of the core, from the row in the command table to the published person, on a real store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { createHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics } from '../../../connectors/observability/metrics.ts';
import { WakeUp } from '../../../connectors/runtime/cancellable-wait.ts';
import { carryOutCoreCommand } from '../../../connectors/runtime/carry-out-core-command.ts';
import type { CommandResult } from '../../../connectors/runtime/command-loop.ts';
import { runCoreCommandsRole } from '../../../connectors/runtime/core-commands-role.ts';
import { DERIVATION, runDerivationRole } from '../../../connectors/runtime/derivation-role.ts';
import { FOLLOW_UPS, runFollowUpRole } from '../../../connectors/runtime/follow-up-role.ts';
import {
  type CoreCommand,
  coreRequestOf,
} from '../../../connectors/runtime/operations/core-commands.ts';
import { previewPhase } from '../../../connectors/runtime/operations/preview-phase.ts';
import { readExplanation } from '../../../connectors/runtime/operations/read-explanation.ts';
import { runUpkeepRole, UPKEEP } from '../../../connectors/runtime/upkeep-role.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { type Oid, type PersonKey, personKeyOf } from '../../../core/person/person-identifier.ts';
import type { DecideRules } from '../../../core/sync/decide-batch.ts';
import type { StoredPerson } from '../../../core/sync/stored-group.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import { addConsumer, tellEverybody } from '../hub-store/told-consumer.ts';
import { feedPersons, testRules } from './feed-persons.ts';

const WITHIN = { timeout: 20_000, interval: 50 };
const LIMITS = { derivationPage: 2, derivationBacklog: 100_000, maxVanishingShare: 0.01 };
const LOCAL = { root: '1.2.752.97.3.1.3' as Oid, extension: '991981000010' };
const NEVER = new AbortController().signal;
const noTraces = async () => ({ rawHashes: [], knownRows: [] });

let database: TestDatabase;
let store: HubStore;
let rules: DecideRules;

beforeEach(async () => {
  database = await createHubDatabase();
  store = openHubStore(testStoreConfig(database.url));
  rules = await testRules();
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Stores a command as `hub` does. */
async function submit(command: CoreCommand): Promise<bigint> {
  const made = coreRequestOf(command, { reason: 'a test', requestedBy: 'tester' });
  if (made.kind === 'refused') return expect.fail(made.why);
  return await store.commands.submit(made.request);
}

/** Stores a command and carries it out as an instance does; twice, as after a crash before the answer. */
async function ask(command: CoreCommand): Promise<CommandResult> {
  const id = await submit(command);
  const stored = (await store.commands.list(1)).find((one) => one.id === id) ?? expect.fail();
  const first = await carryOutCoreCommand(stored, store, rules, noTraces);
  expect(await carryOutCoreCommand(stored, store, rules, noTraces)).toBe(first);
  return first;
}

async function switchTo(phase: 'shadow' | 'step-1' | 'step-2'): Promise<CommandResult> {
  const { phase: seen, generation } = await store.phases.read();
  return await ask({ kind: 'phase-switch', phase, seen: { phase: seen, generation } });
}

interface Started extends AsyncDisposable {
  readonly state: () => { readonly state: string; readonly reason: string | null };
}

/** The walk in one instance, until the end of `await using`. */
function walkOn(limits: Partial<typeof LIMITS> = {}): Started {
  const stop = new AbortController();
  const health = createHealth({ stallMs: 60_000, roles: [DERIVATION] });
  const ended = runDerivationRole({
    store: store.persons,
    derivations: store.derivations,
    outbox: store.outbox,
    rules,
    limits: { ...LIMITS, ...limits },
    onPage: () => undefined,
    wakeUp: new WakeUp(),
    health,
    log: createLogger({ level: 'info', destination: { write: () => undefined } }),
    signal: stop.signal,
  });
  return {
    state: () => {
      const [{ state, reason } = { state: 'none', reason: null }] = health.read().roles;
      return { state, reason };
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

async function untilDone(): Promise<void> {
  await expect.poll(async () => (await store.derivations.show())?.state, WITHIN).toBe('done');
}

async function personOf(identity: PersonEvidence['identity']): Promise<StoredPerson | undefined> {
  return await store.persons.transact(async (reading) => {
    const [group] = await reading.lockGroups([identity]);
    const own = group?.identities.find(({ identity: one }) => one.extension === identity.extension);
    return group?.persons.find(({ personKey }) => personKey === own?.personKey);
  });
}

const surnameOf = (person: StoredPerson | undefined): string | null | undefined =>
  person?.golden?.name.surname;

function named(surname: string, change: Partial<PersonEvidence> = {}): PersonEvidence {
  const given = evidence(change);
  return { ...given, name: { ...given.name, surname } };
}

describe('a switch of the phase', () => {
  it('lets PU decide about everybody who was there before, and Master again when it is switched back', async () => {
    const numbers = [0, 1, 2, 3].map(pnr);
    const master = numbers.map((identity) => named('Mastersson', { identity }));
    const pu = numbers.map((identity) => named('Pusson', { identity }));
    await feedPersons(store.persons, rules, 'master', master);
    await feedPersons(store.persons, rules, 'pu', pu);
    expect(surnameOf(await personOf(pnr()))).toBe('Mastersson');

    const preview = await previewPhase(store, {
      from: 'shadow',
      to: 'step-1',
      rules: rules.golden,
      onPage: () => undefined,
      signal: NEVER,
    });
    expect(preview).toMatchObject({ persons: 4, changed: 4, appear: 0, vanish: 0 });
    expect(preview?.byGroup.name).toBe(4);

    expect(await switchTo('step-1')).toBe('done');
    await using _one = walkOn();
    await using _other = walkOn();
    await untilDone();
    for (const identity of numbers) expect(surnameOf(await personOf(identity))).toBe('Pusson');
    expect(await store.derivations.show()).toMatchObject({ kind: 'phase', persons: 4, changed: 4 });

    expect(await switchTo('shadow')).toBe('done');
    await untilDone();
    for (const identity of numbers) expect(surnameOf(await personOf(identity))).toBe('Mastersson');
  });

  it('is refused to whoever saw another phase, and to whoever saw the same one earlier', async () => {
    const before = { phase: 'shadow', generation: 1 } as const;
    expect(await switchTo('step-1')).toBe('done');
    expect(await ask({ kind: 'phase-switch', phase: 'step-2', seen: before })).toBe('other-state');
    expect(await switchTo('shadow')).toBe('done');
    expect(await ask({ kind: 'phase-switch', phase: 'step-2', seen: before })).toBe('other-state');
    expect(await store.phases.read()).toMatchObject({ phase: 'shadow', generation: 3 });
  });

  it('stops with its code before too many vanish, writes none of them, and goes on when it is accepted', async () => {
    // Only PU knows them: in step 1 they are published, in shadow nobody is told.
    const numbers = [0, 1, 2, 3].map(pnr);
    const many = Array.from({ length: 24 }, (_, index) => ({
      root: LOCAL.root,
      extension: `TEST${index}`,
    }));
    expect(await switchTo('step-2')).toBe('done');
    const known = [...numbers, ...many].map((identity) => evidence({ identity }));
    await feedPersons(store.persons, rules, 'pu', known);
    await using walk = walkOn({ derivationPage: 1_000 });
    await untilDone();

    expect(await switchTo('shadow')).toBe('done');
    await expect.poll(walk.state, WITHIN).toEqual({
      state: 'alarm',
      reason: 'HUB_SYNC_DERIVATION_STOPPED',
    });
    const stopped = (await store.derivations.show()) ?? expect.fail();
    expect(stopped).toMatchObject({ state: 'stopped', vanished: 0 });
    expect((await personOf(pnr()))?.golden).not.toBeNull();

    const accept = (walk: number) => ask({ kind: 'phase-accept-vanishing', walk });
    expect(await accept(stopped.id - 1)).toBe('not-applicable');
    expect(await accept(stopped.id)).toBe('done');
    await untilDone();
    expect(await store.derivations.show()).toMatchObject({ vanished: 28, acceptsVanishing: true });
    expect((await personOf(pnr()))?.golden).toBeNull();
    await expect.poll(walk.state, WITHIN).toEqual({ state: 'idle', reason: null });
  }, 60_000);

  it('waits while too much waits to be published', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence(), evidence({ identity: pnr(1) })]);
    expect(await switchTo('step-1')).toBe('done');
    await using walk = walkOn({ derivationBacklog: 1 });
    await expect.poll(walk.state, WITHIN).toEqual({ state: 'idle', reason: null });
    expect(await store.derivations.show()).toMatchObject({ state: 'running', persons: 0 });
    await database.database.script('DELETE FROM outbox');
    await untilDone();
  });
});

describe('a rebuild', () => {
  it('looks at everybody and moves no version', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence(), evidence({ identity: pnr(1) })]);
    expect(await ask({ kind: 'rebuild' })).toBe('done');
    await using _walk = walkOn();
    await untilDone();
    const walk = await store.derivations.show();
    expect(walk).toMatchObject({ kind: 'rebuild', persons: 2, changed: 0 });
    expect((await personOf(pnr()))?.version).toBe(1);
  });
});

describe('a decision', () => {
  /** Two people whom Master takes for one, although their birth dates differ. @returns the number of the work item. */
  async function conflict(): Promise<bigint> {
    const birthDate = { precision: 'day', value: '1891-02-02' } as const;
    const links = [{ kind: 'referred', identity: pnr(1) }] as const;
    await feedPersons(store.persons, rules, 'master', [
      evidence({ links }),
      evidence({ identity: pnr(1), birthDate }),
    ]);
    const [item] = await store.workItems.list(10);
    expect(item?.kind).toBe('birth-data-differ');
    return item?.id ?? expect.fail('no work item');
  }

  it('joins two persons, closes the item, and survives a rebuild', async () => {
    const item = await conflict();
    expect(await ask({ kind: 'work-decide', item, choice: 'lift-protection' })).toBe(
      'not-a-choice',
    );
    expect(await ask({ kind: 'work-decide', item: item + 1n, choice: 'noted' })).toBe('not-open');
    expect(await ask({ kind: 'work-decide', item, choice: 'same-person' })).toBe('done');
    expect(await store.workItems.list(10)).toEqual([]);
    expect((await personOf(pnr(1)))?.personKey).toBe((await personOf(pnr()))?.personKey);

    expect(await ask({ kind: 'rebuild' })).toBe('done');
    await using _walk = walkOn();
    await untilDone();
    expect(await store.derivations.show()).toMatchObject({ persons: 1, changed: 0 });

    // Whoever decided wrongly decides again.
    expect(await ask({ kind: 'work-decide', item, choice: 'different-persons' })).toBe('done');
    expect((await personOf(pnr(1)))?.personKey).not.toBe((await personOf(pnr()))?.personKey);
  });

  it('comes too late when the register took back what was asked', async () => {
    const item = await conflict();
    await feedPersons(store.persons, rules, 'master', [evidence()], 2n);
    expect(await ask({ kind: 'work-decide', item, choice: 'same-person' })).toBe('not-open');
  });

  it('is what explains the person: who decided, which key redirects, since when the link counts', async () => {
    const item = await conflict();
    await ask({ kind: 'work-decide', item, choice: 'same-person' });
    const { personKey } = (await personOf(pnr())) ?? expect.fail('nobody');
    const lineage = (await store.readLineage(personKey)) ?? expect.fail('nobody');
    expect(lineage.decisions).toMatchObject([
      { choice: 'same-person', reason: 'a test', decidedBy: 'tester' },
    ]);
    const explanation = await readExplanation(store, lineage, rules.golden);
    expect(explanation).toMatchObject({
      phase: { phase: 'shadow', generation: 1 },
      withheld: null,
      formerKeys: [{ redirectTo: personKey, golden: null }],
      periods: [{ source: 'decision', until: null }],
      openItems: [],
      provenance: { name: { source: 'master', rule: 'authority' } },
    });
    expect(explanation?.links.map(({ verdict }) => verdict)).toContain('joins');
  });
});

describe('commands about the core', () => {
  it('are carried out in their order by one of several instances', async () => {
    const seen = { phase: 'shadow', generation: 1 } as const;
    const then = { phase: 'step-1', generation: 2 } as const;
    await submit({ kind: 'phase-switch', phase: 'step-1', seen });
    await submit({ kind: 'phase-switch', phase: 'step-2', seen });
    await submit({ kind: 'phase-switch', phase: 'shadow', seen: then });
    const stop = new AbortController();
    const running = ['a', 'b'].map((instance) =>
      runCoreCommandsRole({
        store,
        instance,
        carryOut: (command) => carryOutCoreCommand(command, store, rules, noTraces),
        log: createLogger({ level: 'info', destination: { write: () => undefined } }),
        signal: stop.signal,
      }),
    );
    const answers = async (): Promise<readonly string[]> =>
      (await store.commands.list(10))
        .toReversed()
        .flatMap(({ outcomes }) => outcomes.map(({ outcome }) => outcome));
    await expect.poll(answers, WITHIN).toEqual(['done', 'refused', 'done']);
    stop.abort();
    await Promise.all(running);
    expect(await store.phases.read()).toMatchObject({ phase: 'shadow', generation: 3 });
    expect(await store.leases.held('core-')).toEqual([]);
  });
});

describe('beside the main path', () => {
  it('relatives of somebody who became protected are published again without the relation', async () => {
    const relation = {
      kind: 'child',
      identity: pnr(1),
      birthDate: null,
      name: null,
      from: null,
      to: null,
    } as const;
    await addConsumer(database.database);
    await switchTo('step-1');
    await feedPersons(store.persons, rules, 'pu', [
      evidence({ relations: [relation] }),
      evidence({ identity: pnr(1) }),
    ]);
    const relationsOf = async (): Promise<number> => {
      const golden = (await personOf(pnr()))?.golden;
      return golden?.kind === 'person' ? golden.relations.length : Number.NaN;
    };
    expect(await relationsOf()).toBe(1);
    const raised = evidence({ identity: pnr(1), protectedPerson: true });
    await feedPersons(store.persons, rules, 'pu', [raised], 2n);

    const stop = new AbortController();
    const health = createHealth({ stallMs: 60_000, roles: [FOLLOW_UPS, UPKEEP] });
    const metrics = createMetrics();
    const log = createLogger({ level: 'info', destination: { write: () => undefined } });
    const common = { store, health, log, signal: stop.signal };
    const following = runFollowUpRole({ ...common, rules });
    await expect.poll(relationsOf, WITHIN).toBe(0);
    await expect.poll(() => store.followUps.countWaiting(), WITHIN).toBe(0);

    await tellEverybody(database.database);
    const keeping = runUpkeepRole({ ...common, metrics });
    await expect.poll(() => metrics.text(), WITHIN).toContain('hub_purge_orders_open 2');
    const text = await metrics.text();
    expect(text).toContain('hub_phase_active{phase="step-1"} 1');
    expect(text).toContain('hub_phase_active{phase="shadow"} 0');
    expect(text).toContain('hub_follow_ups_open 0');
    expect(text).toMatch(/hub_work_items_open\{kind="no-county"\} 0/);
    expect(health.read().healthy).toBe(true);
    stop.abort();
    await Promise.all([following, keeping]);
  });

  it('neighbours of somebody who became protected wait for a person to look, and to say so', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence(), evidence({ identity: pnr(1) })]);
    const raised = evidence({ identity: pnr(1), protectedPerson: true });
    await feedPersons(store.persons, rules, 'master', [raised], 2n);
    const stop = new AbortController();
    const health = createHealth({ stallMs: 60_000, roles: [FOLLOW_UPS] });
    const log = createLogger({ level: 'info', destination: { write: () => undefined } });
    const following = runFollowUpRole({ store, rules, health, log, signal: stop.signal });
    const kinds = async (): Promise<readonly string[]> =>
      (await store.workItems.list(10)).map(({ kind }) => kind);
    await expect.poll(kinds, WITHIN).toEqual(['same-address-as-protected']);
    const [item] = await store.workItems.list(10);
    const decide = { kind: 'work-decide', item: item?.id ?? 0n, choice: 'noted' } as const;
    expect(await ask(decide)).toBe('done');
    expect(await kinds()).toEqual([]);
    stop.abort();
    await following;
  });

  it('finds nobody to explain by a key that is not a person any more', async () => {
    await feedPersons(store.persons, rules, 'master', [evidence()]);
    const { personKey } = (await personOf(pnr())) ?? expect.fail('nobody');
    const lineage = (await store.readLineage(personKey)) ?? expect.fail('nobody');
    const [first] = lineage.identities;
    const nobody = '00000000-0000-8000-8000-000000000000' as PersonKey;
    expect(first && personKeyOf(first.identityKey)).toBe(personKey);
    const gone = { ...lineage, personKey: nobody };
    expect(await readExplanation(store, gone, rules.golden)).toBeUndefined();
  });
});
