import { describe, expect, it } from 'vitest';
import { decide, formed, member, verdicts } from './member-builder.ts';

describe('a reserve number that two people claim', () => {
  const claimed = (other: 'PNR2' | 'SNR2') => [
    member('PNR1', { pu: {} }),
    member(other, { pu: { linked: ['LRID1'] } }),
    member('LRID1', { master: { referred: ['PNR1'] } }),
  ];

  it.each(['PNR2', 'SNR2'] as const)('belongs to neither PNR1 nor %s', (other) => {
    expect(formed(claimed(other))).toEqual({
      persons: ['LRID1', 'PNR1', other],
      findings: ['identity-claimed-twice LRID1 PNR1', `identity-claimed-twice LRID1 ${other}`],
    });
    expect(verdicts(claimed(other))).toEqual([
      'LRID1 referred PNR1: claimed-twice',
      `${other} linked LRID1: claimed-twice`,
    ]);
  });

  it('does not join twins, who were born on the same day', () => {
    const twins = [
      member('PNR1', { pu: { birth: '1890-05-05', linked: ['LRID1'] } }),
      member('PNR2', { pu: { birth: '1890-05-05', linked: ['LRID1'] } }),
      member('LRID1', { pu: { birth: '1890-05-05' } }),
    ];
    expect(formed(twins).persons).toEqual(['LRID1', 'PNR1', 'PNR2']);
  });

  it('belongs to one person when the two numbers are of one', () => {
    const members = [
      member('PNR1', { pu: { referred: ['SNR1'], linked: ['LRID1'] } }),
      member('SNR1', { pu: {} }),
      member('LRID1', { master: { referred: ['SNR1'] } }),
    ];
    expect(formed(members)).toEqual({ persons: ['LRID1 PNR1 SNR1'], findings: [] });
  });

  it('takes with it all that is joined with it, which stays together', () => {
    const members = [
      member('PNR1', { pu: { linked: ['LRID1'] } }),
      member('PNR2', { pu: { linked: ['LRID2'] } }),
      member('LRID1', { master: { referred: ['NRID1'] } }),
      member('LRID2', { master: { referred: ['NRID1'] } }),
      member('NRID1'),
    ];
    expect(formed(members)).toEqual({
      persons: ['LRID1 LRID2 NRID1', 'PNR1', 'PNR2'],
      findings: ['identity-claimed-twice LRID1 PNR1', 'identity-claimed-twice LRID2 PNR2'],
    });
  });

  it('leaves another reserve number of one of the two where it is', () => {
    const members = [...claimed('PNR2'), member('LRID9', { master: { referred: ['PNR1'] } })];
    expect(formed(members).persons).toEqual(['LRID1', 'LRID9 PNR1', 'PNR2']);
  });

  it('asks about each attachment, also when two are of one person', () => {
    const members = [
      ...claimed('PNR2'),
      member('SNR1', { pu: { referred: ['PNR1'], linked: ['LRID1'] } }),
    ];
    expect(formed(members)).toEqual({
      persons: ['LRID1', 'PNR1 SNR1', 'PNR2'],
      findings: [
        'identity-claimed-twice LRID1 PNR1',
        'identity-claimed-twice LRID1 PNR2',
        'identity-claimed-twice LRID1 SNR1',
      ],
    });
  });

  it('belongs to whom somebody decided, and the other claim is overruled without a question', () => {
    const decisions = [decide('same-person', 'LRID1', 'PNR2')];
    expect(formed(claimed('PNR2'), decisions)).toEqual({
      persons: ['LRID1 PNR2', 'PNR1'],
      findings: [],
    });
    expect(verdicts(claimed('PNR2'), decisions)).toEqual([
      'LRID1 referred PNR1: claimed-twice',
      'LRID1 decision PNR2: joins',
      'PNR2 linked LRID1: joins',
    ]);
  });

  it('belongs to the other one when somebody decided against one', () => {
    expect(formed(claimed('PNR2'), [decide('different-persons', 'LRID1', 'PNR2')])).toEqual({
      persons: ['LRID1 PNR1', 'PNR2'],
      findings: [],
    });
  });

  it('belongs to the latest when two were decided', () => {
    const first = decide('same-person', 'LRID1', 'PNR1');
    const second = decide('same-person', 'LRID1', 'PNR2');
    for (const decisions of [
      [first, second],
      [second, first],
    ]) {
      expect(formed(claimed('PNR2'), decisions)).toEqual({
        persons: ['LRID1 PNR2', 'PNR1'],
        findings: [],
      });
    }
  });
});
