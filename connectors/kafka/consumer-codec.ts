import type {
  ConsumerEvent,
  ConsumerPurge,
  DisclosedRecord,
} from '../../core/disclosure/delivery.ts';
import type {
  DisclosedPerson,
  DisclosedProtectedPerson,
} from '../../core/disclosure/disclosed-person.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { AvroCodec, AvroWriter } from './avro-codec.ts';
import {
  addressFields,
  contactFields,
  contactPersonFields,
  countyMembershipFields,
  deregistrationFields,
  identityFields,
  maritalStatusSymbol,
  membershipFields,
  partialDate,
  relationFields,
  symbol,
} from './avro-words.ts';
import { cloudEventHeaders } from './cloud-events.ts';
import type { KafkaMessage, KafkaRecord } from './kafka-message.ts';
import { CONSUMER_SCHEMAS, subjectOf } from './schema-catalogue.ts';

const SOURCE = '/pu-hub/consumers';
const TYPE_PREFIX = 'se.puhub.consumer.v1.';
const PURGE_ACK = subjectOf(CONSUMER_SCHEMAS.purgeAck);

/** Headers of every state, tombstones among them: the order of what is known of a person. */
export const GENERATION_HEADER = 'hub_generation';
export const VERSION_HEADER = 'hub_version';

/** The state of one person for one consumer. */
export interface StateToEncode {
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly version: number;
  /** Null: a tombstone. */
  readonly state: DisclosedRecord | null;
  /** When it is sent, in milliseconds since 1970. */
  readonly at: number;
}

export interface EventToEncode {
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly event: ConsumerEvent;
}

export interface PurgeToEncode {
  readonly personKey: PersonKey;
  readonly purge: ConsumerPurge & { readonly id: string };
  /** Both in milliseconds since 1970. */
  readonly orderedAt: number;
  readonly dueAt: number;
}

/** A consumer says that it forgot. What it says was checked for its shape only: the order may not exist, or be another consumer's. */
export interface PurgeAcknowledgement {
  readonly orderId: string;
  readonly consumer: string;
  /** Milliseconds since 1970, by the consumer's clock. */
  readonly acknowledgedAt: number;
  /** Free text of the consumer: never for a log. */
  readonly acknowledgedBy: string;
}

/** Turns what one consumer is told into the records of its topics: Avro of `connectors/schemas/consumer-*.avsc`, with CloudEvents headers. */
export class ConsumerCodec {
  readonly #avro: AvroCodec;
  readonly #person: AvroWriter;
  readonly #protectedPerson: AvroWriter;
  readonly #event: AvroWriter;
  readonly #purge: AvroWriter;

  private constructor(
    avro: AvroCodec,
    writers: Readonly<Record<'person' | 'protectedPerson' | 'event' | 'purge', AvroWriter>>,
  ) {
    this.#avro = avro;
    this.#person = writers.person;
    this.#protectedPerson = writers.protectedPerson;
    this.#event = writers.event;
    this.#purge = writers.purge;
  }

  /**
   * Registers the schemas, that of the acknowledgements too, so that a consumer finds all of them.
   * @throws what {@link AvroCodec.register} throws.
   */
  static async register(avro: AvroCodec): Promise<ConsumerCodec> {
    const codec = new ConsumerCodec(avro, {
      person: await avro.register(CONSUMER_SCHEMAS.consumerPerson),
      protectedPerson: await avro.register(CONSUMER_SCHEMAS.consumerProtectedPerson),
      event: await avro.register(CONSUMER_SCHEMAS.consumerEvent),
      purge: await avro.register(CONSUMER_SCHEMAS.purgeOrder),
    });
    await avro.register(CONSUMER_SCHEMAS.purgeAck);
    return codec;
  }

