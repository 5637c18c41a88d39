import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkNationalReserveIdentity,
  deriveFromNationalReserveIdentity,
  NRID_LETTERS,
  nationalReserveCheckDigit,
} from '../../../core/person/national-reserve-identity.ts';

/** The published examples. */
const PUBLISHED = [
  '22790814AA01',
  '22950606FH20',
  '22950606FH12',
  '25780404KHD5',
  '00342145BZ31',
  '00749852BZK0',
  '98240301AA06',
] as const;

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const letter = fc.constantFrom(...NRID_LETTERS);
const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** Any identity that the format allows, with its check digit. */
const nrid = fc
  .tuple(
    fc.oneof(
      fc
        .tuple(
          fc.integer({ min: 22, max: 99 }),
          digits(2),
          fc.integer({ min: 1, max: 12 }),
          fc.integer({ min: 1, max: 28 }),
        )
        .map(([xx, yy, mm, dd]) => `${xx}${yy}${twoDigits(mm)}${twoDigits(dd)}`),
      fc
        .tuple(digits(2), fc.integer({ min: 20, max: 99 }), fc.integer({ min: 40, max: 59 }))
        .map(([yy, mm, dd]) => `00${yy}${mm}${dd}`),
    ),
    letter,
    letter,
    fc.oneof(digits(1), letter),
  )
  .map((parts) => parts.join(''))
  .map((head) => head + nationalReserveCheckDigit(head));

describe('checkNationalReserveIdentity', () => {
  it('accepts every published example', () => {
    expect(PUBLISHED.map(checkNationalReserveIdentity)).toEqual(PUBLISHED.map(() => 'NRID'));
  });

  it('accepts every identity of the format', () => {
    fc.assert(
      fc.property(nrid, (text) => {
        expect(checkNationalReserveIdentity(text)).toBe('NRID');
      }),
    );
  });

  it('refuses every identity in which one digit was changed to another', () => {
    fc.assert(
      fc.property(nrid, fc.nat(11), fc.integer({ min: 1, max: 9 }), (text, i, step) => {
        fc.pre(/\d/.test(text.charAt(i)));
        const changed = text.slice(0, i) + ((Number(text[i]) + step) % 10) + text.slice(i + 1);
        expect(checkNationalReserveIdentity(changed)).not.toBe('NRID');
      }),
    );
  });

  it.each([
    ['another check digit', '22790814AA02', 'check-digit'],
    ['a day that February does not have', '22790230AA01', 'date'],
    ['a leap day in 1900', '22000229AA01', 'date'],
    ['a serial whose month is below 20', '00341945BZ31', 'date'],
    ['a serial whose day is below 40', '00342139BZ31', 'date'],
    ['a serial whose day is above 59', '00342160BZ31', 'date'],
    ['a reserved prefix', '01790814AA01', 'shape'],
    ['a prefix that looks like a century', '21790814AA01', 'shape'],
    ['a letter for the check digit', '22790814AA0A', 'shape'],
    ['a digit for a letter', '22790814A101', 'shape'],
    ['small letters, which the stored form does not have', '22790814aa01', 'shape'],
    ...['I', 'O', 'Q', 'V', 'W', 'Å'].map((l) => [`the letter ${l}`, `22790814A${l}01`, 'shape']),
  ])('refuses %s', (_, text, fault) => {
    expect(checkNationalReserveIdentity(text)).toBe(fault);
  });

  it('knows leap days of the birth century', () => {
    const leapDay = '23000229AA0';
    expect(checkNationalReserveIdentity(leapDay + nationalReserveCheckDigit(leapDay))).toBe('NRID');
  });
});

describe('deriveFromNationalReserveIdentity', () => {
  it.each([
    ['22790814AA01', '1979-08-14', 'female'],
    ['22950606FH12', '1995-06-06', 'male'],
    ['25780404KHD5', '1978-04-04', null],
    ['98240301AA06', '2024-03-01', 'female'],
    ['00342145BZ31', null, null],
    ['00749852BZK0', null, null],
  ])('reads what the number holds (%#)', (text, birthDate, sex) => {
    expect(deriveFromNationalReserveIdentity(text)).toEqual({
      birthDate: birthDate === null ? null : { precision: 'day', value: birthDate },
      sex,
    });
  });

  it('does not choose between two possible centuries', () => {
    expect(deriveFromNationalReserveIdentity('24790814AA00').birthDate).toBeNull();
  });
});
