const REPLACEMENT_CHARACTER = 0xfffd;
/** `Ã` and `Â`: how the first byte of å, ä, ö, é, ü … in UTF-8 looks when it is read as Latin-1 or Windows-1252. */
const UTF8_LEAD = [0xc3, 0xc2];
/** `â€`: the same for dashes and typographic quotes. */
const UTF8_LEAD_OF_THREE = 0xe2;
const EURO_SIGN = 0x20ac;
/** How the bytes 0x80 to 0x9F look in Windows-1252 where that is not a control character. */
const WINDOWS_1252 = new Set(
  Array.from('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ', (character) => character.charCodeAt(0)),
);

/**
 * A text of a register, made ready to compare: without blanks around it, accents composed (NFC), null when nothing is left.
 *
 * @returns undefined when the text was read or written in the wrong code page or holds control characters. Names with any
 * letter of any language pass; only what no name has is taken as damage.
 */
export function cleanText(value: string): string | null | undefined {
  const text = value.trim();
  if (text === '') return null;
  let hasCombining = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code < 0x7f) continue;
    if (code < 0xa0) return undefined;
    if (isDamage(text, i, code)) return undefined;
    hasCombining ||= code >= 0x300 && code <= 0x36f;
  }
  return hasCombining ? text.normalize('NFC') : text;
}

/** @param code that of the character at `i`, not ASCII and no control character. */
function isDamage(text: string, i: number, code: number): boolean {
  if (code === REPLACEMENT_CHARACTER) return true;
  if (UTF8_LEAD.includes(code)) return isContinuation(text.charCodeAt(i + 1));
  if (code === UTF8_LEAD_OF_THREE) return text.charCodeAt(i + 1) === EURO_SIGN;
  // Half a surrogate pair cannot be stored or sent as UTF-8.
  if (code >= 0xd800 && code <= 0xdbff) return !isLowSurrogate(text.charCodeAt(i + 1));
  if (code >= 0xdc00 && code <= 0xdfff) return !isHighSurrogate(text.charCodeAt(i - 1));
  return false;
}

/** Whether the character is what a continuation byte of UTF-8, 0x80 to 0xBF, is read as. */
function isContinuation(code: number): boolean {
  return (code >= 0x80 && code <= 0xbf) || WINDOWS_1252.has(code);
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
