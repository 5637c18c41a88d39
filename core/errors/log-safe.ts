/**
 * What may stand in a log line, a metric label or an error. A person, a name or an identity has none of these types, so it
 * does not compile there; see house rules 21 and 22 in CONTRIBUTING.
 */

declare const logSafe: unique symbol;

/** Text that is known to hold no personal data. Made only by {@link safeText}, {@link safeWord} and the branded ids. */
export type SafeText = string & { readonly [logSafe]: true };

/** Everything that the logger and {@link HubError} accept. */
export type LogSafe = SafeText | number | bigint | boolean | null;

/** The fields of one log line or error: names to log-safe values. */
export type LogSafeFields = Readonly<Record<string, LogSafe | undefined>>;

/**
 * A text written in our own source. A `string` does not compile, nor a template with a `string` in it: such a type could have any
 * text as its value, and then an object with all its values as keys may as well be empty.
 */
export type Literal<S extends string> =
  Readonly<Record<never, never>> extends Readonly<Record<S, true>> ? never : S;

/** A literal of our own source code is log-safe. */
export function safeText<const S extends string>(literal: Literal<S>): SafeText {
  return literal as string as SafeText;
}

const WORD = /^[\p{L}\p{N}_.:/\-[\]() ,=+*@]{0,160}$/u;
/** Six digits in a row could be a birth date; a path, table, topic or driver code never needs them. */
const COULD_BE_IDENTITY = /\d{6}/;

/**
 * Technical names that come from outside (a table, a column, a topic, a driver's code). What could hold a personal identity
 * comes out as `[withheld]`.
 */
export function safeWord(value: string): SafeText {
  const safe = WORD.test(value) && !COULD_BE_IDENTITY.test(value);
  return (safe ? value : '[withheld]') as SafeText;
}
