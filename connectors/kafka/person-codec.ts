import type {
  GoldenPerson,
  GoldenProtectedPerson,
  GoldenRecord,
} from '../../core/golden-record/golden-record.ts';
import { eventId } from '../../core/golden-record/person-event.ts';
import type { OutgoingEvent } from '../../core/sync/publish-outbox.ts';
import { formatPosition } from '../../core/sync/source-record.ts';
import type { StoredPerson } from '../../core/sync/stored-group.ts';
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
import type { KafkaMessage } from './kafka-message.ts';
import { PERSON_SCHEMAS } from './schema-catalogue.ts';

const EVENT_SOURCE = '/pu-hub/persons';
const EVENT_TYPE_PREFIX = 'se.puhub.person.v1.';

/** Turns what the hub stores into what stands on `person.*`: Avro records of `connectors/schemas`. */
export class PersonCodec {
  readonly #person: AvroWriter;
  readonly #protectedPerson: AvroWriter;
  readonly #redirect: AvroWriter;
  readonly #event: AvroWriter;

  private constructor(
    person: AvroWriter,
    protectedPerson: AvroWriter,
    redirect: AvroWriter,
    event: AvroWriter,
  ) {
    this.#person = person;
    this.#protectedPerson = protectedPerson;
    this.#redirect = redirect;
    this.#event = event;
  }

  /** Registers the schemas. @throws what {@link AvroCodec.register} throws. */
  static async register(codec: AvroCodec): Promise<PersonCodec> {
    return new PersonCodec(
      await codec.register(PERSON_SCHEMAS.person),
      await codec.register(PERSON_SCHEMAS.protectedPerson),
      await codec.register(PERSON_SCHEMAS.redirect),
      await codec.register(PERSON_SCHEMAS.event),
    );
  }

  /**
   * The record of `person.state.v1`: `Person`, `ProtectedPerson`, `PersonRedirect` under a key that the person is not known by any more, or a
   * tombstone when nothing is left of the person.
   */
  encodeState({ personKey, version, golden, redirectTo }: StoredPerson): KafkaMessage {
    if (redirectTo !== null) {
      return { key: personKey, value: this.#redirect.encode({ personKey, version, redirectTo }) };
    }
    if (golden === null) return { key: personKey, value: null };
    switch (golden.kind) {
      case 'person': {
        const record = { personKey, version, ...common(golden), ...openFields(golden) };
        return { key: personKey, value: this.#person.encode(record) };
      }
      case 'protected-person': {
        const record = { personKey, version, ...common(golden), ...protectedFields(golden) };
        return { key: personKey, value: this.#protectedPerson.encode(record) };
      }
    }
  }

  /** The record of `person.events.v1`, with CloudEvents headers (Kafka binding, binary mode). */
  encodeEvent(outgoing: OutgoingEvent): KafkaMessage {
    const { personKey, version, event, cause, recordedAt } = outgoing;
    const id = eventId(personKey, version, event.type);
    const value = this.#event.encode({
      eventId: id,
      personKey,
      version,
      type: symbol(event.type),
      effectiveDate: partialDate(event.effectiveDate),
      changed: event.changed.map(symbol),
      source: symbol(cause.source),
      sourcePosition: formatPosition(cause.position),
      recordedAt,
    });
    const headers = cloudEventHeaders({
      id,
      source: EVENT_SOURCE,
      type: EVENT_TYPE_PREFIX + event.type,
      time: recordedAt,
      subject: personKey,
    });
    return { key: personKey, value, headers };
  }
}

function common({ identities, name, sex, birthDate, deregistration, testPerson }: GoldenRecord) {
  return {
    identities: identities.map(identityFields),
    name,
    sex: symbol(sex),
    birthDate: partialDate(birthDate),
    deregistration: deregistrationFields(deregistration),
    testPerson,
  };
}

function openFields(golden: GoldenPerson) {
  const { membership, maritalStatus, parishCode, propertyDesignation } = golden;
  return {
    maritalStatus: maritalStatusSymbol(maritalStatus),
    membership: membershipFields(membership),
    parishCode,
    propertyDesignation,
    addresses: golden.addresses.map(addressFields),
    contacts: golden.contacts.map(contactFields),
    relations: golden.relations.map(relationFields),
    contactPersons: golden.contactPersons.map(contactPersonFields),
    paperOptOut: golden.paperOptOut,
  };
}

function protectedFields(golden: GoldenProtectedPerson) {
  const { protectedPerson, protectedPopulationRecord, membership } = golden;
  return {
    protectedPerson,
    protectedPopulationRecord,
    membership: countyMembershipFields(membership),
  };
}
