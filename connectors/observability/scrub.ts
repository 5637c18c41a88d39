/**
 * The second net under the log-safe types: what looks like a personal identity does not get into a log line. The first net is
 * that such a value does not compile where it could be logged.
 */
import type { LogSafe } from '../../core/errors/log-safe.ts';

const WITHHELD = '[withheld]';

/** A person key is a UUID, whose digits can look like a personal number by chance. */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** PNR, SNR, NRID and every local format: six or eight digits, perhaps a separator, and four letters or digits. */
const IDENTITY = '(?<!\\d)\\d{6}(?:\\d{2})?[-+ ]?[0-9A-Za-z]{4}(?![0-9A-Za-z])';
const UUID_OR_IDENTITY = new RegExp(`(${UUID})|${IDENTITY}`, 'g');
/** `epoch:version` of a source position. */
const POSITION = /^\d{1,9}:\d{1,20}$/;

/** Replaces everything in a text that looks like a personal identity. */
export function scrubText(text: string): string {
  if (POSITION.test(text)) return text;
  return text.replace(UUID_OR_IDENTITY, (match: string, uuid: string | undefined) =>
    uuid === undefined ? WITHHELD : match,
  );
}

/** The value as it may be printed. A number that could be a personal number is withheld as well. */
export function scrubValue(value: LogSafe): string | number | boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return scrubText(value);
  if (couldBePersonalNumber(String(value))) return WITHHELD;
  return typeof value === 'bigint' ? String(value) : value;
}

/**
 * What may be printed of a message that an outside library wrote: its beginning. Libraries quote values, put them in brackets,
 * print parameters behind an equals sign; from the first such character, or from what looks like an identity, everything is
 * left out. Codes and numbers say the rest.
 */
export function scrubOutsideMessage(message: string): string {
  const end = message.search(/["'`´’‘“”«»({[<=\r\n]|(?:\d[ \-+]?){6}/);
  const kept = (end === -1 ? message : message.slice(0, end)).slice(0, 200).trimEnd();
  return kept.length === message.trimEnd().length ? kept : `${kept} ${WITHHELD}`.trimStart();
}

/** Ten or twelve digits with a possible month and day, and a check digit that fits. */
function couldBePersonalNumber(digits: string): boolean {
  const match = /^(?:1[89]|20)?(\d{2}(\d{2})(\d{2})\d{4})$/.exec(digits);
  if (match?.[1] === undefined) return false;
  const month = Number(match[2]);
  const day = Number(match[3]) % 60;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && hasLuhnDigit(match[1]);
}

function hasLuhnDigit(tenDigits: string): boolean {
  let sum = 0;
  for (const [index, digit] of [...tenDigits].entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return sum % 10 === 0;
}
