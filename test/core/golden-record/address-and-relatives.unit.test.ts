import { describe, expect, it } from 'vitest';
import { residentialAddressText } from '../../../core/golden-record/address-of.ts';
import { relatedIdentities } from '../../../core/golden-record/related-identities.ts';
import type { PostalAddress, Relation } from '../../../core/mapping/person-evidence.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import {
  goldenOf,
  known,
  LRID,
  master,
  NRID,
  OTHER_PNR,
  PNR,
  pu,
  removedBy,
  SNR,
} from './golden-input-builder.ts';

const home: PostalAddress = {
  kind: 'residential',
  careOf: null,
  lines: ['Provgatan 1', 'lgh 1101'],
  postalCode: '75310',
  city: 'Uppsala',
  country: null,
};
const textOf = (...addresses: readonly PostalAddress[]) =>
  residentialAddressText(goldenOf({ addresses }));

describe('where somebody lives', () => {
  it('is one text, however it is written', () => {
    expect(textOf(home)).toBe('PROVGATAN 1|LGH 1101|75310|UPPSALA');
    expect(textOf({ ...home, lines: [' provgatan  1', '', 'LGH 1101 '], careOf: 'Provsson' })).toBe(
      textOf(home),
    );
    expect(textOf({ ...home, lines: ['A\u030angstigen 1'] })).toBe(
      textOf({ ...home, lines: ['Ångstigen 1'] }),
    );
    expect(textOf({ ...home, lines: ['Provgatan 2'] })).not.toBe(textOf(home));
  });

  it('is the residential address alone, and a place', () => {
    expect(textOf({ ...home, kind: 'special-postal' }, { ...home, kind: 'given' })).toBeNull();
    expect(textOf({ ...home, lines: [] })).toBeNull();
    expect(textOf()).toBeNull();
  });

  it('is not said of somebody protected, or nobody', () => {
    expect(
      residentialAddressText(goldenOf({ addresses: [home], protectedPerson: true })),
    ).toBeNull();
    expect(residentialAddressText(null)).toBeNull();
  });
});

describe('the relatives of a person', () => {
  const relation = (identity: Identity | null): Relation => ({
    kind: 'parent',
    identity,
    birthDate: null,
    name: null,
    from: null,
    to: null,
  });

  it('are those of all records of all identities, each once', () => {
    const members = [
      known(PNR, master({ relations: [relation(OTHER_PNR)] }), pu({ relations: [relation(SNR)] })),
      known(NRID, removedBy('master'), pu({ relations: [relation(OTHER_PNR), relation(null)] })),
      known(LRID),
    ];
    expect(relatedIdentities(members)).toEqual([OTHER_PNR, SNR]);
    expect(relatedIdentities([known(PNR, master())])).toEqual([]);
  });
});
