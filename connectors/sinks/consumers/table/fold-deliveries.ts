import type { ConsumerEvent, OutgoingDelivery } from '../../../../core/disclosure/delivery.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';

/** A delivery with a state: a record, or null for a tombstone. */
export type StateDelivery = OutgoingDelivery & {
  readonly state: NonNullable<OutgoingDelivery['state']> | null;
};

export interface VersionPair {
  readonly generation: number;
  readonly version: number;
}

/**
 * True when `next` may not follow on `last`. The generation is compared first. The same pair again may: it is a repetition, which changes nothing, or
 * somebody who left a list and came back to it, of whom the hub has no newer version.
 */
export function isOlder(next: VersionPair, last: VersionPair): boolean {
  return (
    next.generation < last.generation ||
    (next.generation === last.generation && next.version < last.version)
  );
}

/** Of several states of one person the one that stays, as if they had been written one after the other. */
export function lastStates(
  deliveries: readonly OutgoingDelivery[],
): ReadonlyMap<PersonKey, StateDelivery> {
  const last = new Map<PersonKey, StateDelivery>();
  for (const delivery of deliveries) {
    const { state } = delivery;
    if (state === undefined) continue;
    const before = last.get(delivery.personKey);
    if (before === undefined || !isOlder(delivery, before)) {
      last.set(delivery.personKey, { ...delivery, state });
    }
  }
  return last;
}

/** An event's stable id, as on the hub's own topics: `<person key>:<version>:<type>`. */
export function eventIdOf(personKey: PersonKey, { version, type }: ConsumerEvent): string {
  return `${personKey}:${version}:${type}`;
}
