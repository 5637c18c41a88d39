import { beforeEach, describe, expect, it } from 'vitest';
import type { DecisionChoice, Finding } from '../../../core/identity/work-item.ts';
import type { PersonEvidence, Relation } from '../../../core/mapping/person-evidence.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import { applyDecision } from '../../../core/sync/apply-decision.ts';
import { stepDerivation } from '../../../core/sync/rederive.ts';
import { PlainStore } from '../../scenarios/plain-store.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';
import { feed, feedAt } from './feed.ts';

const ASKED_AT = '2026-01-02T00:00:00.000Z';
const childOf = (identity: Identity): Pick<PersonEvidence, 'relations'> => ({
  relations: [
    {
      kind: 'mother',
      identity,
      birthDate: null,
      name: null,
      from: null,
      to: null,
    } satisfies Relation,
  ],
});
const elsewhere: Pick<PersonEvidence, 'addresses'> = {
  addresses: evidence().addresses.map((address) => ({ ...address, lines: ['Provgatan 99'] })),
};

let store: PlainStore;
beforeEach(() => {
  store = new PlainStore();
});

const goldenOf = (i: number) => {
  const key = store.identity(pnr(i))?.personKey;
  return store.persons.find(({ personKey }) => personKey === key)?.golden;
};
const openItems = () =>
  [...store.state.items.values()].map(
    ({ kind, subject }) =>
      `${kind} ${store.identities.find(({ identityKey }) => identityKey === subject)?.identity.extension}`,
  );

async function switchTo(phase: 'shadow' | 'step-1'): Promise<void> {
  await store.switchPhase(phase);
  const options = { pageIdentities: 100, maxVanishingShare: 1, leastVanishing: 0 };
  while ((await stepDerivation(store, testRules, options)).kind === 'page');
}

describe('a relation with somebody who becomes protected', () => {
  const parent = evidence({ identity: pnr(0) });
  const child = evidence({ identity: pnr(1), ...childOf(pnr(0)), ...elsewhere });

  it('is told no more, and told again when the protection is over', async () => {
    await switchTo('step-1');
    await feed(store, 'pu', parent, child);
    expect(goldenOf(1)).toMatchObject({ relations: [{ kind: 'mother' }] });
    store.takeNews();
    await feed(store, 'pu', { ...parent, protectedPerson: true });
    expect(goldenOf(1)).toMatchObject({ relations: [] });
    const { purges, events } = store.takeNews();
    expect(purges.map(({ reason }) => reason)).toEqual(['protection-raised', 'relation-hidden']);
    expect(events.map(({ event }) => event.type)).toContain('details-changed');
    await feed(store, 'pu', parent);
    expect(goldenOf(1)).toMatchObject({ relations: [{ kind: 'mother' }] });
  });

  it('is to be forgotten and is no change of custody, also when the record that hides it has lost it', async () => {
    await switchTo('step-1');
    await feed(store, 'pu', parent, child);
    store.takeNews();
    await feed(store, 'pu', { ...parent, protectedPerson: true }, { ...child, relations: [] });
    const { purges, events } = store.takeNews();
    expect(purges.map(({ reason }) => reason)).toEqual(['protection-raised', 'relation-hidden']);
    expect(events.map(({ event }) => event.type)).not.toContain('custody-changed');
  });

  it('is never told when the flag comes in the same batch, in whatever order', async () => {
    await switchTo('step-1');
    await feed(store, 'pu', child, { ...parent, protectedPerson: true });
    expect(store.persons.find(({ golden }) => golden?.kind === 'person')).toMatchObject({
      version: 1,
      golden: { relations: [] },
    });
  });
});

