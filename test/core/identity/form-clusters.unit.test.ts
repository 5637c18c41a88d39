import { describe, expect, it } from 'vitest';
import { explainLinks, formClusters } from '../../../core/identity/form-clusters.ts';
import {
  decide,
  formed,
  keyOf,
  type MemberParts,
  member,
  persons,
  verdicts,
} from './member-builder.ts';

describe('one identity', () => {
  it('is a person by itself, whatever it links to', () => {
    const alone = member('PNR1', { pu: { referred: ['PNR2'] } });
    expect(formClusters([alone], [decide('same-person', 'PNR1', 'PNR2')])).toEqual({
      clusters: [{ personKey: keyOf('PNR1'), members: [alone], joins: [], inDoubt: [] }],
      groupOf: new Map([[keyOf('PNR1'), keyOf('PNR1')]]),
      findings: [],
    });
  });

  it('is nobody when there is none', () => {
    expect(formClusters([], [])).toEqual({ clusters: [], groupOf: new Map(), findings: [] });
  });

  it('explains a link to an identity that is not among the members, which joins nobody', () => {
    const members = [
      member('LRID1', { master: { referred: ['PNR9'] } }),
      member('LRID2', { master: { referred: ['PNR9', 'LRID8'] } }),
    ];
    expect(explainLinks(members, []).map(({ to, verdict }) => [to, verdict])).toEqual([
      [undefined, 'joins'],
      [undefined, 'joins'],
      [undefined, 'against-hierarchy'],
    ]);
    expect(formed(members)).toEqual({ persons: ['LRID1', 'LRID2'], findings: [] });
    expect([...formClusters(members, []).groupOf.values()]).toEqual([
      keyOf('LRID1'),
      keyOf('LRID2'),
    ]);
  });
});

describe('person key and group key', () => {
  it('are of the identity that was seen first', () => {
    const { clusters, groupOf } = formClusters(
      [
        member('LRID1', { firstSeen: 30, master: { referred: ['PNR1'] } }),
        member('PNR1', { firstSeen: 20, pu: {} }),
        member('LRID2', { firstSeen: 10, master: { referred: ['LRID1'] } }),
      ],
      [],
    );
    expect(clusters.map(({ personKey }) => personKey)).toEqual([keyOf('LRID2'), keyOf('PNR1')]);
    expect(clusters[1]?.members.map(({ identityKey }) => identityKey)).toEqual(['PNR1', 'LRID1']);
    expect(new Set(groupOf.values())).toEqual(new Set([keyOf('LRID2')]));
  });

  it('are of the lower key when two were seen at the same moment', () => {
    const { clusters } = formClusters(
      [
        member('PNR2', { firstSeen: 5, pu: { referred: ['PNR1'] } }),
        member('PNR1', { firstSeen: 5 }),
      ],
      [],
    );
    expect(clusters.map(({ personKey }) => personKey)).toEqual([keyOf('PNR1')]);
  });

  it('keeps in one group what is connected only by an ended link or a decision', () => {
    const { groupOf, clusters } = formClusters(
      [member('PNR1', { pu: { ended: ['PNR2'] } }), member('PNR2'), member('PNR3'), member('PNR4')],
      [decide('different-persons', 'PNR2', 'PNR3')],
    );
    expect([...groupOf.values()]).toEqual(['PNR1', 'PNR1', 'PNR1', 'PNR4']);
    expect(clusters).toHaveLength(4);
  });
});

describe('records that say nothing', () => {
  it('joins an alias that no register has a record of', () => {
    expect(formed([member('LRID1'), member('PNR1', { pu: { linked: ['LRID1'] } })])).toEqual({
      persons: ['LRID1 PNR1'],
      findings: [],
    });
  });

  it('does not join by a record that was removed', () => {
    const members = [member('LRID1', { master: null }), member('PNR1', { pu: {} })];
    expect(formed(members).persons).toEqual(['LRID1', 'PNR1']);
    expect(verdicts(members)).toEqual([]);
  });

  it('does not join an identity with itself', () => {
    const members = [member('LRID1', { master: { referred: ['LRID1'] } }), member('PNR1')];
    expect(formed(members)).toEqual({ persons: ['LRID1', 'PNR1'], findings: [] });
    expect(verdicts(members)).toEqual([]);
  });
});

