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

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment that is over, with its zone. @returns milliseconds since 1970. */
export function parseTime(text: string): number {
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(
      `error: "${text}" is not a time with its zone, such as 2026-11-30T08:00:00Z`,
    );
  }
  if (at > Date.now()) throw new UsageError('error: the time is still to come');
  return at;
}
