/** Finding traces of one person in whatever text there is. */

/** What is searched for. Personal data. */
export interface SoughtTraces {
  /** Keys of the hub: random, so where nothing else is found they lead to nobody. */
  readonly keys: readonly string[];
  /** Identities, names, addresses … as the operator gave them. */
  readonly values: readonly string[];
}

/** What one piece of text has: something of the person, or no more than a key. */
export type FoundTrace = 'value' | 'key' | undefined;

/** Shorter ones are in everybody's records. */
const SHORTEST = 4;
/** Identities are written with and without a separator. */
const LOOKS_LIKE_IDENTITY = /\d{6}[-+ ]?[0-9a-z]{4}$/;
const SEPARATORS = /[-+ ]/g;

/** Upper and lower case, separators in identities, and the two ways to write a letter with a ring make no difference. */
export class TraceSearch {
  readonly #keys: readonly string[];
  readonly #values: readonly string[];
  readonly #identities: readonly string[];
  readonly #found = new Set<string>();

  constructor({ keys, values }: SoughtTraces) {
    const wanted = values.map(plain);
    this.#keys = keys.map(plain);
    this.#values = wanted;
    this.#identities = wanted.filter(isLikeIdentity).map(withoutSeparators);
  }

  /** Everything that was found so far, as {@link soughtText}. */
  get found(): ReadonlySet<string> {
    return this.#found;
  }

  look(texts: Iterable<string>): FoundTrace {
    let [hasKey, hasValue] = [false, false];
    for (const text of texts) {
      const searched = plain(text);
      // To the end, although one is enough: it is noted which ones there are.
      if (this.#note(this.#values, searched)) hasValue = true;
      if (this.#identities.length > 0) {
        if (this.#note(this.#identities, withoutSeparators(searched))) hasValue = true;
      }
      hasKey ||= this.#keys.some((key) => searched.includes(key));
    }
    if (hasValue) return 'value';
    return hasKey ? 'key' : undefined;
  }

  #note(values: readonly string[], searched: string): boolean {
    let isAny = false;
    for (const value of values) {
      if (!searched.includes(value)) continue;
      isAny = true;
      this.#found.add(soughtText(value));
    }
    return isAny;
  }
}

/** A value in the one spelling that stands for all that are found as the same. */
export function soughtText(value: string): string {
  const text = plain(value);
  return isLikeIdentity(text) ? withoutSeparators(text) : text;
}

function isLikeIdentity(plainText: string): boolean {
  return LOOKS_LIKE_IDENTITY.test(plainText);
}

function withoutSeparators(text: string): string {
  return text.replace(SEPARATORS, '');
}

function plain(text: string): string {
  return text.normalize('NFC').toLowerCase();
}

/**
 * The values of a file, one a line: empty lines and those that begin with `#` are left out.
 * @returns why the file cannot be used, without a word of what is in it.
 */
export function readSoughtValues(
  text: string,
):
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string } {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const values = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (values.length === 0) return { kind: 'refused', why: 'the file names nothing to search for' };
  const short = lines.findIndex((line) => values.includes(line) && line.length < SHORTEST);
  return short === -1
    ? { kind: 'values', values }
    : {
        kind: 'refused',
        why: `line ${short + 1} has fewer than ${SHORTEST} characters and would be found in records of others`,
      };
}

/** Every text in a decoded value, also the names of its fields. */
export function* textsIn(value: unknown): Generator<string, void, undefined> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'number' || typeof value === 'bigint') yield String(value);
  else if (Buffer.isBuffer(value)) yield value.toString('utf8');
  else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      yield name;
      yield* textsIn(part);
    }
  }
}
