import type { ConsumerAgreement } from '../../hub-store/consumer-rows.ts';

/**
 * How an agreement stands. `ends-soon`: within 30 days. `over`: somebody has to decide; the consumer is fed on meanwhile, since care that loses
 * its persons at midnight is no answer to an agreement that nobody renewed.
 */
export type AgreementStanding =
  | { readonly kind: 'valid' }
  | { readonly kind: 'ends-soon'; readonly daysLeft: number }
  | { readonly kind: 'over'; readonly daysOver: number };

/** So long before its end an agreement is named. */
const WARN_DAYS = 30;

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** @param at milliseconds since 1970. The last day counts whole, by the calendar of Sweden. */
export function standingOf(
  { validTo }: Pick<ConsumerAgreement, 'validTo'>,
  at: number,
): AgreementStanding {
  const daysLeft = daysToEnd({ validTo }, at);
  if (daysLeft < 0) return { kind: 'over', daysOver: -daysLeft };
  return daysLeft <= WARN_DAYS ? { kind: 'ends-soon', daysLeft } : { kind: 'valid' };
}

/** 0 on the last day, below 0 when it is over. @param at milliseconds since 1970. */
export function daysToEnd({ validTo }: Pick<ConsumerAgreement, 'validTo'>, at: number): number {
  return Math.round((Date.parse(validTo) - Date.parse(swedishDate(at))) / DAY);
}

/** The day in Sweden, ISO 8601. @param at milliseconds since 1970. */
export function swedishDate(at: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: 'Europe/Stockholm',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: 'year' | 'month' | 'day'): string =>
    parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** Whether a text is a day that exists, ISO 8601. */
export function isDate(text: string): boolean {
  return DATE.test(text) && isSameDay(text);
}

function isSameDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
