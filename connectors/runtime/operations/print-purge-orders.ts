import type {
  OpenConsumerPurge,
  OpenPurgeCount,
  PurgeAckOutcome,
  PurgeStanding,
} from '../../hub-store/consumer-purges.ts';
import type { OpenPurgeOrder } from '../../hub-store/purge-orders.ts';
import { printCount } from './print-status.ts';
import { printTime } from './print-time.ts';

/** `hub purge list`: what consumers have to forget of whom, oldest first. By key, and by name of the field group. */
export function printPurgeOrders(open: number, orders: readonly OpenPurgeOrder[]): string {
  if (open === 0) return 'No purge order is open.';
  return [
    `${printCount(open)} purge order${open === 1 ? '' : 's'} open, oldest first`,
    ...orders.map(({ personKey, reason, fields, upToVersion, orderedAt }) => {
      const what = `up to version ${upToVersion}: ${fields.join(', ')}`;
      return `  ${printTime(orderedAt)}  ${personKey}  ${reason}  ${what}`;
    }),
    ...(orders.length < open ? [`  … and ${printCount(open - orders.length)} more`] : []),
  ].join('\n');
}

/** `hub purge open`: who has not said that it forgot, by age. @param now milliseconds since 1970. */
export function printOpenPurges(
  counts: readonly OpenPurgeCount[],
  purges: readonly OpenConsumerPurge[],
  now: number,
): string {
  const waiting = counts.filter(({ open }) => open > 0);
  if (waiting.length === 0) return 'Every consumer has acknowledged what it was told to forget.';
  const all = waiting.reduce((sum, { open }) => sum + open, 0);
  return [
    ...waiting
      .toSorted((a, b) => b.oldestSeconds - a.oldestSeconds)
      .map(({ consumer, open, oldestSeconds }) => {
        return `${consumer}: ${printCount(open)} not acknowledged, the oldest for ${printAge(oldestSeconds)}`;
      }),
    ...purges.map(({ id, consumer, personKey, reason, fields, dueAt, ageSeconds }) => {
      const late = dueAt < now ? 'late' : `due ${printTime(dueAt)}`;
      const what = `${reason}: ${fields.join(', ')}`;
      return `  ${printAge(ageSeconds)}  ${late}  ${consumer}  order ${id}  ${personKey}  ${what}`;
    }),
    ...(purges.length < all ? [`  … and ${printCount(all - purges.length)} more`] : []),
  ].join('\n');
}

/** What became of `hub purge ack`, or what would, in one line. */
export function printAcknowledged(outcome: PurgeAckOutcome | PurgeStanding): string {
  switch (outcome) {
    case 'open':
      return 'The order is open, and would be acknowledged.';
    case 'acknowledged':
      return 'The order is acknowledged.';
    case 'already':
      return 'The order was acknowledged before; nothing was changed.';
    case 'unknown':
      return 'This consumer was never given an order of this number; nothing was changed. `hub purge open` has the numbers.';
  }
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const;

function printAge(seconds: number): string {
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit === undefined
    ? `${Math.floor(seconds)} s`
    : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
}
