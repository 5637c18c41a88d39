import { describe, expect, it } from 'vitest';
import { membershipChange } from '../../../core/golden-record/membership-change.ts';
import type { Locality } from '../../../core/mapping/person-evidence.ts';
import { evidence } from '../../support/person-builder.ts';
import { goldenOf } from './golden-input-builder.ts';

const day = (value: string) => ({ precision: 'day', value }) as const;
const uppsala = evidence().locality as Locality;
const enkoping = {
  ...uppsala,
  municipalityCode: '0381',
  registrationDate: day('1960-06-01'),
};
const inUppsala = goldenOf().membership;

describe('a change of membership', () => {
  it('is none when the place, the reason and the day are as before', () => {
    expect(membershipChange(null, null)).toBeNull();
    expect(membershipChange(goldenOf(), goldenOf({ sex: 'male' }))).toBeNull();
    expect(membershipChange(null, goldenOf({ locality: null }))).toBeNull();
  });

  it('begins with the first one, which ends nothing', () => {
    expect(membershipChange(null, goldenOf())).toEqual({
      before: null,
      after: inUppsala,
      endsOn: null,
    });
  });

  it('ends the one before on the day on which the next begins', () => {
    expect(membershipChange(goldenOf(), goldenOf({ locality: enkoping }))).toEqual({
      before: inUppsala,
      after: goldenOf({ locality: enkoping }).membership,
      endsOn: day('1960-06-01'),
    });
  });

  it.each([
    ['emigrated', { reason: 'UV', date: day('1970-07-01'), foundDeadAt: null }, day('1970-07-01')],
    ['died', { reason: 'AV', date: day('1970-07-02'), foundDeadAt: null }, day('1970-07-02')],
    [
      'was found dead',
      { reason: 'AV', date: null, foundDeadAt: day('1970-07-03') },
      day('1970-07-03'),
    ],
    ['left on an unknown day', { reason: 'OB', date: null, foundDeadAt: null }, null],
  ] as const)('ends on the day on which the person %s', (_, deregistration, endsOn) => {
    expect(membershipChange(goldenOf(), goldenOf({ deregistration }))).toEqual({
      before: inUppsala,
      after: null,
      endsOn,
    });
  });

  it('to that of a protected person has no municipality and no day', () => {
    expect(membershipChange(goldenOf(), goldenOf({ protectedPerson: true }))).toEqual({
      before: inUppsala,
      after: {
        level: 'county',
        countyCode: '03',
        municipalityCode: null,
        reason: 'protected-county-only',
        from: null,
      },
      endsOn: null,
    });
  });

  it.each([
    ['a municipality is told', { ...uppsala, municipalityCode: null }, uppsala],
    ['only the county is told', uppsala, { ...uppsala, municipalityCode: null }],
    ['the day is corrected', uppsala, { ...uppsala, registrationDate: day('1951-06-01') }],
  ])('ends on no day when of the same place %s', (_, was, is) => {
    expect(membershipChange(goldenOf({ locality: was }), goldenOf({ locality: is }))).toMatchObject(
      { endsOn: null },
    );
  });

  it('of a person whose protection is over ends on no day in the same county, and in another one on the day of the move', () => {
    const hidden = goldenOf({ protectedPerson: true });
    expect(membershipChange(hidden, goldenOf())).toMatchObject({ endsOn: null });
    const moved = { ...enkoping, countyCode: '01', municipalityCode: '0180' };
    expect(membershipChange(hidden, goldenOf({ locality: moved }))).toMatchObject({
      endsOn: day('1960-06-01'),
    });
  });

  it('ends on no known day when nobody is told of the person any more', () => {
    expect(membershipChange(goldenOf(), null)).toEqual({
      before: inUppsala,
      after: null,
      endsOn: null,
    });
  });
});
