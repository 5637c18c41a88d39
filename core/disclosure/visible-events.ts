import type { FieldGroup } from '../golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../golden-record/hidden-groups.ts';
import type { PersonEvent } from '../golden-record/person-event.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import type { ConsumerEvent } from './delivery.ts';

/** A business event as the hub published it. */
export interface PublishedEvent extends PersonEvent {
  readonly version: number;
  readonly recordedAt: number;
}

/** Who is told of a person is told of every one of these, whatever groups they changed. */
const FOR_EVERYONE: ReadonlySet<PersonEvent['type']> = new Set([
  'registered',
  'persons-merged',
  'persons-split',
  'erased',
]);

/**
 * What happened in groups that the consumer sees, with these groups alone. Who gets nobody protected does not see protection come and go.
 *
 * @param isProtected whether the person is protected now: then no hidden group is named, whatever happened before.
 */
export function visibleEvents(
  events: readonly PublishedEvent[],
  { groups, protectedPersons }: ConsumerProfile,
  isProtected: boolean,
): readonly ConsumerEvent[] {
  const isSeen = (group: FieldGroup): boolean =>
    (group === 'identities' ||
      (group === 'protection' && protectedPersons === 'masked') ||
      (groups as ReadonlySet<FieldGroup>).has(group)) &&
    !(isProtected && HIDDEN_GROUPS.has(group));
  return events.flatMap(
    ({ type, version, effectiveDate, changed, recordedAt }): ConsumerEvent[] => {
      const seen = changed.filter(isSeen);
      if (seen.length === 0 && !FOR_EVERYONE.has(type)) return [];
      return [{ type, version, effectiveDate, changed: seen, recordedAt }];
    },
  );
}
