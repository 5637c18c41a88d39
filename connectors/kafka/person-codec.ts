import type {
  GoldenPerson,
  GoldenProtectedPerson,
  GoldenRecord,
} from '../../core/golden-record/golden-record.ts';
import { eventId, type PersonEventType } from '../../core/golden-record/person-event.ts';
import type { ContactPerson, Relation } from '../../core/mapping/person-evidence.ts';
import type { PartialDate } from '../../core/person/partial-date.ts';
import type { OutgoingEvent } from '../../core/sync/publish-outbox.ts';
import { formatPosition } from '../../core/sync/source-record.ts';
import type { StoredPerson } from '../../core/sync/stored-group.ts';
import type { AvroCodec, AvroWriter } from './avro-codec.ts';
import type { KafkaMessage } from './kafka-message.ts';
import { PERSON_SCHEMAS } from './schema-catalogue.ts';

const EVENT_SOURCE = '/pu-hub/persons';
const EVENT_TYPE_PREFIX = 'se.puhub.person.v1.';

/** Civil status by the words of the schema: an Avro symbol cannot be `Ä`. */
const MARITAL_STATUS = {
  OG: 'UNMARRIED',
  G: 'MARRIED',
  Ä: 'WIDOWED',
  S: 'DIVORCED',
  RP: 'REGISTERED_PARTNER',
  SP: 'DIVORCED_PARTNER',
  EP: 'SURVIVING_PARTNER',
} as const;

/** Turns what the hub stores into what consumers read: Avro records of `connectors/schemas`. */
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
    return { key: personKey, value, headers: cloudEventHeaders(id, event.type, outgoing) };
  }
}

function cloudEventHeaders(
  id: string,
  type: PersonEventType,
  { personKey, recordedAt }: OutgoingEvent,
): Readonly<Record<string, string>> {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: EVENT_SOURCE,
    ce_type: EVENT_TYPE_PREFIX + type,
    ce_time: new Date(recordedAt).toISOString(),
    ce_subject: personKey,
    'content-type': 'application/avro',
  };
}

function common({ identities, name, sex, birthDate, deregistration, testPerson }: GoldenRecord) {
  return {
    identities: identities.map(({ root, extension, type, main }) => ({
      root,
      extension,
      type,
      main,
    })),
    name,
    sex: symbol(sex),
    birthDate: partialDate(birthDate),
    deregistration:
      deregistration === null
        ? null
        : {
            reason: deregistration.reason,
            date: partialDate(deregistration.date),
            foundDeadAt: partialDate(deregistration.foundDeadAt),
          },
    testPerson,
  };
}

function openFields(golden: GoldenPerson) {
  const { membership, maritalStatus, parishCode, propertyDesignation } = golden;
  return {
    maritalStatus: maritalStatus === null ? null : MARITAL_STATUS[maritalStatus],
    membership:
      membership === null
        ? null
        : {
            ...membership,
            level: symbol(membership.level),
            reason: symbol(membership.reason),
            from: partialDate(membership.from),
          },
    parishCode,
    propertyDesignation,
    addresses: golden.addresses.map((address) => ({ ...address, kind: symbol(address.kind) })),
    contacts: golden.contacts.map(({ channel, value, consent }) => ({
      channel: symbol(channel),
      value,
      consent: consent === null ? null : symbol(consent),
    })),
    relations: golden.relations.map(relationFields),
    contactPersons: golden.contactPersons.map(contactPersonFields),
    paperOptOut: golden.paperOptOut,
  };
}

function relationFields({ kind, identity, birthDate, name, from, to }: Relation) {
  return {
    kind: symbol(kind),
    identity,
    birthDate: partialDate(birthDate),
    name,
    from: partialDate(from),
    to: partialDate(to),
  };
}

function contactPersonFields({ relationship, priority, name, contacts }: ContactPerson) {
  return {
    relationship,
    priority,
    name,
    contacts: contacts.map(({ channel, value }) => ({ channel: symbol(channel), value })),
  };
}

function protectedFields(golden: GoldenProtectedPerson) {
  const { protectedPerson, protectedPopulationRecord, membership } = golden;
  return {
    protectedPerson,
    protectedPopulationRecord,
    membership:
      membership === null
        ? null
        : { countyCode: membership.countyCode, from: partialDate(membership.from) },
  };
}

function partialDate(
  date: PartialDate | null,
): { readonly precision: string; readonly value: string } | null {
  return date === null ? null : { precision: symbol(date.precision), value: date.value };
}

const SYMBOLS = new Map<string, string>();

/** The Avro symbol of one of our words: `moved-in` is `MOVED_IN`. */
function symbol(word: string): string {
  let found = SYMBOLS.get(word);
  if (found === undefined) {
    found = word.toUpperCase().replaceAll('-', '_');
    SYMBOLS.set(word, found);
  }
  return found;
}
