/**
 * Swedish local time, as PU writes it: the population needs it for made-up moments, many a second, so by arithmetic and not by a time zone
 * database. Summer time is from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October.
 *
 * The hub has an arithmetic of its own, `connectors/sources/pu/swedish-time.ts`, and is not given this one: a sandbox that wrote its times
 * with what the hub reads them with could not tell the hub that it is wrong. A test compares the two.
 */
const HOUR = 3_600_000;

/** The moment as `YYYYMMDDhhmmss`. */
export function localTimestamp(moment: number): string {
  return localText(moment).replace(/[-:T]/g, '');
}

/** The moment as ISO 8601 with offset. */
export function localDateTime(moment: number): string {
  return `${localText(moment)}${isSummer(moment) ? '+02:00' : '+01:00'}`;
}

/** A `YYYYMMDDhhmmss` as ISO 8601 with offset; in the hour that comes twice the first one. */
export function timestampAsDateTime(timestamp: string): string {
  const text = `${timestamp.slice(0, 4)}-${timestamp.slice(4, 6)}-${timestamp.slice(6, 8)}T${timestamp.slice(8, 10)}:${timestamp.slice(10, 12)}:${timestamp.slice(12, 14)}`;
  return `${text}${isSummer(Date.parse(`${text}Z`) - 2 * HOUR) ? '+02:00' : '+01:00'}`;
}

/** Noon of a day, `YYYY-MM-DD`, as ISO 8601 with offset: for what is known by the day only. */
export function noonOf(date: string): string {
  return timestampAsDateTime(`${date.replaceAll('-', '')}120000`);
}

/** The local day as `YYYY-MM-DD`. */
export function localDate(moment: number): string {
  return localText(moment).slice(0, 10);
}

function localText(moment: number): string {
  return new Date(moment + (isSummer(moment) ? 2 : 1) * HOUR).toISOString().slice(0, 19);
}

/** By year, from the first moment of summer time to the first after it. */
const summers = new Map<number, { readonly from: number; readonly to: number }>();

function isSummer(moment: number): boolean {
  const year = new Date(moment).getUTCFullYear();
  let summer = summers.get(year);
  if (summer === undefined) {
    summer = { from: lastSunday(year, 2), to: lastSunday(year, 9) };
    summers.set(year, summer);
  }
  return moment >= summer.from && moment < summer.to;
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0, 1));
  return last.getTime() - last.getUTCDay() * 24 * HOUR;
}
