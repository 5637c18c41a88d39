import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PHASES, type Phase } from '../../../core/golden-record/authority.ts';
import { deriveGolden } from '../../../core/golden-record/derive-golden.ts';
import { explainGolden } from '../../../core/golden-record/explain-golden.ts';
import type { GoldenInput } from '../../../core/golden-record/golden-input.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../../../core/golden-record/hidden-groups.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { type Identity, identityText } from '../../../core/person/person-identifier.ts';
import { at } from '../../support/person-builder.ts';
import {
  decision,
  inputOf,
  keyOf,
  known,
  LRID,
  master,
  NRID,
  OTHER_PNR,
  PNR,
  PU_SECOND,
  pu,
  removedBy,
  rules,
  SNR,
  unknownToPu,
} from './golden-input-builder.ts';

const explain = (
  phase: Phase,
  members: GoldenInput['members'],
  decisions: GoldenInput['decisions'] = [],
) => explainGolden(inputOf(members, { decisions }), rules, phase);

const flag = { protectedPerson: true };

describe('what is explained', () => {
  it('is every group, with register, identity, position and rule', () => {
    const provenance = explain('step-1', [known(PNR, master(), pu()), known(LRID)]);
    expect(Object.keys(provenance).sort()).toEqual([...FIELD_GROUPS].sort());
    const fromPu = { source: 'pu', identityKey: keyOf(PNR), position: at(PU_SECOND) };
    expect(provenance.addresses).toEqual({ ...fromPu, rule: 'authority' });
    expect(provenance.identities).toEqual({ ...fromPu, rule: 'all-identities' });
    expect(provenance.protection).toEqual({ ...fromPu, rule: 'any-flag-protects' });
  });

  it('is why another register decides', () => {
    const asked = explain('step-1', [known(PNR, master(), unknownToPu)]);
    expect(asked.name).toMatchObject({ source: 'master', rule: 'unknown-to-authority' });
    const silent = explain('step-1', [known(PNR, master())]);
    expect(silent.name).toMatchObject({ source: 'master', rule: 'silent-authority' });
    const removed = explain('step-1', [known(PNR, master(), removedBy('pu'))]);
    expect(removed.name).toMatchObject({ source: 'master', rule: 'silent-authority' });
    expect(explain('step-1', [known(NRID, pu())]).name).toMatchObject({
      source: 'pu',
      rule: 'silent-authority',
    });
    // Where nobody else may decide, nothing is explained.
    expect(silent).not.toHaveProperty('contacts');
  });

  it('is nothing of whom nobody is told of', () => {
    expect(explain('shadow', [known(PNR, pu())])).toEqual({});
    expect(explain('shadow', [])).toEqual({});
  });

  it('of a protected person leaves out what is hidden', () => {
    const hidden = explain('step-1', [known(PNR, pu(flag))]);
    for (const group of HIDDEN_GROUPS) expect(hidden).not.toHaveProperty(group);
    expect(hidden.membership).toMatchObject({ source: 'pu', rule: 'protected-county-only' });
  });

  it('is whose flag protects: that of Master first, then of the strongest identity', () => {
    const protectionOf = (...members: GoldenInput['members']) =>
      explain('shadow', members).protection;
    expect(protectionOf(known(PNR, master(flag), pu(flag)))).toMatchObject({
      source: 'master',
      rule: 'any-flag-protects',
    });
    expect(
      protectionOf(known(PNR, master()), known(NRID, pu(flag)), known(SNR, pu(flag))),
    ).toMatchObject({
      source: 'pu',
      identityKey: keyOf(SNR),
    });
    expect(protectionOf(known(PNR, pu(flag)), known(LRID, master(flag)))).toMatchObject({
      source: 'master',
      identityKey: keyOf(LRID),
    });
    expect(protectionOf(known(OTHER_PNR, master(flag)), known(PNR, master(flag)))).toMatchObject({
      identityKey: keyOf(PNR),
    });
  });

  it('is why a flag does not protect', () => {
    const over = master({ ...flag, protectedSince: PU_SECOND - 1 });
    expect(explain('step-1', [known(PNR, over, pu())]).protection).toMatchObject({
      source: 'pu',
      rule: 'lifted-by-authority',
    });
    for (const choice of ['lift-protection', 'keep-protection'] as const) {
      const decisions = [decision(1, 'protection-kept-by-master', choice, PNR, PU_SECOND - 1)];
      const decided = { source: 'master', position: at(7), rule: 'decided' };
      expect(explain('step-1', [known(PNR, over, pu())], decisions).protection).toMatchObject(
        decided,
      );
    }
  });
});

