import { describe, expect, it } from 'vitest';
import { forgetRelations, forgetUnprotected } from '../../../core/golden-record/purge-order.ts';
import type { Relation } from '../../../core/mapping/person-evidence.ts';
import type { Identity, PersonKey } from '../../../core/person/person-identifier.ts';
import { goldenOf, OTHER_PNR, SNR } from './golden-input-builder.ts';

const KEY = 'a key' as string as PersonKey;
const relation = (identity: Identity | null): Relation => ({
  kind: 'child',
  identity,
  birthDate: null,
  name: null,
  from: null,
  to: null,
});

describe('of somebody who becomes protected', () => {
  it('consumers forget all that a protected record cannot hold, whatever the last version had', () => {
    expect(forgetUnprotected(KEY, 4)).toEqual({
      personKey: KEY,
      reason: 'protection-raised',
      fields: [
        'marital-status',
        'membership',
        'locality',
        'addresses',
        'contacts',
        'relations',
        'contact-persons',
        'paper-preference',
      ],
      upToVersion: 4,
    });
  });
});

describe('of somebody whose relative becomes protected', () => {
  const both = goldenOf({ relations: [relation(OTHER_PNR), relation(SNR), relation(null)] });
  const one = goldenOf({ relations: [relation(SNR), relation(null)] });

  it('consumers forget the relations, when one was told that is hidden', () => {
    expect(forgetRelations(KEY, 4, both, one)).toEqual({
      personKey: KEY,
      reason: 'relation-hidden',
      fields: ['relations'],
      upToVersion: 4,
    });
  });

  it('consumers forget nothing when none was told, or one is told again', () => {
    expect(forgetRelations(KEY, 4, one, both)).toBeUndefined();
    expect(forgetRelations(KEY, 4, one, one)).toBeUndefined();
    expect(forgetRelations(KEY, 0, null, one)).toBeUndefined();
  });

  it('the person is in an order of their own when they are protected as well', () => {
    const hidden = goldenOf({ protectedPerson: true });
    expect(forgetRelations(KEY, 4, both, hidden)).toBeUndefined();
  });
});
