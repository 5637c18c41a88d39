/**
 * Check digits, computed here and not in core on purpose: the population then also tests core's own arithmetic.
 */

/** Over the digits from the right, the first one doubled (modulus 10). */
export function luhn(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const doubled = (text.charCodeAt(text.length - 1 - i) - 48) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

/**
 * As {@link luhn}, but a letter counts as its ASCII code, and the digits of every product are added (PU wiki, Nationellt
 * Reservidformat).
 */
export function nationalReserveCheckDigit(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(body.length - 1 - i);
    let product = (code < 58 ? code - 48 : code) * (i % 2 === 0 ? 2 : 1);
    for (; product > 0; product = Math.floor(product / 10)) sum += product % 10;
  }
  return String((10 - (sum % 10)) % 10);
}

/** A number whose check digit is wrong, and so no number at all. */
export function withWrongCheckDigit(number: string): string {
  return number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10);
}