const said: fc.Arbitrary<Partial<PersonEvidence>> = fc.record(
  {
    protectedPerson: fc.constantFrom(true, false, false),
    protectedPopulationRecord: fc.constantFrom(true, false, false, false),
    protectedSince: fc.constantFrom(null, PU_SECOND - 1, PU_SECOND, PU_SECOND + 1),
    locality: fc.constant(null),
    deregistration: fc.constantFrom(
      { reason: 'GN', date: null, foundDeadAt: null },
      { reason: 'AV', date: null, foundDeadAt: null },
    ),
    testPerson: fc.boolean(),
    addresses: fc.constant([]),
  },
  { requiredKeys: [] },
);

const rows = fc.tuple(
  fc.option(fc.oneof(said.map(master), fc.constant(removedBy('master')))),
  fc.option(fc.oneof(said.map(pu), fc.constant(removedBy('pu')), fc.constant(unknownToPu))),
);

const memberOf = (identity: Identity) =>
  rows.map((some) => known(identity, ...some.filter((one) => one !== null)));

const decisions = fc
  .array(
    fc.record({
      kind: fc.constantFrom('protection-kept-by-master', 'protection-contradicts', 'no-county'),
      choice: fc.constantFrom('lift-protection', 'keep-protection', 'noted'),
      about: fc.constantFrom(PNR, SNR, LRID),
    }),
    { maxLength: 3 },
  )
  .map((all) => all.map(({ kind, choice, about }, i) => decision(i, kind, choice, about)));

const clusters = fc.tuple(
  fc.tuple(...[PNR, OTHER_PNR, SNR, NRID, LRID].map(memberOf)),
  decisions,
  fc.constantFrom(...PHASES),
  fc.boolean(),
);

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length });

describe('a golden record and its explanation', () => {
  it('are the same for any order of members, evidence and decisions', () => {
    const inAnyOrder = clusters.chain(([members, made, phase, drops]) =>
      fc.record({
        input: fc.constant(inputOf(members, { decisions: made })),
        other: fc
          .tuple(
            shuffled(members),
            shuffled(made),
            fc.tuple(...members.map(({ evidence }) => shuffled(evidence))),
          )
          .map(([otherMembers, otherMade, rowsOf]) =>
            inputOf(
              otherMembers.map((one) => ({ ...one, evidence: rowsOf[members.indexOf(one)] ?? [] })),
              { decisions: otherMade },
            ),
          ),
        all: fc.constant({ ...rules, dropsTestPersons: drops }),
        phase: fc.constant(phase),
      }),
    );
    fc.assert(
      fc.property(inAnyOrder, ({ input, other, all, phase }) => {
        expect(JSON.stringify(deriveGolden(other, all, phase))).toBe(
          JSON.stringify(deriveGolden(input, all, phase)),
        );
        expect(explainGolden(other, all, phase)).toEqual(explainGolden(input, all, phase));
      }),
    );
  });

  it('agree: what is explained is what is told, and fallbacks are seen in both', () => {
    fc.assert(
      fc.property(clusters, ([members, made, phase, drops]) => {
        const all = { ...rules, dropsTestPersons: drops };
        const input = inputOf(members, { decisions: made });
        const { golden, fallsBack, isProtected, withheld } = deriveGolden(input, all, phase);
        const provenance = explainGolden(input, all, phase);
        if (golden === null) {
          expect(provenance).toEqual({});
          const hasRecord = members.some((one) => one.evidence.some((e) => e.content !== null));
          expect(withheld !== null).toBe(hasRecord);
          return;
        }
        expect(golden.kind === 'protected-person').toBe(isProtected);
        const [main] = golden.identities.filter((one) => one.main);
        expect(provenance.identities?.identityKey).toBe(main && keyOf(main));
        const decider = members
          .find((one) => main && identityText(one.identity) === identityText(main))
          ?.evidence.find(({ source }) => source === provenance.name?.source)?.content;
        expect(golden.name).toEqual(decider?.name);
        expect(golden.deregistration).toEqual(decider?.deregistration);
        const rulesOf = Object.values(provenance).map(({ rule }) => rule);
        const seesFallback = rulesOf.some(
          (rule) => rule.endsWith('-authority') && rule !== 'lifted-by-authority',
        );
        expect(seesFallback).toBe(fallsBack);
      }),
    );
  });

  it('of a protected person never hold what is hidden', () => {
    fc.assert(
      fc.property(clusters, ([members, made, phase]) => {
        const { golden, isProtected } = deriveGolden(
          inputOf(members, { decisions: made }),
          rules,
          phase,
        );
        if (!isProtected) return;
        expect(JSON.stringify(golden)).not.toMatch(
          /Provgatan|0380|Kvarnen|4670174|1950-05-01|"OG"/,
        );
      }),
    );
  });
});