  /** The record of `consumer.<name>.person.v1`. @throws TypeError when the state does not fit its schema. */
  encodeState({ personKey, generation, version, state, at }: StateToEncode): KafkaMessage {
    const headers = this.stateHeaders({ personKey, generation, version, state, at });
    if (state === null) return { key: personKey, value: null, headers: withoutContent(headers) };
    const start = { personKey, generation, version };
    const value =
      state.kind === 'person'
        ? this.#person.encode({ ...start, ...common(state.person), ...openFields(state.person) })
        : this.#protectedPerson.encode({
            ...start,
            ...common(state.person),
            ...protectedFields(state.person),
          });
    return { key: personKey, value, headers };
  }

  /** The headers of a state, whatever the format of its value. */
  stateHeaders({ personKey, generation, version, state, at }: StateToEncode) {
    const type = state === null ? 'tombstone' : state.kind;
    return {
      ...cloudEventHeaders({
        id: contentId(personKey, generation, version, type),
        source: SOURCE,
        type: TYPE_PREFIX + type,
        time: at,
        subject: personKey,
      }),
      [GENERATION_HEADER]: String(generation),
      [VERSION_HEADER]: String(version),
    };
  }

  /** The record of `consumer.<name>.events.v1`. */
  encodeEvent({ personKey, generation, event }: EventToEncode): KafkaMessage {
    const { type, version, effectiveDate, changed, recordedAt } = event;
    const content = contentId(personKey, generation, version, type);
    // A person can come and go without a new version, and whoever drops what has a known id must not miss the second time.
    const isSignal = type === 'disclosed' || type === 'withdrawn';
    const eventId = isSignal ? `${content}:${recordedAt}` : content;
    const value = this.#event.encode({
      eventId,
      personKey,
      generation,
      version,
      type: symbol(type),
      effectiveDate: partialDate(effectiveDate),
      changed: changed.map(symbol),
      recordedAt,
    });
    const headers = cloudEventHeaders({
      id: eventId,
      source: SOURCE,
      type: TYPE_PREFIX + type,
      time: recordedAt,
      subject: personKey,
    });
    return { key: personKey, value, headers };
  }

  /** The record of `consumer.<name>.purge.v1`. */
  encodePurge({ personKey, purge, orderedAt, dueAt }: PurgeToEncode): KafkaMessage {
    const { id, reason, fields, upToGeneration, upToVersion } = purge;
    const value = this.#purge.encode({
      orderId: id,
      personKey,
      reason: symbol(reason),
      fields: fields.map(symbol),
      upToGeneration,
      upToVersion,
      orderedAt,
      dueAt,
    });
    const headers = cloudEventHeaders({
      id,
      source: SOURCE,
      type: `${TYPE_PREFIX}purge-order`,
      time: orderedAt,
      subject: personKey,
    });
    return { key: personKey, value, headers };
  }

  /**
   * Reads a record of `hub.purge-ack.v1`, which consumers write.
   * @throws HubError `HUB_KAFKA_RECORD_UNREADABLE` (rejected) when it is no acknowledgement, `HUB_KAFKA_REGISTRY_UNAVAILABLE` (retriable).
   */
  async decodeAck({ value }: Pick<KafkaRecord, 'value'>): Promise<PurgeAcknowledgement> {
    const decoded = await this.#avro.decode(value);
    // A record of that name is read in the shape that was registered here, whichever version it was written in.
    if (decoded.kind === 'record' && decoded.name === PURGE_ACK) {
      const { orderId, consumer, acknowledgedAt, acknowledgedBy } = decoded.record as Readonly<
        Record<keyof PurgeAcknowledgement, unknown>
      >;
      if (
        typeof orderId === 'string' &&
        typeof consumer === 'string' &&
        typeof acknowledgedAt === 'number' &&
        typeof acknowledgedBy === 'string'
      ) {
        return { orderId, consumer, acknowledgedAt, acknowledgedBy };
      }
    }
    throw new HubError('HUB_KAFKA_RECORD_UNREADABLE');
  }
}

function contentId(
  personKey: PersonKey,
  generation: number,
  version: number,
  type: string,
): string {
  return `${personKey}:${generation}.${version}:${type}`;
}

/** A tombstone has nothing that could be of a type. */
function withoutContent({
  'content-type': _,
  ...rest
}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return rest;
}

/** What the profile does not ask for is null. */
function common(person: DisclosedPerson | DisclosedProtectedPerson) {
  const { identities, testPerson, name, sex, birthDate, deregistration } = person;
  return {
    identities: identities.map(identityFields),
    testPerson,
    name: name ?? null,
    sex: sex === undefined ? null : symbol(sex),
    birthDate: partialDate(birthDate ?? null),
    deregistration: deregistrationFields(deregistration ?? null),
  };
}

function openFields(person: DisclosedPerson) {
  return {
    maritalStatus: maritalStatusSymbol(person.maritalStatus ?? null),
    membership: membershipFields(person.membership ?? null),
    parishCode: person.parishCode ?? null,
    propertyDesignation: person.propertyDesignation ?? null,
    addresses: person.addresses?.map(addressFields) ?? null,
    contacts: person.contacts?.map(contactFields) ?? null,
    relations: person.relations?.map(relationFields) ?? null,
    contactPersons: person.contactPersons?.map(contactPersonFields) ?? null,
  };
}

/** Field by field: what a record has too much never gets in. */
function protectedFields(person: DisclosedProtectedPerson) {
  const { protectedPerson, protectedPopulationRecord, membership } = person;
  return {
    protectedPerson,
    protectedPopulationRecord,
    membership: countyMembershipFields(membership ?? null),
  };
}
