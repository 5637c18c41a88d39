import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../../core/mapping/clean-text.ts';

/** A text as it looks when its UTF-8 bytes are read in another code page. */
const misread = (text: string, as: 'latin1' | 'windows-1252'): string => {
  const bytes = new TextEncoder().encode(text);
  return as === 'latin1'
    ? String.fromCharCode(...bytes)
    : new TextDecoder('windows-1252').decode(bytes);
};

const NAMES = [
  'Åsa',
  'Björn',
  'ÖRJAN ÄNGQVIST',
  'André',
  'Müller',
  'Søren Ø',
  'Łukasz Dvořák',
  'Šárka Čapková',
  'François Ibáñez',
  "O'Brien",
  'D’Arcy',
  'Anna-Lena af Ugglas',
  'JOÃO ÂNGELO',
  'Þórður',
  'Nguyễn Thị',
  'Ωμέγα',
  'محمد',
  '王小明',
  'Kvarnen 1:23, lgh 1101 (u.h.)',
  '“Kalle” & Co – 50 %',
];

describe('cleanText', () => {
  it.each(NAMES)('keeps %s', (name) => {
    expect(cleanText(name)).toBe(name);
  });

  it.each(['', ' ', '   ', '\u00a0', '\r\n'])('makes null of blanks (%#)', (blank) => {
    expect(cleanText(blank)).toBeNull();
  });

  it('takes the blanks of char(n) away', () => {
    expect(cleanText('Testberg            ')).toBe('Testberg');
  });

  it('composes accents, so that two ways of writing a letter are one text', () => {
    expect(cleanText('Åsa'.normalize('NFD'))).toBe('Åsa');
    expect(cleanText('Nguyễn'.normalize('NFD'))).toBe('Nguyễn');
  });

  it.each(['å', 'ä', 'ö', 'Å', 'Ä', 'Ö', 'é', 'É', 'ü', 'à', 'ø', 'ç', 'ñ', '§', '–', '’'])(
    'refuses %s of UTF-8 that was read as Latin-1 or Windows-1252',
    (letter) => {
      expect(cleanText(misread(`Test${letter}berg`, 'latin1'))).toBeUndefined();
      expect(cleanText(misread(`Test${letter}berg`, 'windows-1252'))).toBeUndefined();
    },
  );

  it.each([
    ['the replacement character', 'Bj\ufffdrn'],
    ['a null character', 'Test\u0000berg'],
    ['a line break inside', 'Storgatan 1\nUppsala'],
    ['a tab inside', 'Test\tberg'],
    ['a C1 control character, as of code page 437 or 850', 'Bj\u0094rn'],
    ['delete', 'Test\u007fberg'],
    ['the first half of a surrogate pair', 'Test\ud83d'],
    ['the second half of a surrogate pair', '\ude00Test'],
  ])('refuses %s', (_, text) => {
    expect(cleanText(text)).toBeUndefined();
  });

  it('gives the same text when it is done again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const once = cleanText(text);
        if (typeof once === 'string') expect(cleanText(once)).toBe(once);
      }),
    );
  });
});
