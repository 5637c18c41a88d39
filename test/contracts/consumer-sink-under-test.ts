/** What the contract suite of consumers' sinks needs: a sink, and the eyes of the consumer behind it. */
import { randomUUID } from 'node:crypto';
import type { ConsumerSink } from '../../connectors/sinks/consumers/consumer-sink.ts';
import type {
  ConsumerEvent,
  DisclosedRecord,
  OutgoingDelivery,
} from '../../core/disclosure/delivery.ts';
import { disclose } from '../../core/disclosure/disclose.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import { type PersonKey, parsePersonKey } from '../../core/person/person-identifier.ts';
import { NEW, personOf, profileOf, protectedOf } from '../core/disclosure/disclosure-builder.ts';

/** What a consumer has of a person, when it goes by the rules: an older (generation, version) is not taken. */
export interface HeldPerson {
  readonly kind: DisclosedRecord['kind'];
  readonly generation: number;
  readonly version: number;
  readonly surname: string | null;
  readonly identities: number;
  /** Rows or entries of all that is hidden of somebody protected: addresses, contacts, relations, contact persons. */
  readonly hidden: number;
}

export interface ConsumerSinkUnderTest extends AsyncDisposable {
  /** One more sink to the same place, prepared. */
  open(): Promise<ConsumerSink>;
  /** Who is not there is absent. */
  held(keys: readonly PersonKey[]): Promise<ReadonlyMap<PersonKey, HeldPerson>>;
  /** Ids of the orders about a person, each as often as the consumer acts on it. */
  orders(personKey: PersonKey): Promise<readonly string[]>;
  /** `<version>:<type>` of the events about a person, each as often as the consumer acts on it. */
  events(personKey: PersonKey): Promise<readonly string[]>;
  /** The next delivery loses its connection when part of it is over there. */
  cutNext(): void;
  /** Nobody reaches the place any more, until it is back. */
  takeAway(): void;
  bringBack(): void;
}

/** A person whom no test before has seen. */
export function freshKey(): PersonKey {
  const key = parsePersonKey(randomUUID());
  if (key === undefined) throw new TypeError('no key was made');
  return key;
}

/** What a consumer that gets everything is told of a person with this surname. */
export function recordOf(surname: string): DisclosedRecord {
  return told(personOf({ name: { ...personOf().name, surname } }));
}

/** The same of a protected one. */
export function maskedRecordOf(surname: string): DisclosedRecord {
  return told(protectedOf({ name: { ...personOf().name, surname } }));
}

function told(golden: GoldenRecord): DisclosedRecord {
  const disclosure = disclose(golden, profileOf(), NEW);
  if (disclosure.kind === 'left-out') throw new TypeError('The person is left out.');
  return disclosure;
}

/** A delivery with a state and nothing else, with what a test cares about on top. */
export function deliveryOf(
  personKey: PersonKey,
  [generation, version]: readonly [number, number],
  change: Partial<OutgoingDelivery> = {},
): OutgoingDelivery {
  return {
    personKey,
    generation,
    version,
    state: undefined,
    purges: [],
    events: [],
    ...change,
  };
}

export function nameChanged(version: number): ConsumerEvent {
  return {
    type: 'name-changed',
    version,
    effectiveDate: { precision: 'day', value: '2026-02-03' },
    changed: ['name'],
    recordedAt: Date.UTC(2026, 1, 3, 4, 5, 6),
  };
}

export function purgeOf(id: string): OutgoingDelivery['purges'][number] {
  return {
    id,
    reason: 'protection-raised',
    fields: ['addresses', 'contacts'],
    upToGeneration: 1,
    upToVersion: 1,
    orderId: null,
  };
}
