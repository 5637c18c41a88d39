import { type PersonKey, parsePersonKey } from '../../core/person/person-identifier.ts';
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

/** The key of a person or of one of the person's identities. */
export function parseKey(text: string): PersonKey {
  const key = parsePersonKey(text.toLowerCase());
  if (key === undefined) {
    throw new UsageError('error: a person key is a UUID; a personal identity is not accepted here');
  }
  return key;
}
