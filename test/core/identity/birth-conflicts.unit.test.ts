import { describe, expect, it } from 'vitest';
import { decide, formed, member, type Name, type Says, verdicts } from './member-builder.ts';

const [day, otherDay] = ['1890-01-01', '1890-02-02'];

/** Personnummer by their birth dates, PNR1 first. */
function born(...births: readonly (string | null)[]) {
  return births.map((birth, i) => member(`PNR${i + 1}`, { pu: { birth } }));
}

function snr(name: Name, says: Says) {
  return member(name, { pu: says });
}

describe('a samordningsnummer of two personnummer', () => {
  const bridge = snr('SNR1', { linked: ['PNR1', 'PNR2'] });
  const asked = ['identity-claimed-twice SNR1 PNR1', 'identity-claimed-twice SNR1 PNR2'];

  it.each<readonly [Says]>([
    [{ linked: ['PNR1', 'PNR2'] }],
    [{ referred: ['PNR1', 'PNR2'] }],
    [{ linked: ['PNR1'], referred: ['PNR2'] }],
  ])('who were born on different days belongs to neither, by %o', (says) => {
    expect(formed([...born(day, otherDay), snr('SNR1', says)])).toEqual({
      persons: ['PNR1', 'PNR2', 'SNR1'],
      findings: asked,
    });
  });

  it('says of each link why it does not join', () => {
    expect(verdicts([...born(day, otherDay), bridge])).toEqual([
      'SNR1 linked PNR1: claimed-twice',
      'SNR1 linked PNR2: claimed-twice',
    ]);
  });

  it('belongs to neither when each of them states it', () => {
    const members = [
      member('PNR1', { pu: { birth: day, linked: ['SNR1'] } }),
      member('PNR2', { pu: { birth: otherDay, linked: ['SNR1'] } }),
      member('SNR1'),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1', 'PNR2', 'SNR1'], findings: asked });
  });

  it.each([
    [day, day],
    [day, null],
    [null, null],
    ['1890', day],
  ])('joins them when nothing contradicts: born %s and %s', (one, other) => {
    expect(formed([...born(one, other), bridge])).toEqual({
      persons: ['PNR1 PNR2 SNR1'],
      findings: [],
    });
  });

  it('does not care when its own birth date is another one', () => {
    const members = [...born(day, day), snr('SNR1', { linked: ['PNR1', 'PNR2'], birth: otherDay })];
    expect(formed(members).persons).toEqual(['PNR1 PNR2 SNR1']);
  });

  it('joins them when PU refers one to the other', () => {
    const changed = member('PNR1', { pu: { birth: day, referred: ['PNR2'] } });
    expect(formed([changed, ...born(day, otherDay).slice(1), bridge])).toEqual({
      persons: ['PNR1 PNR2 SNR1'],
      findings: [],
    });
  });

  it.each([
    ['is said to have ended', { pu: { birth: day, at: 2, ended: ['PNR2'] } }],
    ['is only Master’s', { pu: { birth: day }, master: { referred: ['PNR2'] } }],
  ] as const)('belongs to neither when the reference %s', (_, parts) => {
    const members = [member('PNR1', parts), ...born(day, otherDay).slice(1), bridge];
    expect(formed(members).persons).toEqual(['PNR1', 'PNR2', 'SNR1']);
    expect(formed(members).findings).toEqual(expect.arrayContaining(asked));
  });

  it('goes by the birth date of PU, else of Master', () => {
    const members = [
      member('PNR1', { master: { birth: otherDay }, pu: { birth: day } }),
      member('PNR2', { master: { birth: day } }),
      bridge,
    ];
    expect(formed(members).persons).toEqual(['PNR1 PNR2 SNR1']);
  });

  it('belongs to the one that somebody decided on, by the latest decision', () => {
    const first = decide('same-person', 'SNR1', 'PNR1');
    const second = decide('same-person', 'SNR1', 'PNR2');
    const members = [...born(day, otherDay), bridge];
    expect(formed(members, [first])).toEqual({ persons: ['PNR1 SNR1', 'PNR2'], findings: [] });
    for (const decisions of [
      [first, second],
      [second, first],
    ]) {
      expect(formed(members, decisions)).toEqual({ persons: ['PNR1', 'PNR2 SNR1'], findings: [] });
    }
  });

  it('belongs to the other one when somebody decided against one', () => {
    const members = [...born(day, otherDay), bridge];
    expect(formed(members, [decide('different-persons', 'SNR1', 'PNR2')])).toEqual({
      persons: ['PNR1 SNR1', 'PNR2'],
      findings: [],
    });
  });

  it('joins them when somebody decided that the two are one person', () => {
    const members = [...born(day, otherDay), bridge];
    expect(formed(members, [decide('same-person', 'PNR1', 'PNR2', 'birth-data-differ')])).toEqual({
      persons: ['PNR1 PNR2 SNR1'],
      findings: [],
    });
  });

  it('leaves them apart, without a question, when somebody noted it', () => {
    const noted = ['PNR1', 'PNR2'].map((name) => decide('noted', 'SNR1', name as Name));
    expect(formed([...born(day, otherDay), bridge], noted)).toEqual({
      persons: ['PNR1', 'PNR2', 'SNR1'],
      findings: [],
    });
  });
});

describe('a chain between personnummer of different birth dates', () => {
  it('through two samordningsnummer leaves these together, with neither', () => {
    const members = [
      ...born(day, otherDay),
      snr('SNR1', { referred: ['SNR2'], linked: ['PNR1'] }),
      snr('SNR2', { linked: ['PNR2'] }),
    ];
    expect(formed(members)).toEqual({
      persons: ['PNR1', 'PNR2', 'SNR1 SNR2'],
      findings: ['identity-claimed-twice SNR1 PNR1', 'identity-claimed-twice SNR2 PNR2'],
    });
  });

  it('through a reserve number joins nobody, as ever', () => {
    const members = [
      ...born(day, otherDay),
      snr('NRID1', { linked: ['PNR1'] }),
      snr('SNR1', { linked: ['NRID1', 'PNR2'] }),
    ];
    expect(formed(members)).toEqual({
      persons: ['NRID1', 'PNR1', 'PNR2 SNR1'],
      findings: ['identity-claimed-twice NRID1 PNR1', 'identity-claimed-twice NRID1 SNR1'],
    });
  });

  it('leaves what is attached to the samordningsnummer alone where it is', () => {
    const members = [
      ...born(day, otherDay),
      snr('SNR1', { linked: ['PNR1', 'PNR2', 'LRID1'] }),
      member('LRID1', { master: {} }),
      member('LRID2', { master: { referred: ['PNR1'] } }),
    ];
    expect(formed(members).persons).toEqual(['LRID1 SNR1', 'LRID2 PNR1', 'PNR2']);
  });

  it('parts only where the contradiction is', () => {
    const members = [
      ...born(day, day, otherDay),
      snr('SNR1', { linked: ['PNR1', 'PNR2'] }),
      snr('SNR2', { linked: ['PNR2', 'PNR3'] }),
      snr('SNR3', { linked: ['PNR3'] }),
    ];
    expect(formed(members)).toEqual({
      persons: ['PNR1 PNR2 SNR1', 'PNR3 SNR3', 'SNR2'],
      findings: ['identity-claimed-twice SNR2 PNR2', 'identity-claimed-twice SNR2 PNR3'],
    });
  });

  it('that passes over one whose birth date is not known parts everywhere: nobody can tell where', () => {
    const members = [
      ...born(day, null, otherDay),
      snr('SNR1', { linked: ['PNR1', 'PNR2'] }),
      snr('SNR2', { linked: ['PNR2', 'PNR3'] }),
    ];
    expect(formed(members)).toEqual({
      persons: ['PNR1', 'PNR2', 'PNR3', 'SNR1', 'SNR2'],
      findings: [
        'identity-claimed-twice SNR1 PNR1',
        'identity-claimed-twice SNR1 PNR2',
        'identity-claimed-twice SNR2 PNR2',
        'identity-claimed-twice SNR2 PNR3',
      ],
    });
  });

  it('holds when it is one of references', () => {
    const members = [
      member('PNR1', { pu: { birth: day, referred: ['PNR2'] } }),
      member('PNR2', { pu: { birth: otherDay, referred: ['PNR3'] } }),
      ...born(null, null, '1890-03-03').slice(2),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1 PNR2 PNR3'], findings: [] });
  });

  it.each([null, '1890'])(
    'holds when a third was born %s, which contradicts neither number of one who changed it',
    (birth) => {
      const members = [
        member('PNR1', { pu: { birth: day, referred: ['PNR2'] } }),
        ...born(null, otherDay, birth).slice(1),
        snr('SNR1', { linked: ['PNR1', 'PNR3'] }),
      ];
      expect(formed(members)).toEqual({ persons: ['PNR1 PNR2 PNR3 SNR1'], findings: [] });
    },
  );

  it('is asked about when only one of two changed numbers agrees', () => {
    const members = [
      member('PNR1', { pu: { birth: day, referred: ['PNR2'] } }),
      ...born(null, otherDay, day).slice(1),
      snr('SNR1', { linked: ['PNR1', 'PNR3'] }),
    ];
    expect(formed(members)).toEqual({
      persons: ['PNR1 PNR2', 'PNR3', 'SNR1'],
      findings: ['identity-claimed-twice SNR1 PNR1', 'identity-claimed-twice SNR1 PNR3'],
    });
  });
});

describe('a link between two personnummer', () => {
  it("of PU's own does not join contradicting birth dates without a reference", () => {
    const members = [
      member('PNR1', { pu: { birth: day } }),
      member('PNR2', { pu: { birth: otherDay, linked: ['PNR1'] } }),
    ];
    expect(formed(members)).toEqual({
      persons: ['PNR1', 'PNR2'],
      findings: ['birth-data-differ PNR1 PNR2'],
    });
    expect(verdicts(members)).toEqual(['PNR2 linked PNR1: birth-data-differ']);
    expect(formed(members, [decide('same-person', 'PNR1', 'PNR2')])).toEqual({
      persons: ['PNR1 PNR2'],
      findings: [],
    });
  });

  it('is asked about once when Master states it too', () => {
    const members = [
      member('PNR1', { master: { referred: ['PNR2'] }, pu: { birth: day, linked: ['PNR2'] } }),
      member('PNR2', { pu: { birth: otherDay } }),
    ];
    expect(formed(members).findings).toEqual(['birth-data-differ PNR1 PNR2']);
  });

  it.each(['master', 'pu'] as const)(
    'of %s is asked about when a number that one of the two replaced contradicts',
    (source) => {
      const members = [
        member('PNR1', { [source]: { birth: day, linked: ['PNR2'] } }),
        member('PNR2', { pu: { birth: day, referred: ['PNR3'] } }),
        ...born(null, null, otherDay).slice(2),
      ];
      expect(formed(members)).toEqual({
        persons: ['PNR1', 'PNR2 PNR3'],
        findings: ['birth-data-differ PNR1 PNR2'],
      });
    },
  );

  it('is no bridge when the two are one person by references anyhow', () => {
    const members = [
      member('PNR1', { pu: { birth: day, referred: ['PNR2'], linked: ['PNR3'] } }),
      member('PNR2', { pu: { birth: otherDay, referred: ['PNR3'] } }),
      ...born(null, null, otherDay).slice(2),
    ];
    expect(formed(members)).toEqual({ persons: ['PNR1 PNR2 PNR3'], findings: [] });
  });
});
