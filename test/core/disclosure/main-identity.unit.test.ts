import { describe, expect, it } from 'vitest';
import { nameMainIdentity } from '../../../core/disclosure/main-identity.ts';
import type { GoldenIdentity } from '../../../core/golden-record/golden-record.ts';
import type { IdentityType } from '../../../core/person/person-identifier.ts';
import { LRID, NRID, OTHER_PNR, PNR, SNR } from '../golden-record/golden-input-builder.ts';
import { goldenIdentity } from './disclosure-builder.ts';

const OTHER_LRID = { ...LRID, extension: '991993000032' };
/** In the order of golden records. */
const identities: readonly GoldenIdentity[] = [
  goldenIdentity(PNR),
  goldenIdentity(OTHER_PNR, true),
  goldenIdentity(NRID),
  goldenIdentity(LRID),
  goldenIdentity(OTHER_LRID),
];

const mainAmong = (wanted: readonly IdentityType[]) =>
  nameMainIdentity(identities, wanted)?.filter(({ main }) => main);

describe('the identity that a consumer knows a person by', () => {
  it.each<readonly [string, readonly IdentityType[], GoldenIdentity | undefined]>([
    ['is the hub’s own when it wants no kind', [], goldenIdentity(OTHER_PNR, true)],
    ['is the hub’s own among several of the kind', ['PNR'], goldenIdentity(OTHER_PNR, true)],
    ['is of the kind that it wants', ['NRID'], goldenIdentity(NRID, true)],
    [
      'is the first of the kind where the hub’s is of another',
      ['LRID'],
      goldenIdentity(LRID, true),
    ],
    ['is of the kind that it wants first', ['NRID', 'PNR'], goldenIdentity(NRID, true)],
    ['is of the next kind where there is none', ['SNR', 'LRID'], goldenIdentity(LRID, true)],
    ['is none where no kind is there', ['SNR'], undefined],
  ])('%s', (_, wanted, main) => {
    expect(mainAmong(wanted)).toEqual(main && [main]);
  });

  it('stands among all the others, in their order', () => {
    expect(nameMainIdentity(identities, ['NRID'])).toEqual([
      goldenIdentity(PNR),
      goldenIdentity(OTHER_PNR),
      goldenIdentity(NRID, true),
      goldenIdentity(LRID),
      goldenIdentity(OTHER_LRID),
    ]);
  });

  it('of somebody with one number is that one, or none', () => {
    const one = [goldenIdentity(SNR, true)];
    expect(nameMainIdentity(one, ['PNR', 'SNR'])).toEqual(one);
    expect(nameMainIdentity(one, ['PNR', 'NRID', 'LRID'])).toBeUndefined();
  });
});