describe('a decision', () => {
  const apart = [member('PNR1', { pu: {} }), member('PNR2', { pu: {} })];
  const linked = [member('PNR1', { pu: { referred: ['PNR2'] } }), member('PNR2', { pu: {} })];

  it('joins two that no register links', () => {
    const formation = formClusters(apart, [decide('same-person', 'PNR2', 'PNR1')]);
    expect(persons(formation)).toEqual(['PNR1 PNR2']);
    expect(formation.clusters[0]?.joins).toEqual([
      { from: 'PNR1', to: 'PNR2', source: 'decision' },
    ]);
  });

  it('parts two that a register links, whichever of them it names first', () => {
    for (const decision of [
      decide('different-persons', 'PNR1', 'PNR2'),
      decide('different-persons', 'PNR2', 'PNR1'),
    ]) {
      expect(formed(linked, [decision])).toEqual({ persons: ['PNR1', 'PNR2'], findings: [] });
    }
    expect(verdicts(linked, [decide('different-persons', 'PNR1', 'PNR2')])).toEqual([
      'PNR1 decision PNR2: decided-against',
      'PNR1 referred PNR2: decided-against',
    ]);
  });

  it('gives way to a later one about the same two, in either order', () => {
    const first = decide('different-persons', 'PNR1', 'PNR2');
    const second = decide('same-person', 'PNR2', 'PNR1');
    expect(formed(linked, [second, first]).persons).toEqual(['PNR1 PNR2']);
    const third = decide('different-persons', 'PNR1', 'PNR2');
    expect(formed(linked, [third, second, first]).persons).toEqual(['PNR1', 'PNR2']);
  });

  it.each([
    ['birth-data-differ', 'PNR1', 'PNR2', { master: { referred: ['PNR2'], birth: '1890-03-03' } }],
    ['link-against-hierarchy', 'LRID1', 'LRID2', { master: { referred: ['LRID2'] } }],
    [
      'link-against-hierarchy',
      'LRID2',
      'PNR1',
      { master: {} },
      { master: { referred: ['LRID2'] } },
    ],
    ['link-stated-and-denied', 'PNR1', 'PNR2', { pu: { referred: ['PNR2'], ended: ['PNR2'] } }],
  ] as const)(
    'answers %s between %s and %s',
    (kind, subject, other, parts, otherParts: MemberParts = { master: {} }) => {
      const members = [member(subject, parts), member(other, otherParts)];
      const both = [subject, other].sort();
      expect(formed(members)).toEqual({
        persons: both,
        findings: [`${kind} ${subject} ${other}`],
      });
      expect(formed(members, [decide('same-person', subject, other, kind)])).toEqual({
        persons: [both.join(' ')],
        findings: [],
      });
      expect(formed(members, [decide('different-persons', subject, other, kind)])).toEqual({
        persons: both,
        findings: [],
      });
    },
  );

  it('about somebody who is not here is left alone', () => {
    const decisions = [
      decide('same-person', 'PNR1', 'PNR9'),
      decide('same-person', 'PNR9', 'PNR2'),
      decide('noted', 'PNR1', null, 'references-in-a-circle'),
    ];
    expect(formed(apart, decisions)).toEqual(formed(apart));
    expect(verdicts(apart, decisions)).toEqual([]);
  });

  it('about something else than the two joins nobody', () => {
    const decisions = [decide('noted', 'PNR1', 'PNR2', 'references-in-a-circle')];
    expect(formed(apart, decisions).persons).toEqual(['PNR1', 'PNR2']);
    expect(new Set(formClusters(apart, decisions).groupOf.values()).size).toBe(2);
  });
});

describe('references in a circle', () => {
  const replaced = { isReplaced: true } as const;
  const circle = [
    member('PNR1', { pu: { ...replaced, referred: ['PNR2'] } }),
    member('PNR2', { pu: { ...replaced, referred: ['PNR3'] } }),
    member('PNR3', { pu: { ...replaced, referred: ['PNR1'] } }),
    member('LRID1', { master: { referred: ['PNR1'] } }),
  ];

  it('are one person, and are asked about', () => {
    expect(formed(circle)).toEqual({
      persons: ['LRID1 PNR1 PNR2 PNR3'],
      findings: ['references-in-a-circle PNR1 PNR2'],
    });
  });

  it('are not asked about again when somebody noted it', () => {
    const noted = decide('noted', 'PNR1', 'PNR2', 'references-in-a-circle');
    expect(formed(circle, [noted]).findings).toEqual([]);
    const another = decide('noted', 'PNR1', 'PNR3', 'references-in-a-circle');
    expect(formed(circle, [another]).findings).toEqual(['references-in-a-circle PNR1 PNR2']);
  });

  it('are asked about under the lowest key, whichever was seen first', () => {
    const members = [
      member('PNR1', { firstSeen: 9, pu: { ...replaced, referred: ['PNR2'] } }),
      member('PNR2', { firstSeen: 1, pu: { ...replaced, referred: ['PNR1'] } }),
    ];
    expect(formed(members).findings).toEqual(['references-in-a-circle PNR1 PNR2']);
  });

  it('are in order when one number is present', () => {
    const members = [
      member('PNR1', { pu: { ...replaced, referred: ['PNR2'] } }),
      member('PNR2', { pu: { referred: ['PNR1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1 PNR2'], findings: [] });
  });

  it('need two numbers of the strongest kind with a record', () => {
    const members = [
      member('PNR1', { pu: { ...replaced, referred: ['PNR2', 'SNR1'] } }),
      member('PNR2'),
      member('SNR1', { pu: replaced }),
    ];
    expect(formed(members).findings).toEqual([]);
  });

  it("are told by PU's record where there is one, else by Master's", () => {
    const members = (pu: { isReplaced: boolean } | null) => [
      member('PNR1', { master: { ...replaced, referred: ['PNR2'] } }),
      member('PNR2', { master: replaced, pu }),
    ];
    expect(formed(members(null)).findings).toEqual(['references-in-a-circle PNR1 PNR2']);
    expect(formed(members({ isReplaced: false })).findings).toEqual([]);
  });

  it('do no harm as links: a circle of any length is one person', () => {
    const members = [
      member('LRID1', { master: { referred: ['NRID1'] } }),
      member('NRID1', { pu: { linked: ['SNR1'] } }),
      member('SNR1', { pu: { referred: ['PNR1'] } }),
      member('PNR1', { pu: { linked: ['LRID1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['LRID1 NRID1 PNR1 SNR1'], findings: [] });
  });
});
