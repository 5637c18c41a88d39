import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isCalendarDay,
  type PartialDate,
  parsePartialDate,
} from '../../../core/person/partial-date.ts';

const day = (value: string): PartialDate => ({ precision: 'day', value });
const month = (value: string): PartialDate => ({ precision: 'month', value });
const year = (value: string): PartialDate => ({ precision: 'year', value });

describe('parsePartialDate', () => {
  it.each<[string, PartialDate | null]>([
    ['18540131', day('1854-01-31')],
    ['18540100', month('1854-01')],
    ['18540000', year('1854')],
    ['18540015', year('1854')],
    ['00000000', null],
    ['1854', year('1854')],
    ['1854-01', month('1854-01')],
    ['1854-01-31', day('1854-01-31')],
    ['1854-01-31T00:00:00', day('1854-01-31')],
    ['1854-01-31T23:59:59.997', day('1854-01-31')],
    ['20000229', day('2000-02-29')],
    ['19960229', day('1996-02-29')],
  ])('reads %s', (text, date) => {
    expect(parsePartialDate(text)).toEqual(date);
  });

  it.each([
    ['', 'nothing'],
    ['185401', 'six digits, which could be YYMMDD'],
    ['18541301', 'month 13'],
    ['18540132', 'day 32'],
    ['18540431', 'a day that its month does not have'],
    ['19000229', 'a leap day in a century year'],
    ['20010229', 'a leap day in an ordinary year'],
    ['00000101', 'year 0'],
    ['1854-00', 'ISO with month 0'],
    ['1854-01-00', 'ISO with day 0'],
    ['1854-1-31', 'a month of one digit'],
    ['1854/01/31', 'other separators'],
    ['1854-01-31T', 'a time that is not there'],
    ['1854-01-31T00:00:00Z', 'a zone'],
    ['1854-01-31 ', 'a blank'],
    ['１８５４０１３１', 'digits of another script'],
    ['1854013A', 'a letter'],
  ])('refuses %j: %s', (text) => {
    expect(parsePartialDate(text)).toBeUndefined();
  });

  it('reads back what it prints, for every date of every precision', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(12), fc.nat(31), (y, m, d) => {
        const text = [String(y).padStart(4, '0'), m, d].map((n) => String(n).padStart(2, '0'));
        const date = parsePartialDate(text.join(''));
        if (date === undefined || date === null) {
          expect(isCalendarDay(y, m, d)).toBe(false);
          return;
        }
        expect(parsePartialDate(date.value)).toEqual(date);
      }),
    );
  });
});
