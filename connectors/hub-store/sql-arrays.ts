/** How a batch of values becomes one parameter of one statement. */

/**
 * An array literal of values that need no quoting: keys, hashes, numbers, ISO times. The driver's own array code looks at every
 * character of every element, which for a batch of thousands is the larger part of its CPU.
 */
export function plainArray(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}

/** Letters, digits and what stands in base64url and ISO times: nothing that an array literal has a use for. */
const PLAIN = /^[\w:.+-]+$/;
/** Without quotes it would be no text at all. */
const NULL = /^null$/i;

/**
 * A parameter for text that came from outside and can be anything: `k1,k2` must not become two elements. Our own keys need no quotes, so
 * they go the fast way of {@link plainArray}; whatever needs some is left to the driver.
 * @throws TypeError for a text with the character NUL, which PostgreSQL cannot hold: whoever lets text in refuses it there.
 */
export function textArray(values: readonly string[]): string | readonly string[] {
  if (values.every((value) => PLAIN.test(value) && !NULL.test(value))) return plainArray(values);
  if (values.some((value) => value.includes('\u0000'))) {
    throw new TypeError('Text with the character NUL cannot be stored.');
  }
  return values;
}

/** Separates JSON texts in one parameter, as in RFC 7464: JSON escapes every control character, so it is in none of them. */
const RECORD_SEPARATOR = '\x1e';

/** JSON texts as one parameter, without a scan or an escape; read in SQL by {@link jsonTexts}. */
export function joinJsonTexts(texts: readonly string[]): string {
  return texts.join(RECORD_SEPARATOR);
}

/** The SQL for an array of JSON texts from the parameter; the JSON value `null` becomes SQL's NULL. */
export function jsonTexts(parameter: `$${number}`): string {
  return `string_to_array(${parameter}, E'\\x1e', 'null')`;
}
