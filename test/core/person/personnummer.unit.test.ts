import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPersonalNumber,
  deriveFromPersonalNumber,
  normalisePersonalNumber,
} from '../../../core/person/personnummer.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import { describeWithShared, readSharedJson } from '../../support/shared-data.ts';

const PINS = 'testdata/personnummer-meta-allPins.json';
const COORDS = 'testdata/personnummer-meta-allCoords.json';
const LIST = 'testdata/personnummer-meta-list.json';
const STRUCTURED = 'testdata/personnummer-meta-structured.json';
const INTERIM = 'testdata/personnummer-meta-interim.json';

/** How many of a list get each answer: names and failures then show counts, never a number. */
function tally(numbers: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const number of numbers) {
    const check = checkPersonalNumber(number);
    counts[check] = (counts[check] ?? 0) + 1;
  }
  return counts;
}

/** Replaces the digit at `i` by each of the nine others. */
function changesAt(number: string, i: number): readonly string[] {
  return Array.from('0123456789')
    .filter((digit) => digit !== number[i])
    .map((digit) => number.slice(0, i) + digit + number.slice(i + 1));
}

describeWithShared('the official test numbers', PINS, () => {
  const pins = () => readSharedJson<readonly string[]>(PINS);
  const coords = () => readSharedJson<readonly string[]>(COORDS);

  it('are all personnummer: 41 129', () => {
    expect(tally(pins())).toEqual({ PNR: 41_129 });
  });

  it('are all samordningsnummer: 2 264', () => {
    expect(tally(coords())).toEqual({ SNR: 2264 });
  });

  it('are refused with any one digit changed where the check digit covers it', () => {
    const sample = [...pins(), ...coords()].filter((_, i) => i % 40 === 0);
    const accepted = sample.filter((number) =>
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].some((i) =>
        changesAt(number, i).some((changed) =>
          ['PNR', 'SNR'].includes(checkPersonalNumber(changed)),
        ),
      ),
    );
    expect(sample.length).toBeGreaterThan(1000);
    expect(accepted).toHaveLength(0);
  });

  it('are read back from every way of writing them', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pins(), ...coords()),
        fc.constantFrom('', '-', '+'),
        fc.constantFrom('', ' ', '   '),
        (number, separator, blank) => {
          const [date, last] = [number.slice(0, 8), number.slice(8)];
          const century = Number(number.slice(0, 2)) as 18 | 19 | 20;
          const long = `${date}${separator}${last}${blank}`;
          const short = `${date.slice(2)}${separator}${last}${blank}`;
          expect(normalisePersonalNumber(long) === number).toBe(true);
          expect(normalisePersonalNumber(short, century) === number).toBe(true);
          expect(normalisePersonalNumber(short) === undefined).toBe(true);
        },
      ),
    );
  });
});

interface ListedNumber {
  readonly long_format: string;
  readonly separated_long: string;
  readonly short_format: string;
  readonly separated_format: string;
  readonly valid: boolean;
  readonly type: 'ssn' | 'con' | 'interim';
}

describeWithShared('the listed test numbers', LIST, () => {
  it('are valid or not as stated, in all their forms', () => {
    const answers = readSharedJson<readonly ListedNumber[]>(LIST).map((entry) => {
      const century = Number(entry.long_format.slice(0, 2)) as 19 | 20;
      const checks = [
        normalisePersonalNumber(entry.long_format),
        normalisePersonalNumber(entry.separated_long),
        normalisePersonalNumber(entry.short_format, century),
        normalisePersonalNumber(entry.separated_format, century),
      ].map((digits) => checkPersonalNumber(digits ?? ''));
      const expected = entry.type === 'con' ? 'SNR' : 'PNR';
      return { valid: entry.valid, answers: checks.map((check) => check === expected) };
    });
    expect(answers.map(({ valid }) => valid)).toContain(false);
    for (const { valid, answers: given } of answers) expect(given).toEqual(Array(4).fill(valid));
  });

  it('have nothing in common with interim numbers, which have a letter', () => {
    const interim = readSharedJson<readonly ListedNumber[]>(INTERIM);
    expect(interim.length).toBeGreaterThan(0);
    expect(tally(interim.map(({ long_format }) => long_format))).toEqual({ shape: interim.length });
  });
});

