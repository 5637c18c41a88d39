import { beforeEach, describe, expect, it } from 'vitest';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { addComparisons, comparePhases } from '../../../core/sync/compare-phases.ts';
import { type DerivationOptions, stepDerivation } from '../../../core/sync/rederive.ts';
import { PlainStore } from '../../scenarios/plain-store.ts';
import { pnr, evidence as resident } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';
import { feed } from './feed.ts';

/** Without contact data: from step 1 on Master's is told to nobody. */
const evidence = (change: Partial<PersonEvidence> = {}) => resident({ contacts: [], ...change });

const OPTIONS: DerivationOptions = {
  pageIdentities: 1,
  maxVanishingShare: 0.01,
  leastVanishing: 0,
};
const asPuHasIt = { name: { ...evidence().name, surname: 'Provsson' } };

let store: PlainStore;
beforeEach(async () => {
  store = new PlainStore();
  await feed(store, 'master', ...[0, 1, 2].map((i) => evidence({ identity: pnr(i) })));
  await feed(
    store,
    'pu',
    evidence({ identity: pnr(0), ...asPuHasIt }),
    evidence({ identity: pnr(3) }),
  );
});

const surnames = () => store.persons.map(({ golden }) => golden?.name.surname ?? null);

async function walk(options: DerivationOptions = OPTIONS): Promise<readonly string[]> {
  const steps: string[] = [];
  for (;;) {
    const step = await stepDerivation(store, testRules, options);
    steps.push(step.kind === 'page' ? step.derivation.state : step.kind);
    if (step.kind !== 'page' || step.derivation.state === 'done') return steps;
  }
}

describe('a switch of the phase', () => {
  it('derives everybody again page by page, and gives a version to those alone whom it changes', async () => {
    store.takeNews();
    await store.switchPhase('step-1', false);
    expect(await walk()).toEqual(['running', 'running', 'running', 'done']);
    expect(surnames()).toEqual(['Provsson', 'Testberg', 'Testberg', 'Testberg']);
    expect(store.persons.map(({ version }) => version)).toEqual([2, 1, 1, 1]);
    const { events } = store.takeNews();
    expect(events.map(({ event }) => event.type)).toEqual(
      expect.arrayContaining(['name-changed', 'registered']),
    );
    expect(await walk()).toEqual(['idle']);
    // Nobody goes on from the end: a key that stayed there would outlive an erasure.
    expect(store.state.single.derivation?.cursor).toBeNull();
  });

  it('counts at once for what the registers say meanwhile, before the walk comes there', async () => {
    await store.switchPhase('step-1', false);
    await feed(store, 'pu', evidence({ identity: pnr(2), ...asPuHasIt }));
    expect(surnames()).toEqual(['Testberg', 'Testberg', 'Provsson']);
  });

  it('goes back, and stops before more vanish than anybody accepted', async () => {
    await store.switchPhase('step-1', false);
    await walk();
    await store.switchPhase('shadow', false);
    const steps = await walk();
    expect(steps.at(-1)).toBe('stopped');
    expect(surnames()).toContain('Testberg');
    expect(await walk()).toEqual(['idle']);
    await store.switchPhase('shadow', true);
    expect((await walk()).at(-1)).toBe('done');
    expect(surnames()).toEqual(['Testberg', 'Testberg', 'Testberg', null]);
  });

  it('lets a few vanish, by number or by share', async () => {
    await store.switchPhase('step-1', false);
    await walk();
    await store.switchPhase('shadow', false);
    expect((await walk({ ...OPTIONS, leastVanishing: 1 })).at(-1)).toBe('done');
  });

  it('can be counted before, field group by field group, and the count is what then happens', async () => {
    const { groups } = await store.transact((tx) => tx.lockGroupPage(null, 100));
    const all = comparePhases(groups, new Set(), 'shadow', 'step-1', testRules.golden);
    expect(all).toMatchObject({ persons: 4, changed: 2, appear: 1, vanish: 0, fallsBack: 2 });
    const changed = FIELD_GROUPS.filter((group) => all.byGroup[group] > 0);
    expect(changed).toEqual(['name']);
    const parts = groups.map((group) =>
      comparePhases([group], new Set(), 'shadow', 'step-1', testRules.golden),
    );
    expect(parts.reduce(addComparisons)).toEqual(all);
  });
});

describe('a rebuild', () => {
  it('changes nothing and moves no version', async () => {
    const before = store.persons;
    await store.askForDerivation('rebuild', false);
    expect((await walk({ ...OPTIONS, pageIdentities: 2 })).at(-1)).toBe('done');
    expect(store.persons).toEqual(before);
  });
});
