import { describe, expect, it } from 'vitest';
import { formClusters } from '../../../core/identity/form-clusters.ts';
import { formed, member, verdicts } from './member-builder.ts';

describe('hierarchy', () => {
  it('lets two local numbers meet through a national reserve number', () => {
    const members = [
      member('LRID1', { master: { referred: ['NRID1'] } }),
      member('LRID2', { pu: { linked: ['NRID1'] } }),
      member('NRID1', { pu: { linked: ['LRID2'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['LRID1 LRID2 NRID1'], findings: [] });
  });

  it('never joins two local numbers, and asks once when both state it', () => {
    const members = [
      member('LRID1', { master: { referred: ['LRID2'] } }),
      member('LRID2', { master: { referred: ['LRID1'] } }),
    ];
    expect(formed(members)).toEqual({
      persons: ['LRID1', 'LRID2'],
      findings: ['link-against-hierarchy LRID1 LRID2'],
    });
  });

  it('asks about two local numbers under the lower key, whichever states it', () => {
    expect(
      formed([member('LRID1'), member('LRID2', { pu: { linked: ['LRID1'] } })]).findings,
    ).toEqual(['link-against-hierarchy LRID1 LRID2']);
  });

  it("joins Master's downward link when the weaker one states it too", () => {
    const members = [
      member('LRID1', { master: { referred: ['PNR1'] } }),
      member('PNR1', { master: { referred: ['LRID1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['LRID1 PNR1'], findings: [] });
    expect(verdicts(members)).toEqual(['LRID1 referred PNR1: joins', 'PNR1 referred LRID1: joins']);
  });

  it("joins Master's downward link when PU states it too, on either side", () => {
    const master = { referred: ['LRID1'] } as const;
    const onStronger = [member('LRID1'), member('PNR1', { master, pu: { linked: ['LRID1'] } })];
    const onWeaker = [
      member('LRID1', { pu: { linked: ['PNR1'] } }),
      member('PNR1', { master, pu: {} }),
    ];
    for (const members of [onStronger, onWeaker]) {
      expect(formed(members)).toEqual({ persons: ['LRID1 PNR1'], findings: [] });
      expect(formClusters(members, []).clusters[0]?.joins).toEqual([
        { from: 'LRID1', to: 'PNR1', source: 'master' },
        { from: 'LRID1', to: 'PNR1', source: 'pu' },
      ]);
    }
  });

  it('does not take a removed record of the weaker one for a statement', () => {
    expect(
      formed([
        member('LRID1', { master: null, pu: null }),
        member('PNR1', { master: { referred: ['LRID1'] } }),
      ]),
    ).toEqual({
      persons: ['LRID1', 'PNR1'],
      findings: ['link-against-hierarchy LRID1 PNR1'],
    });
  });

  it("refuses PU's whole link when one of its two records names the weaker one as main", () => {
    const members = [
      member('LRID1', { pu: { linked: ['PNR1'] } }),
      member('PNR1', { pu: { main: ['LRID1'] } }),
    ];
    expect(formed(members)).toEqual({
      persons: ['LRID1', 'PNR1'],
      findings: ['link-against-hierarchy LRID1 PNR1'],
    });
  });

  it("joins by Skatteverket's reference what PU's link names the wrong way round, and asks nobody", () => {
    const members = [
      member('SNR1'),
      member('PNR1', { pu: { main: ['SNR1'], referred: ['SNR1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1 SNR1'], findings: [] });
    expect(verdicts(members)).toEqual([
      'PNR1 linked SNR1: against-hierarchy',
      'PNR1 referred SNR1: joins',
    ]);
  });
});

describe('personnummer and samordningsnummer', () => {
  it.each([
    ['linked', 'SNR1'],
    ['referred', 'SNR1'],
    ['linked', 'PNR1'],
    ['referred', 'PNR1'],
  ] as const)("are joined by PU's %s in the record of %s", (kind, owner) => {
    const other = owner === 'SNR1' ? 'PNR1' : 'SNR1';
    expect(formed([member(owner, { pu: { [kind]: [other] } }), member(other)])).toEqual({
      persons: ['PNR1 SNR1'],
      findings: [],
    });
  });

  it("are not joined by Master's, from both sides, and nobody is asked", () => {
    const members = [
      member('SNR1', { master: { referred: ['PNR1'] }, pu: {} }),
      member('PNR1', { master: { referred: ['SNR1'] }, pu: {} }),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1', 'SNR1'], findings: [] });
    expect(verdicts(members).every((text) => text.endsWith('only-pu-may-state'))).toBe(true);
  });

  it('are joined by PU alone when Master states it too', () => {
    const members = [
      member('SNR1', { master: { referred: ['PNR1'] }, pu: { referred: ['PNR1'] } }),
      member('PNR1'),
    ];
    expect(formClusters(members, []).clusters[0]?.joins).toEqual([
      { from: 'SNR1', to: 'PNR1', source: 'pu' },
    ]);
  });
});

describe.each(['PNR', 'SNR'] as const)('two of %s', (type) => {
  const [one, two] = [`${type}1`, `${type}2`] as const;
  const referredBy = (source: 'master' | 'pu', birth: string | null, otherBirth: string | null) => [
    member(one, { [source]: { referred: [two], birth } }),
    member(two, { master: { birth: otherBirth } }),
  ];

  it("are joined by Master's reference when they were born on the same day", () => {
    expect(formed(referredBy('master', '1890-01-01', '1890-01-01'))).toEqual({
      persons: [`${one} ${two}`],
      findings: [],
    });
  });

  it("are asked about when Master's reference is between different birth dates", () => {
    expect(formed(referredBy('master', '1890-01-01', '1890-01-02'))).toEqual({
      persons: [one, two],
      findings: [`birth-data-differ ${one} ${two}`],
    });
  });

  it.each([
    [null, '1890-01-01'],
    ['1890-01-01', null],
    [null, null],
    ['1890', '1890-01-01'],
    ['1890-01-01', '1890-01'],
  ])(
    'are left apart without a question when a birth date is not known, or not whole: %s, %s',
    (a, b) => {
      const members = referredBy('master', a, b);
      expect(formed(members)).toEqual({ persons: [one, two], findings: [] });
      expect(verdicts(members)).toEqual([`${one} referred ${two}: birth-data-differ`]);
    },
  );

  it("are joined by PU's reference in spite of different birth dates", () => {
    const members = [
      member(one, { master: { referred: [two] }, pu: { referred: [two], birth: '1890-01-01' } }),
      member(two, { pu: { birth: '1890-02-02' } }),
    ];
    expect(formed(members)).toEqual({ persons: [`${one} ${two}`], findings: [] });
    expect(formClusters(members, []).clusters[0]?.joins.map(({ source }) => source)).toEqual([
      'pu',
    ]);
  });

  it("looks at PU's birth date before Master's, and never fills it from Master's", () => {
    const pu = (birth: string | null) => [
      member(one, { master: { referred: [two], birth: '1890-01-01' }, pu: { birth } }),
      member(two, { master: { birth: '1890-01-01' } }),
    ];
    expect(formed(pu('1890-01-01')).persons).toEqual([`${one} ${two}`]);
    expect(formed(pu('1890-01-09')).findings).toEqual([`birth-data-differ ${one} ${two}`]);
    expect(formed(pu(null))).toEqual({ persons: [one, two], findings: [] });
  });
});

describe('a reference of PU that ended', () => {
  const stated = (statedAt: number, endedAt: number) => [
    member('PNR1', { pu: { at: statedAt, referred: ['PNR2'] } }),
    member('PNR2', { pu: { at: endedAt, ended: ['PNR1'] } }),
  ];

  it('parts the two when the record that says so is newer', () => {
    expect(formed(stated(10, 11))).toEqual({ persons: ['PNR1', 'PNR2'], findings: [] });
    expect(verdicts(stated(10, 11))).toEqual([
      'PNR1 referred PNR2: ended',
      'PNR2 ended PNR1: ended',
    ]);
  });

  it('does not part them when it is older', () => {
    expect(formed(stated(11, 10))).toEqual({ persons: ['PNR1 PNR2'], findings: [] });
  });

  it('parts them and is asked about when it is of the same second', () => {
    expect(formed(stated(10, 10))).toEqual({
      persons: ['PNR1', 'PNR2'],
      findings: ['link-stated-and-denied PNR1 PNR2'],
    });
  });

  it('is asked about when one record says both', () => {
    const members = [
      member('PNR1'),
      member('PNR2', { pu: { at: 10, referred: ['PNR1'], ended: ['PNR1'] } }),
    ];
    expect(formed(members)).toEqual({
      persons: ['PNR1', 'PNR2'],
      findings: ['link-stated-and-denied PNR1 PNR2'],
    });
  });

  it('is settled by a newer reference in the other record', () => {
    const members = [
      member('PNR1', { pu: { at: 10, referred: ['PNR2'], ended: ['PNR2'] } }),
      member('PNR2', { pu: { at: 20, referred: ['PNR1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1 PNR2'], findings: [] });
  });

  it("leaves PU's own link alone", () => {
    const members = [
      member('PNR1', { pu: { at: 10, linked: ['PNR2'], referred: ['PNR2'] } }),
      member('PNR2', { pu: { at: 20, linked: ['PNR1'], ended: ['PNR1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1 PNR2'], findings: [] });
  });

  it("leaves Master's reference alone", () => {
    const members = [
      member('PNR1', { master: { referred: ['PNR2'] }, pu: { at: 10 } }),
      member('PNR2', { pu: { at: 20, ended: ['PNR1'] } }),
    ];
    expect(formed(members).persons).toEqual(['PNR1 PNR2']);
  });

  it("is PU's word only: Master's ends nothing", () => {
    const members = [
      member('PNR1', { pu: { at: 10, referred: ['PNR2'] } }),
      member('PNR2', { master: { at: 20, ended: ['PNR1'] } }),
    ];
    expect(formed(members).persons).toEqual(['PNR1 PNR2']);
  });
});
