import { describe, expect, it } from 'vitest';
import { PHASES, type Phase } from '../../../core/golden-record/authority.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import {
  decision,
  derive,
  keyOf,
  known,
  LRID,
  master,
  NRID,
  PNR,
  PU_SECOND,
  pu,
  removedBy,
  SNR,
} from './golden-input-builder.ts';

const FLAGS = [
  { protectedPerson: true, protectedPopulationRecord: false },
  { protectedPerson: false, protectedPopulationRecord: true },
  { protectedPerson: true, protectedPopulationRecord: true },
];
const flag = { protectedPerson: true };

describe('protection', () => {
  it.each(FLAGS)('leaves no place for what must be hidden: %o', (flags) => {
    const { golden } = derive('shadow', [known(PNR, master(flags))]);
    expect(golden).toMatchObject({ kind: 'protected-person', ...flags });
    const text = JSON.stringify(golden);
    for (const hidden of ['Provgatan', '75310', '0380', 'Kvarnen', '46701740605', '1950-05-01']) {
      expect(text).not.toContain(hidden);
    }
  });

  it.each(PHASES)(
    'comes at once from any register and any identity of the person (%s)',
    (phase) => {
      const own = [master(), pu()];
      for (const flagged of [master(flag), pu(flag)]) {
        for (const other of [SNR, NRID, LRID]) {
          const result = derive(phase, [known(PNR, ...own), known(other, flagged)]);
          expect(result).toMatchObject({ isProtected: true, golden: { kind: 'protected-person' } });
        }
      }
      expect(derive(phase, [known(PNR, master(), pu(flag))]).isProtected).toBe(true);
    },
  );

  it('has both flags when two records have one each', () => {
    const members = [
      known(PNR, master(flag)),
      known(NRID, pu({ protectedPopulationRecord: true })),
    ];
    expect(derive('shadow', members).golden).toMatchObject(FLAGS[2] ?? {});
  });

  it('does not stay when the record with the flag was removed', () => {
    expect(derive('shadow', [known(PNR, master()), known(NRID, removedBy('pu'))]).isProtected).toBe(
      false,
    );
  });
});

/** Master's flag against a record of PU without one. */
const LIFTING: readonly [
  what: string,
  Phase,
  Identity,
  since: number | null,
  isProtected: boolean,
  finding: string | undefined,
][] = [
  [
    'is over by a newer record of PU',
    'step-1',
    PNR,
    PU_SECOND - 1,
    false,
    'protection-kept-by-master',
  ],
  [
    'is over by a newer record of PU',
    'step-1',
    SNR,
    PU_SECOND - 1,
    false,
    'protection-kept-by-master',
  ],
  [
    'is over by a newer record of PU',
    'step-2',
    NRID,
    PU_SECOND - 1,
    false,
    'protection-kept-by-master',
  ],
  [
    'is over by a newer record of PU',
    'step-2',
    LRID,
    PU_SECOND - 1,
    false,
    'protection-kept-by-master',
  ],
  ['counts in the same second', 'step-1', PNR, PU_SECOND, true, 'protection-contradicts'],
  ['counts when it is newer', 'step-1', PNR, PU_SECOND + 1, true, 'protection-kept-by-master'],
  ['counts when nobody knows since when', 'step-1', PNR, null, true, 'protection-kept-by-master'],
  ['counts while Master decides', 'shadow', PNR, PU_SECOND - 1, true, undefined],
  ['counts while Master decides', 'step-1', NRID, PU_SECOND - 1, true, undefined],
  ['counts while Master decides', 'step-1', LRID, PU_SECOND - 1, true, undefined],
];

