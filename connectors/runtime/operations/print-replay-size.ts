/** `hub consumers replay --all` and `drop` before they are done: how much it would be. No person is in it. */
import type { ConsumerProfile, DeliveryWay } from '../../../core/disclosure/consumer-profile.ts';
import type { ReplaySize } from '../../hub-store/consumer-reads.ts';
import { printCount } from './print-status.ts';

/** How many persons are gone through for a replay of everybody, and how much the consumer gets by it. */
export function printReplaySize(
  { name, delivery }: Pick<ConsumerProfile, 'name' | 'delivery'>,
  { persons, has, gone }: ReplaySize,
): string {
  return `About ${printCount(persons)} persons are gone through. ${name} gets about ${printAgain(delivery, has, gone)}.`;
}

function printAgain(delivery: DeliveryWay, has: number, gone: number): string {
  const left = gone === 0 ? '' : ` and ${printCount(gone)} of who left it`;
  if (delivery.kind === 'table') return `${printCount(has)} rows again${left}`;
  if (delivery.content === 'thin-signal') return `${printCount(has)} events of who is there`;
  const tombstones = gone === 0 ? '' : ` and ${printCount(gone)} tombstones`;
  return `${printCount(has)} states${tombstones} again`;
}

/** How much is taken back of a consumer that is dropped. */
export function printDropSize(name: string, { has }: ReplaySize): string {
  return `Everything that ${name} was sent is taken back, person by person, of ${printCount(has)} persons; then its topics or tables are deleted.`;
}
