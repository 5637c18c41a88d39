/**
 * PU writes times in Swedish local time without a zone, 14 digits to the second (TKB 5.1 ch. 5.2). One hour comes twice every autumn, and
 * one never comes in spring. Records carry such a time each, so this is arithmetic; `Intl` is asked only about years with older rules.
 */

const HOUR = 3600;
/** CET and CEST, in seconds east of UTC. */
const WINTER = HOUR;
const SUMMER = 2 * HOUR;
/** Since this year summer time ends in the whole Union on the last Sunday in October (directives 94/21/EC and 2000/84/EC). */
const FIRST_YEAR_OF_THE_RULE = 1996;
/** What is earlier is no time of a register, but what a program writes for none. */
const FIRST_YEAR = 1900;

/**
 * The moment of a version, in seconds since 1970. In the hour that comes twice it is the later of the two moments, unless that lies after
 * `askedAtSeconds`: nobody can be told of a change that was not made yet. A time in the hour that spring leaves out is read as winter time.
 *
 * @param version14 `YYYYMMDDhhmmss` in Swedish local time.
 * @param askedAtSeconds when the answer with the version was asked for, in seconds since 1970.
 * @returns undefined when the text is no such time, or one before 1900.
 */
export function versionToSecond(version14: string, askedAtSeconds: number): number | undefined {
  const local = parseLocal(version14);
  if (local === undefined) return undefined;
  const { earliest, latest } = momentsOf(local);
  return latest <= askedAtSeconds ? latest : earliest;
}

/**
 * A moment as the text that a question can hold, `YYYYMMDDhhmmss`. Inside the hour that comes twice it is the first second of that hour:
 * PU compares texts, so a later one would hide changes of the second pass.
 */
export function sinceText(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  const local = second + offsetAt(second);
  const { earliest, latest } = momentsOf(local);
  return formatLocal(earliest === latest ? local : local - (local % HOUR));
}

/** The same as {@link sinceText} in the form of an xs:dateTime without a zone, `YYYY-MM-DDThh:mm:ss`. */
export function sinceDateTime(milliseconds: number): string {
  return sinceText(milliseconds).replace(
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/,
    '$1-$2-$3T$4:$5:$6',
  );
}

const LOCAL = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;

/** Local times are counted in seconds as if they were UTC. */
function parseLocal(text: string): number | undefined {
  const match = LOCAL.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  if (year < FIRST_YEAR) return undefined;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const seconds = local.getTime() / 1000;
  // A day or an hour that does not exist would have become another one.
  return formatLocal(seconds) === text ? seconds : undefined;
}

function formatLocal(local: number): string {
  return new Date(local * 1000).toISOString().slice(0, 19).replace(/[-:T]/g, '');
}

function momentsOf(local: number): { readonly earliest: number; readonly latest: number } {
  // Every change of the clock within a day of it, and never two.
  const before = offsetAt(local - 24 * HOUR);
  const after = offsetAt(local + 24 * HOUR);
  if (before === after) return { earliest: local - before, latest: local - before };
  const candidates = [local - before, local - after].filter(
    (second) => second + offsetAt(second) === local,
  );
  // No candidate: the hour that spring leaves out. The clock had not been set forward yet.
  if (candidates.length === 0) return { earliest: local - before, latest: local - before };
  return { earliest: Math.min(...candidates), latest: Math.max(...candidates) };
}

/** Seconds east of UTC at a moment. */
function offsetAt(second: number): number {
  const year = new Date(second * 1000).getUTCFullYear();
  if (year < FIRST_YEAR_OF_THE_RULE) return offsetByIntl(second);
  const { spring, autumn } = summerOf(year);
  return second >= spring && second < autumn ? SUMMER : WINTER;
}

interface Summer {
  readonly spring: number;
  readonly autumn: number;
}

const summers = new Map<number, Summer>();

/** Both changes are made at 01:00 UTC, on the last Sundays of March and October. */
function summerOf(year: number): Summer {
  const known = summers.get(year);
  if (known !== undefined) return known;
  const summer = { spring: lastSundayAtOne(year, 2), autumn: lastSundayAtOne(year, 9) };
  summers.set(year, summer);
  return summer;
}

/** @param month from 0; one with 31 days. */
function lastSundayAtOne(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month, 31, 1));
  return lastDay.getTime() / 1000 - lastDay.getUTCDay() * 24 * HOUR;
}

let stockholm: Intl.DateTimeFormat | undefined;

function offsetByIntl(second: number): number {
  // Made once, since making one is slow, and only when an old time turns up.
  stockholm ??= new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Stockholm',
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const local = Date.parse(`${stockholm.format(second * 1000).replace(' ', 'T')}Z`);
  return local / 1000 - second;
}
