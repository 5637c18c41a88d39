/** How a batch of values becomes one parameter of one statement. */

/**
 * An array literal of values that need no quoting: keys, hashes, numbers, ISO times. The driver's own array code looks at every
 * character of every element, which for a batch of thousands is the larger part of its CPU.
 */
export function plainArray(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}

/** Separates JSON texts in one parameter, as in RFC 7464: JSON escapes every control character, so it is in none of them. */
const RECORD_SEPARATOR = '\x1e';

/** JSON texts as one parameter, without a scan or an escape; read in SQL by {@link jsonTexts}. */
export function joinJson(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(RECORD_SEPARATOR);
}

/** The SQL for an array of JSON texts from the parameter; the JSON value `null` becomes SQL's NULL. */
export function jsonTexts(parameter: `$${number}`): string {
  return `string_to_array(${parameter}, E'\\x1e', 'null')`;
}