describe("Master's flag", () => {
  it.each(LIFTING)('%s (%s, %o, %s)', (_, phase, identity, since, isProtected, finding) => {
    const result = derive(phase, [
      known(identity, master({ ...flag, protectedSince: since }), pu()),
    ]);
    expect(result.isProtected).toBe(isProtected);
    expect(result.findings).toEqual(
      finding === undefined ? [] : [{ kind: finding, subject: keyOf(identity), other: null }],
    );
  });

  const kept = master({ ...flag, protectedSince: PU_SECOND + 1 });
  const over = master({ ...flag, protectedSince: PU_SECOND - 1 });

  it('counts when PU has a flag too, whatever is newer', () => {
    expect(derive('step-1', [known(PNR, over, pu(flag))])).toMatchObject({
      isProtected: true,
      findings: [],
    });
  });

  it('counts when PU has no record of that identity: one of another identity says nothing about it', () => {
    const members = [known(PNR, pu()), known(SNR, over)];
    expect(derive('step-1', members)).toMatchObject({ isProtected: true, findings: [] });
    expect(derive('step-1', [known(PNR, over, removedBy('pu'))]).isProtected).toBe(true);
  });

  it('that is over leaves the flags of other identities alone', () => {
    const members = [known(PNR, over, pu()), known(LRID, over)];
    expect(derive('step-1', members)).toMatchObject({
      isProtected: true,
      findings: [{ kind: 'protection-kept-by-master', subject: keyOf(PNR) }],
    });
  });

  it.each(['protection-kept-by-master', 'protection-contradicts'] as const)(
    'does not count when somebody decided so about %s, and a flag of PU still does',
    (kind) => {
      const decisions = [decision(1, kind, 'lift-protection', PNR, PU_SECOND + 1)];
      const lifted = { isProtected: false, findings: [], golden: { kind: 'person' } };
      expect(derive('step-1', [known(PNR, kept, pu())], { decisions })).toMatchObject(lifted);
      expect(derive('shadow', [known(PNR, kept)], { decisions })).toMatchObject(lifted);
      expect(derive('step-1', [known(PNR, kept, pu(flag))], { decisions }).isProtected).toBe(true);
      expect(
        derive('step-1', [known(PNR, pu()), known(NRID, kept)], { decisions }).isProtected,
      ).toBe(true);
    },
  );

  it('is lifted by a decision also when nobody knows since when it stands', () => {
    const decisions = [decision(1, 'protection-kept-by-master', 'lift-protection')];
    const unknown = master({ ...flag, protectedSince: null });
    expect(derive('step-1', [known(PNR, unknown, pu())], { decisions })).toMatchObject({
      isProtected: false,
      findings: [],
    });
  });

  it.each([PU_SECOND, PU_SECOND + 2, null])(
    'counts, and is asked about again, when it is not the one that was lifted (%s)',
    (since) => {
      const decisions = [decision(1, 'protection-kept-by-master', 'lift-protection', PNR, since)];
      expect(derive('step-1', [known(PNR, kept, pu())], { decisions })).toMatchObject({
        isProtected: true,
        findings: [{ kind: 'protection-kept-by-master' }],
      });
    },
  );

  it('counts when somebody decided so, whatever is newer; of two decisions the latest', () => {
    const members = [known(PNR, over, pu())];
    const lift = decision(1, 'protection-kept-by-master', 'lift-protection', PNR, PU_SECOND - 1);
    const keep = decision(2, 'protection-contradicts', 'keep-protection');
    for (const decisions of [[keep], [lift, keep], [keep, lift]]) {
      expect(derive('step-1', members, { decisions })).toMatchObject({
        isProtected: true,
        findings: [],
      });
    }
    const liftedAgain = [keep, { ...lift, id: 3n }];
    expect(derive('step-1', members, { decisions: liftedAgain }).isProtected).toBe(false);
  });

  it('is not decided about by an answer to something else, or about somebody else', () => {
    const decisions = [
      decision(1, 'no-county', 'noted'),
      decision(2, 'protection-kept-by-master', 'lift-protection', SNR),
    ];
    expect(derive('step-1', [known(PNR, kept, pu())], { decisions })).toMatchObject({
      isProtected: true,
      findings: [{ kind: 'protection-kept-by-master' }],
    });
  });
});

describe('somebody of whom nobody knows whether it is this person', () => {
  const own = [known(PNR, master(), pu())];

  it.each(PHASES)(
    'protects by a flag of any register, and is no part of the record (%s)',
    (phase) => {
      for (const flagged of [master(flag), pu(flag)]) {
        const inDoubt = [known(LRID, flagged)];
        const result = derive(phase, own, { inDoubt });
        expect(result).toMatchObject({
          isProtected: true,
          golden: {
            kind: 'protected-person',
            protectedPerson: true,
            identities: [{ extension: PNR.extension, main: true }],
            membership: { level: 'county', countyCode: '03' },
          },
          findings: [],
        });
        expect(derive(phase, own, { inDoubt: [known(LRID, master(), pu())] })).toEqual(
          derive(phase, own),
        );
      }
    },
  );

  it('gives no county, and hides none', () => {
    const elsewhere = pu({ ...flag, locality: null });
    expect(derive('step-1', own, { inDoubt: [known(SNR, elsewhere)] }).golden).toMatchObject({
      membership: { countyCode: '03' },
    });
    const without = [known(PNR, pu({ locality: null }))];
    expect(derive('step-1', without, { inDoubt: [known(SNR, pu(flag))] })).toMatchObject({
      golden: { membership: null },
      findings: [{ kind: 'no-county', subject: keyOf(PNR) }],
    });
  });

  it('is asked about there, not here, and a flag that is over or lifted does not protect here', () => {
    const flagged = (since: number) => master({ ...flag, protectedSince: since });
    const kept = [known(SNR, flagged(PU_SECOND + 1), pu())];
    expect(derive('step-1', own, { inDoubt: kept })).toMatchObject({
      isProtected: true,
      findings: [],
    });
    const decisions = [
      decision(1, 'protection-kept-by-master', 'lift-protection', SNR, PU_SECOND + 1),
    ];
    const over = [known(SNR, flagged(PU_SECOND - 1), pu())];
    for (const rest of [{ inDoubt: kept, decisions }, { inDoubt: over }]) {
      expect(derive('step-1', own, rest)).toMatchObject({ isProtected: false, findings: [] });
    }
  });

  it('makes nobody of whom no register knows anything', () => {
    expect(derive('shadow', [known(PNR)], { inDoubt: [known(LRID, master(flag))] })).toMatchObject({
      golden: null,
      withheld: null,
      isProtected: true,
    });
  });
});