interface StructuredNumbers {
  readonly integer: { readonly valid: readonly number[]; readonly invalid: readonly number[] };
  readonly string: { readonly valid: readonly string[]; readonly invalid: readonly string[] };
}

describeWithShared('the structured test numbers', STRUCTURED, () => {
  const check = (text: string, centuries: readonly (18 | 19 | 20)[]) =>
    centuries.map((c) => checkPersonalNumber(normalisePersonalNumber(text, c) ?? ''));

  it.each([
    ['PNR', 'ssn'],
    ['SNR', 'con'],
  ] as const)('of type %s are valid or not as stated, in every form', (type, key) => {
    const { integer, string } =
      readSharedJson<Record<'ssn' | 'con', StructuredNumbers>>(STRUCTURED)[key];
    for (const text of [...string.valid, ...integer.valid.map(String)]) {
      expect(check(text, [19, 20])).toContain(type);
    }
    for (const text of [...string.invalid, ...integer.invalid.map(String)]) {
      expect(check(text, [19, 20]).filter((each) => each === 'PNR' || each === 'SNR')).toEqual([]);
    }
  });
});

describe('checkPersonalNumber', () => {
  /** The head with the check digit that fits. */
  const withCheckDigit = (head: string): string =>
    Array.from('0123456789', (digit) => head + digit).find(
      (number) => checkPersonalNumber(number) !== 'check-digit',
    ) ?? head;

  it.each([
    ['an unknown month', '18900061001', 'SNR'],
    ['an unknown day', '18900160001', 'SNR'],
    ['an unknown month and day', '18900060001', 'SNR'],
    ['day 31', '18900191001', 'SNR'],
    ['day 32', '18900192001', 'date'],
    ['day 31 of February, as in official test numbers', '18900291001', 'SNR'],
    ['day 31 of February without the offset of a samordningsnummer', '18900231001', 'date'],
    ['month 13', '18901361001', 'date'],
    ['month 0 without the offset of a samordningsnummer', '18900001001', 'date'],
    ['day 0', '18900100001', 'date'],
    ['day 32, as in a Carelink number', '18900132001', 'date'],
    ['a leap day in a century year', '19000229001', 'date'],
    ['a century before 18', '17990101001', 'shape'],
    ['a century after 20', '21000101001', 'shape'],
    ['a letter', '1890010100A', 'shape'],
  ])('answers for %s', (_, head, expected) => {
    expect(checkPersonalNumber(withCheckDigit(head))).toBe(expected);
  });

  it('answers something for any text', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(typeof checkPersonalNumber(text)).toBe('string');
      }),
    );
  });
});

describe('deriveFromPersonalNumber', () => {
  it('reads birth date and sex', () => {
    expect(deriveFromPersonalNumber(TEST_PNR[0])).toEqual({
      birthDate: { precision: 'day', value: '1890-01-01' },
      sex: 'female',
    });
    expect(deriveFromPersonalNumber(TEST_PNR[1])).toEqual({
      birthDate: { precision: 'day', value: '1890-01-02' },
      sex: 'male',
    });
  });

  it.each([
    ['189001610017', { precision: 'day', value: '1890-01-01' }],
    ['189001600018', { precision: 'month', value: '1890-01' }],
    ['189000600010', { precision: 'year', value: '1890' }],
    ['189002910010', null],
  ])('of a samordningsnummer reads as much of the date as there is (%#)', (number, birthDate) => {
    expect(deriveFromPersonalNumber(number).birthDate).toEqual(birthDate);
  });
});
