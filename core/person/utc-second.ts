const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z$/;
const DAYS_BEFORE_1970 = daysFrom(1970, 1, 1);

/**
 * The second, UTC since 1970, of an ISO 8601 instant as the source connectors write it (`2026-01-02T03:04:05.678Z`); parts of a second are cut off.
 * By plain arithmetic of the Gregorian calendar: the core asks no clock and no time zone.
 * @throws TypeError for any other text: the connectors and the store write no other.
 */
export function utcSecondOf(instant: string): number {
  const match = INSTANT.exec(instant);
  if (match === null) throw new TypeError('An instant has the form 2026-01-02T03:04:05Z.');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const days = daysFrom(year, month, day) - DAYS_BEFORE_1970;
  return days * 86_400 + hour * 3_600 + minute * 60 + second;
}

/** Days since 1 March of the year 0; a year begins in March here, so that a leap day stands at its end. */
function daysFrom(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const fromMarch = (month + 9) % 12;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + Math.floor((fromMarch * 153 + 2) / 5) + day;
}
