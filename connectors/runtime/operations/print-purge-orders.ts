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
