import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { Disclosure } from '../../../core/disclosure/disclosed-person.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';

/** What a consumer would get of one person. Personal data. */
export interface DisclosurePreview {
  /** The key that was asked for. */
  readonly asked: PersonKey;
  /** The key that the person has now, and under which the consumer would get the record. */
  readonly personKey: PersonKey;
  /** Of the golden record; null: none was ever written. */
  readonly version: number | null;
  readonly disclosure: Disclosure;
}

/**
 * What a consumer would get of a person now, by the golden record in the store. The consumer's list is not looked at and nothing counts as sent before:
 * whoever would have to be listed counts as listed.
 *
 * @param asked a person key, or the key of any identity of the person: those redirect.
 * @returns undefined when nobody has this key.
 */
export async function previewDisclosure(
  store: Pick<HubStore, 'readLineage'>,
  profile: ConsumerProfile,
  asked: PersonKey,
): Promise<DisclosurePreview | undefined> {
  const lineage = await store.readLineage(asked);
  if (lineage === undefined) return undefined;
  const { personKey, person } = lineage;
  const golden = person?.golden ?? null;
  return {
    asked,
    personKey,
    version: person?.version ?? null,
    disclosure: disclose(golden, profile, { isListed: true, wasSent: false }),
  };
}
