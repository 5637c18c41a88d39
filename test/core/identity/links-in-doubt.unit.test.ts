import { describe, expect, it } from 'vitest';
import { formClusters, type Member } from '../../../core/identity/form-clusters.ts';
import type { Decision } from '../../../core/identity/work-item.ts';
import { decide, member, type Name } from './member-builder.ts';

/** Each person with those who may be the same one: `{ PNR1: 'LRID1' }`. Who is in doubt with nobody is left out. */
function doubts(members: readonly Member[], decided: readonly Decision[] = []) {
  const { clusters } = formClusters(members, decided);
  const namesOf = (some: readonly Member[]) => some.map((one) => one.identityKey).join(' ');
  return Object.fromEntries(
    clusters
      .filter(({ inDoubt }) => inDoubt.length > 0)
      .map(({ members: own, inDoubt }) => [namesOf(own), namesOf(inDoubt)]),
  );
}

const claimed = (number: Name) => [
  member(number, { master: {} }),
  member('PNR2', { pu: { linked: [number], birth: '1890-02-02' } }),
  member('PNR3', { pu: { linked: [number], birth: '1890-03-03' } }),
];
const differing = [
  member('PNR1', { master: { referred: ['PNR2'], birth: '1890-01-01' } }),
  member('PNR2', { master: { birth: '1890-02-02' } }),
];
const notKnown = [
  member('PNR1', { master: { referred: ['PNR2'] } }),
  member('PNR2', { master: { birth: null } }),
];
const againstHierarchy = [
  member('LRID1', { master: {} }),
  member('PNR2', { master: { referred: ['LRID1'] } }),
];
const mastersAlone = [
  member('SNR1', { master: { referred: ['PNR2'] } }),
  member('PNR2', { master: {} }),
];
const deniedAt = (at: number) => [
  member('PNR1', { pu: { at: 1, referred: ['PNR2'] } }),
  member('PNR2', { pu: { at, ended: ['PNR1'] } }),
];
/** Two persons who may each be the other. */
const both = (a: Name, b: Name) => ({ [a]: b, [b]: a });
const claimants = (number: Name) => ({
  [number]: 'PNR2 PNR3',
  PNR2: number,
  PNR3: number,
});

const CASES: readonly [string, readonly Member[], Readonly<Record<string, string>>][] = [
  ['a local number that two people claim', claimed('LRID1'), claimants('LRID1')],
  ['a national number that two people claim', claimed('NRID1'), claimants('NRID1')],
  ['a samordningsnummer of contradicting birth dates', claimed('SNR1'), claimants('SNR1')],
  ["Master's reference between contradicting birth dates", differing, both('PNR1', 'PNR2')],
  ["Master's reference when a birth date is not known", notKnown, both('PNR1', 'PNR2')],
  ['a link against the hierarchy', againstHierarchy, both('LRID1', 'PNR2')],
  ['a reference that is stated and denied at once', deniedAt(1), both('PNR1', 'PNR2')],
  ["Master's link alone between SNR and PNR", mastersAlone, both('SNR1', 'PNR2')],
];

describe('a link in doubt', () => {
  it.each(CASES)('is %s; it holds for both ends', (_, members, expected) => {
    expect(doubts(members)).toEqual(expected);
    expect(doubts([...members].reverse())).toEqual(expected);
  });

  it.each([
    ['one that holds', [member('LRID1', { master: { referred: ['PNR2'] } }), member('PNR2')]],
    ['one that ended', deniedAt(2)],
    [
      'one that only ended',
      [member('PNR1', { pu: { ended: ['PNR2'] } }), member('PNR2', { pu: {} })],
    ],
    [
      'one that PU states, too',
      [
        member('SNR1', { master: { referred: ['PNR2'] } }),
        member('PNR2', { pu: { linked: ['SNR1'] } }),
      ],
    ],
    ['one of a removed record', [member('SNR1', { master: null }), member('PNR2')]],
    ['one with somebody who is not here', [...againstHierarchy.slice(1), member('PNR3')]],
    [
      "Master's with somebody who is not here",
      [member('SNR1', { master: { referred: ['PNR9'] } }), member('PNR3')],
    ],
  ])('is not %s', (_, members) => {
    expect(doubts(members)).toEqual({});
  });

  it('connects with everybody of the other person, first seen first, whatever the order of records', () => {
    const hub = (isTurned: boolean) => {
      const one = member('LRID5', {
        firstSeen: 9,
        master: { referred: ['PNR4'] },
        pu: { linked: ['PNR3', 'NRID2'] },
      });
      return isTurned ? { ...one, evidence: one.evidence.toReversed() } : one;
    };
    for (const isTurned of [false, true]) {
      const members = [
        member('SNR1', { pu: { linked: ['PNR3'] } }),
        member('NRID2', { pu: {} }),
        member('PNR3', { pu: {} }),
        member('PNR4', { pu: {} }),
        hub(isTurned),
      ];
      expect(doubts(members)).toEqual({
        'NRID2 LRID5': 'SNR1 PNR3 PNR4',
        'SNR1 PNR3': 'NRID2 LRID5',
        PNR4: 'NRID2 LRID5',
      });
    }
  });

  it('goes one step: what may be each of two does not make these two one', () => {
    const chain = [
      member('LRID1'),
      member('PNR2', { master: { referred: ['LRID1'] } }),
      member('SNR3', { master: { referred: ['PNR2'] } }),
    ];
    expect(doubts(chain)).toEqual({ LRID1: 'PNR2', PNR2: 'LRID1 SNR3', SNR3: 'PNR2' });
  });
});

describe('a decision', () => {
  const kinds = {
    'identity-claimed-twice': ['LRID1', 'PNR3', claimed('LRID1')],
    'birth-data-differ': ['PNR1', 'PNR2', differing],
    'link-against-hierarchy': ['LRID1', 'PNR2', againstHierarchy],
    'link-stated-and-denied': ['PNR1', 'PNR2', deniedAt(1)],
  } as const;

  it.each(Object.entries(kinds))(
    'that notes %s leaves the doubt',
    (kind, [subject, other, members]) => {
      const noted = decide('noted', subject, other, kind as keyof typeof kinds);
      expect(doubts(members, [noted])).toEqual(doubts(members));
    },
  );

  it.each(Object.entries(kinds))(
    'of different persons or the same person about %s ends it',
    (kind, [subject, other, members]) => {
      for (const choice of ['different-persons', 'same-person'] as const) {
        const decided = decide(choice, subject, other, kind as keyof typeof kinds);
        expect(doubts(members, [decided])).toEqual({});
      }
    },
  );

  it("ends that of Master's link alone between SNR and PNR", () => {
    for (const choice of ['different-persons', 'same-person'] as const) {
      expect(doubts(mastersAlone, [decide(choice, 'SNR1', 'PNR2')])).toEqual({});
    }
  });

  it('for one of two who claim a number leaves the other in no doubt', () => {
    for (const number of ['LRID1', 'SNR1'] as const) {
      expect(doubts(claimed(number), [decide('same-person', number, 'PNR2')])).toEqual({});
    }
  });
});