describe('somebody at the address that was published of a person who becomes protected', () => {
  it('is a work item until the protection is over', async () => {
    await feed(
      store,
      'master',
      evidence({ identity: pnr(0) }),
      evidence({ identity: pnr(1) }),
      evidence({ identity: pnr(2), ...elsewhere }),
    );
    await feed(store, 'master', evidence({ identity: pnr(0), protectedPerson: true }));
    expect(openItems()).toEqual([`same-address-as-protected ${pnr(1).extension}`]);
    await feed(store, 'master', evidence({ identity: pnr(0) }));
    expect(openItems()).toEqual([]);
  });

  it('is asked about until somebody has looked', async () => {
    await feed(store, 'master', evidence({ identity: pnr(0) }), evidence({ identity: pnr(1) }));
    await feed(store, 'master', evidence({ identity: pnr(0), protectedPerson: true }));
    const [about] = store.state.items.values();
    if (about === undefined) throw new Error('nobody was asked');
    const request = {
      commandId: 1n,
      about,
      choice: 'noted',
      reason: 'looked at',
      decidedBy: 'tester',
      decidedAt: ASKED_AT,
    } as const;
    expect(await applyDecision(store, request, [pnr(0), pnr(1)], testRules)).toBe('done');
    expect(openItems()).toEqual([]);
  });
});

describe('a house of hundreds', () => {
  it('gives nobody away, so nobody is asked about its people', async () => {
    const people = Array.from({ length: 502 }, (_, i) =>
      evidence({ identity: { ...pnr(), extension: `impossible-${i}` } }),
    );
    await feed(store, 'master', ...people);
    await feed(store, 'master', { ...(people[0] ?? evidence()), protectedPerson: true });
    expect(openItems()).toEqual([]);
  });
});

describe('a flag that Master keeps and PU has not', () => {
  beforeEach(async () => {
    await switchTo('step-1');
    await feed(store, 'master', evidence({ protectedPerson: true }));
    await feed(store, 'pu', evidence());
  });

  const decide = async (choice: DecisionChoice, commandId: bigint) => {
    const subject = store.identity(pnr())?.identityKey;
    if (subject === undefined) throw new Error('the identity is not there');
    const about: Finding = { kind: 'protection-kept-by-master', subject, other: null };
    const request = {
      commandId,
      about,
      choice,
      reason: 'looked at',
      decidedBy: 'tester',
      decidedAt: ASKED_AT,
    };
    return await applyDecision(store, request, [pnr()], testRules);
  };

  it('protects, and somebody is asked', () => {
    expect(goldenOf(0)?.kind).toBe('protected-person');
    expect(openItems()).toEqual([`protection-kept-by-master ${pnr().extension}`]);
  });

  it('is lifted by a decision, once, however often the command is carried out', async () => {
    expect(await decide('lift-protection', 1n)).toBe('done');
    expect(goldenOf(0)?.kind).toBe('person');
    expect(openItems()).toEqual([]);
    const before = store.persons;
    expect(await decide('lift-protection', 1n)).toBe('done');
    expect(store.persons).toEqual(before);
  });

  it('cannot be decided on when nobody is asked and nobody has answered, and then nothing is stored', async () => {
    await feed(store, 'pu', evidence({ protectedPerson: true }));
    expect(openItems()).toEqual([]);
    expect(await decide('lift-protection', 1n)).toBe('not-open');
    await feed(store, 'pu', evidence());
    expect(openItems()).toEqual([`protection-kept-by-master ${pnr().extension}`]);
  });

  it('can be decided on again by whoever decided wrongly, and the later decision counts', async () => {
    expect(await decide('keep-protection', 1n)).toBe('done');
    expect(goldenOf(0)?.kind).toBe('protected-person');
    expect(await decide('lift-protection', 2n)).toBe('done');
    expect(goldenOf(0)?.kind).toBe('person');
    expect(await decide('keep-protection', 3n)).toBe('done');
    expect(goldenOf(0)?.kind).toBe('protected-person');
    expect(openItems()).toEqual([]);
  });

  it('can be answered only as the item says', async () => {
    expect(await decide('same-person', 1n)).toBe('not-a-choice');
  });

  it('protects again when Master takes it away and sets it again after the decision', async () => {
    await decide('lift-protection', 1n);
    await feedAt('2026-01-03T00:00:00.000Z', store, 'master', evidence());
    await feedAt('2026-01-03T00:00:00.000Z', store, 'master', evidence({ protectedPerson: true }));
    expect(goldenOf(0)?.kind).toBe('protected-person');
  });

  it('stays lifted through a rebuild', async () => {
    await decide('lift-protection', 1n);
    const before = store.persons;
    await switchTo('step-1');
    expect(store.persons).toEqual(before);
  });
});
