import { UsageError } from './usage-error.ts';

/** A whole number above zero, for options such as `--limit`. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count === 0) {
    throw new UsageError(`error: "${text}" is not a whole number above 0`);
  }
  return count;
}

/** One of a few words. */
export function parseOneOf<const T extends readonly string[]>(
  words: T,
): (text: string) => T[number] {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) {
      throw new UsageError(`error: "${text}" is none of ${words.join(', ')}`);
    }
    return found;
  };
}
