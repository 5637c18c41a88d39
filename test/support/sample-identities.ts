/** Numbers of each format by the thousand, the same in every run, all with dates on which nobody living was born. */

export interface Sampler {
  /** A whole number from `from` to `to`, zero-padded to `width`. */
  number(from: number, to: number, width: number): string;
  /** One of the characters. */
  pick(characters: string): string;
  /** `YYYYMMDD` from 1850 to 1899, a day that exists in every month. */
  date(): string;
}

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A linear congruential generator: small, and the same numbers everywhere. */
export function createSampler(seed: number): Sampler {
  let state = seed >>> 0;
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const number: Sampler['number'] = (from, to, width) =>
    String(from + below(to - from + 1)).padStart(width, '0');
  return {
    number,
    pick: (characters) => characters.charAt(below(characters.length)),
    date: () => number(1850, 1899, 4) + number(1, 12, 2) + number(1, 28, 2),
  };
}

/** How numbers of a format are made; `?` stands for a check digit, which the caller tries out. */
export const SAMPLES: Readonly<Record<string, (s: Sampler) => string>> = {
  PNR: (s) => `${s.date()}${s.number(1, 999, 3)}?`,
  SNR: (s) =>
    `${s.number(1850, 1899, 4)}${s.number(0, 12, 2)}${s.number(60, 91, 2)}${s.number(1, 999, 3)}?`,
  NRID: (s) => {
    const head = s.pick('01') === '0' ? '22' : '97';
    return `${head}${s.date().slice(2)}${s.pick('ABCDEFGH')}${s.pick('JKLMNPRS')}${s.pick('0123456789AXYZ')}?`;
  },
  SLL: (s) => `99${s.number(1980, 2299, 4)}${s.number(0, 99_999, 5)}?`,
  VGRL: (s) => `${s.date()}${s.pick('KMX')}${s.number(6, 89, 2)}?`,
  VGRG: (s) => `${s.date()}${s.pick('ABCDEFHJKLMNPRSTUVWXY')}${s.number(0, 999, 3)}`,
  LIV: (s) =>
    `${s.date()}S${s.pick('FUXPL')}${s.number(0, 9, 1)}${s.pick('ABCDEFGHIJKLMNOPQRSTUWXYZ')}`,
  CLNK: (s) =>
    `${s.number(1850, 1899, 4)}${s.number(1, 12, 2)}${s.number(32, 59, 2)}${s.number(0, 999, 3)}?`,
  RH: (s) =>
    `${s.number(1850, 1899, 4)}${s.number(1, 12, 2)}${s.number(32, 59, 2)}${s.number(0, 9999, 4)}`,
  ROL: (s) => `${s.date()}T${s.pick(LETTERS)}${s.number(0, 9, 1)}${s.pick('ABCDEFGHIJ')}`,
  SKANE: (s) => `${s.date()}${s.pick('DEF')}${s.pick(LETTERS)}${s.pick('01')}${s.pick(LETTERS)}`,
  RB: (s) =>
    `${s.date()}${s.pick(LETTERS)}${s.pick(LETTERS)}${s.number(0, 9, 1)}${s.pick(LETTERS)}`,
  RSR: (s) =>
    `${s.date()}${s.pick(LETTERS)}${s.pick(LETTERS)}${s.number(0, 9, 1)}${s.pick(LETTERS)}`,
  RVN: (s) => `${s.date()}${s.number(0, 999, 3)}R`,
  RSK: (s) =>
    `${s.pick('56') === '5' ? '1850' : '1860'}0101${s.pick('MNKP')}${s.number(100, 999, 3)}`,
  RV: (s) => `${s.date()}${s.pick('REKA')}${s.number(0, 999, 3)}`,
  RG: (s) => `${s.date()}${s.number(0, 99, 2)}${s.pick('MKX')}${s.number(0, 9, 1)}`,
  RD: (s) => `${s.date()}${s.pick(LETTERS)}${s.number(0, 999, 3)}`,
};

/** @returns `template` with the check digit for which `fits` is true. */
export function withCheckDigit(template: string, fits: (text: string) => boolean): string {
  if (!template.endsWith('?')) return template;
  const head = template.slice(0, -1);
  for (const digit of '0123456789') if (fits(head + digit)) return head + digit;
  throw new Error('No check digit fits: the sample is not of its format.');
}
