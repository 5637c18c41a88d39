import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { Disclosure } from '../../../core/disclosure/disclosed-person.ts';
import type { Standing } from '../../../core/disclosure/left-out.ts';
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
  /** The consumer was not added yet: it counts as having listed the person, and as having been sent nothing. */
  readonly isAssumed: boolean;
}

/**
 * What a consumer would get of a person now, by the golden record in the store. Of a consumer that was added by its list and by what it was sent; of
 * another one nothing of that is known.
 *
 * @param asked a person key, or the key of any identity of the person: those redirect.
 * @returns undefined when nobody has this key.
 */
export async function previewDisclosure(
  store: Pick<HubStore, 'readLineage' | 'consumers' | 'deliveries'>,
  profile: ConsumerProfile,
  asked: PersonKey,
): Promise<DisclosurePreview | undefined> {
  const lineage = await store.readLineage(asked);
  if (lineage === undefined) return undefined;
  const { personKey, person } = lineage;
  const golden = person?.golden ?? null;
  const standing = await readStanding(store, profile, personKey);
  return {
    asked,
    personKey,
    version: person?.version ?? null,
    disclosure: disclose(golden, profile, standing ?? ASSUMED),
    isAssumed: standing === undefined,
  };
}

const ASSUMED: Standing = { isListed: true, wasSent: false };

/** @returns undefined when the consumer was not added. */
async function readStanding(
  { consumers, deliveries }: Pick<HubStore, 'consumers' | 'deliveries'>,
  { name, persons }: ConsumerProfile,
  key: PersonKey,
): Promise<Standing | undefined> {
  const consumer = await consumers.find(name);
  if (consumer === undefined) return undefined;
  const { listed, delivered } = await deliveries.facts(consumer.id, [key], persons.kind === 'list');
  const last = delivered.get(key);
  return { isListed: listed.has(key), wasSent: last !== undefined && last.kind !== 'gone' };
}
