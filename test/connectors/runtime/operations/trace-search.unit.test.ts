import { describe, expect, it } from 'vitest';
import {
  readSoughtValues,
  soughtText,
  TraceSearch,
  textsIn,
} from '../../../../connectors/runtime/operations/trace-search.ts';
import { TEST_PNR } from '../../../support/person-builder.ts';

const KEY = '018f0000-0000-7000-8000-000000000001';
const search = new TraceSearch({ keys: [KEY], values: [TEST_PNR[0], 'Provgatan 1', 'Åsa'] });

describe('a search for traces', () => {
  it.each([
    ['as it is stored', TEST_PNR[0], 'value'],
    ['with a hyphen', '18900101-9802', 'value'],
    ['in the middle of JSON', `{"extension":"${TEST_PNR[0]}"}`, 'value'],
    ['in other letters', 'PROVGATAN 1 B', 'value'],
    ['with a letter in two parts', 'A\u030asa', 'value'],
    ['of a key', `person ${KEY.toUpperCase()}`, 'key'],
    ['of somebody else', `${TEST_PNR[1]} Provgatan 2`, undefined],
  ] as const)('finds a value %s', (_, text, found) => {
    expect(search.look(['nothing', text])).toBe(found);
  });

  it('knows which values were found anywhere, each in one spelling', () => {
    const noting = new TraceSearch({
      keys: [KEY],
      values: ['18900101-9802', 'Provgatan 1', 'Åsa'],
    });
    expect(noting.found.size).toBe(0);
    noting.look([KEY, TEST_PNR[0], 'Provgatan 1 B']);
    expect([...noting.found].toSorted()).toEqual([TEST_PNR[0], 'provgatan 1']);
    expect(soughtText('18900101-9802')).toBe(soughtText(TEST_PNR[0]));
    expect(soughtText('A\u030asa')).toBe(soughtText('åsa'));
  });

  it('takes a value for more than a key', () => {
    expect(search.look([KEY, 'Provgatan 1'])).toBe('value');
  });

  it('looks into every part of a decoded value', () => {
    const value = { a: [{ b: 'Provgatan 1', c: 7n }], d: null, e: Buffer.from('bytes') };
    expect([...textsIn(value)]).toEqual(expect.arrayContaining(['Provgatan 1', '7', 'bytes', 'b']));
  });
});

describe('the file with what to search for', () => {
  it('has one value a line', () => {
    const text = `# of case 4711\r\n${TEST_PNR[0]}\r\n\n  Provgatan 1  \n`;
    expect(readSoughtValues(text)).toEqual({
      kind: 'values',
      values: [TEST_PNR[0], 'Provgatan 1'],
    });
  });

  it.each([
    ['# nothing\n\n', 'the file names nothing to search for'],
    [
      `${TEST_PNR[0]}\nEva`,
      'line 2 has fewer than 4 characters and would be found in records of others',
    ],
  ])('is refused without a word of what it holds', (text, why) => {
    expect(readSoughtValues(text)).toEqual({ kind: 'refused', why });
  });
});
