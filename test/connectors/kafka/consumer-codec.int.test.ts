import { beforeAll, describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { ConsumerCodec } from '../../../connectors/kafka/consumer-codec.ts';
import { FhirCodec } from '../../../connectors/kafka/fhir-codec.ts';
import type { KafkaMessage } from '../../../connectors/kafka/kafka-message.ts';
import {
  ASYNCAPI_MESSAGES,
  type MessageName,
} from '../../../connectors/runtime/operations/asyncapi-messages.ts';
import type {
  ConsumerEventType,
  ConsumerPurge,
  DisclosedRecord,
} from '../../../core/disclosure/delivery.ts';
import type {
  DisclosedPerson,
  DisclosedProtectedPerson,
} from '../../../core/disclosure/disclosed-person.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { EVENT_TYPES } from '../../../core/golden-record/person-event.ts';
import { testEnvironment } from '../../support/env.ts';
import {
  at,
  consumerEvent,
  consumerPurge,
  disclosedLittle,
  disclosedPerson,
  disclosedProtected,
} from './consumer-samples.ts';
import { everybody, person, personKey } from './golden-samples.ts';

const registryUrl = testEnvironment().schemaRegistryUrl;
let avro: AvroCodec;
let codec: ConsumerCodec;
beforeAll(async () => {
  avro = new AvroCodec({ registryUrl, clientId: 'test' });
  codec = await ConsumerCodec.register(avro);
});

const whole = personIn(disclosedPerson);
const masked = protectedIn(disclosedProtected);

function personIn(record: DisclosedRecord): DisclosedPerson {
  return record.kind === 'person' ? record.person : expect.fail('is masked');
}

function protectedIn(record: DisclosedRecord): DisclosedProtectedPerson {
  return record.kind === 'person' ? expect.fail('is not masked') : record.person;
}

const order = { personKey, generation: 2, version: 7 } as const;
const day = { precision: 'DAY', value: '1890-01-01' };
const headersOf = (type: string, id: string, time = '2026-01-02T03:04:05.678Z') => ({
  ce_specversion: '1.0',
  ce_id: id,
  ce_source: '/pu-hub/consumers',
  ce_type: `se.puhub.consumer.v1.${type}`,
  ce_time: time,
  ce_subject: personKey,
  'content-type': 'application/avro',
});

describe('the state of a person for one consumer', () => {
  it('is a Person with all that the profile asks for, under (generation, version)', async () => {
    const { key, value, headers } = codec.encodeState({ ...order, state: disclosedPerson, at });
    expect(key).toBe(personKey);
    expect(headers).toEqual({
      ...headersOf('person', `${personKey}:2.7:person`),
      hub_generation: '2',
      hub_version: '7',
    });
    const decoded = await avro.decode(value);
    expect(decoded).toMatchObject({ kind: 'record', name: 'se.puhub.consumer.v1.Person' });
    expect(decoded).toHaveProperty('record', {
      ...order,
      ...everybody,
      sex: 'FEMALE',
      birthDate: { precision: 'MONTH', value: '1890-01' },
      deregistration: { reason: 'UV', date: day, foundDeadAt: null },
      maritalStatus: 'WIDOWED',
      membership: {
        level: 'MUNICIPALITY',
        countyCode: '03',
        municipalityCode: '0380',
        reason: 'REGISTERED',
        from: day,
      },
      parishCode: '038001',
      propertyDesignation: 'KVARNEN 1:1',
      addresses: [{ ...person.addresses[0], kind: 'SPECIAL_POSTAL' }],
      contacts: [
        { channel: 'MOBILE', value: '+46701740605', consent: 'SHARED', digitalNotification: true },
        { channel: 'EMAIL', value: 'test@example.org', consent: null, digitalNotification: null },
      ],
      relations: [
        { ...person.relations[0], kind: 'CUSTODY_OF', to: day },
        {
          ...person.relations[1],
          kind: 'SPOUSE',
          birthDate: { precision: 'YEAR', value: '1890' },
          from: day,
        },
      ],
      contactPersons: [
        { ...person.contactPersons[0], contacts: [{ channel: 'MOBILE', value: '+46700000000' }] },
      ],
    });
  });

  it('has null for every field that the profile does not ask for, lists among them', async () => {
    const { value } = codec.encodeState({ ...order, state: disclosedLittle, at });
    expect(await avro.decode(value)).toHaveProperty('record', {
      ...order,
      identities: everybody.identities,
      testPerson: true,
      sex: 'FEMALE',
      name: null,
      birthDate: null,
      deregistration: null,
      maritalStatus: null,
      membership: null,
      parishCode: null,
      propertyDesignation: null,
      addresses: null,
      contacts: null,
      relations: null,
      contactPersons: null,
    });
  });

  it('tells a list that is empty from one that is not asked for', async () => {
    const state = { kind: 'person', person: { ...whole, contacts: [] } } as const;
    const { value } = codec.encodeState({ ...order, state, at });
    expect(await avro.decode(value)).toHaveProperty('record.contacts', []);
  });

  it('is a ProtectedPerson with the county alone, also when the record came with more', async () => {
    const careless = { ...whole, ...masked, membership: masked.membership ?? null };
    const state = { kind: 'protected-person', person: careless } as const;
    const sent = codec.encodeState({ ...order, state, at });
    expect(sent.headers).toMatchObject({
      ce_type: 'se.puhub.consumer.v1.protected-person',
      ce_id: `${personKey}:2.7:protected-person`,
      hub_generation: '2',
    });
    const decoded = await avro.decode(sent.value);
    expect(decoded).toMatchObject({ name: 'se.puhub.consumer.v1.ProtectedPerson' });
    expect(decoded).toHaveProperty('record.membership', { countyCode: '03', from: null });
    expect(decoded).toHaveProperty('record.protectedPerson', true);
    expect(JSON.stringify(decoded)).not.toMatch(/Uppsala|0380|example|189001029819|god-man/i);
  });

  it('that is gone is a tombstone: its headers are all that it says', () => {
    expect(codec.encodeState({ ...order, state: null, at })).toEqual({
      key: personKey,
      value: null,
      headers: {
        ce_specversion: '1.0',
        ce_id: `${personKey}:2.7:tombstone`,
        ce_source: '/pu-hub/consumers',
        ce_type: 'se.puhub.consumer.v1.tombstone',
        ce_time: '2026-01-02T03:04:05.678Z',
        ce_subject: personKey,
        hub_generation: '2',
        hub_version: '7',
      },
    });
  });

  it('has the same id when it is sent again, and another one under another generation', () => {
    const idOf = (generation: number, time: number): string | undefined =>
      codec.encodeState({ ...order, generation, state: disclosedPerson, at: time }).headers?.[
        'ce_id'
      ];
    expect(idOf(2, at + 5000)).toBe(idOf(2, at));
    expect(idOf(3, at)).not.toBe(idOf(2, at));
  });
});

describe('an event for one consumer', () => {
  const encode = (type: ConsumerEventType, recordedAt = at) =>
    codec.encodeEvent({
      personKey,
      generation: 2,
      event: { ...consumerEvent, type, recordedAt, changed: FIELD_GROUPS },
    });

  it('says what happened and when, and nothing of where it came from', async () => {
    const event = { personKey, generation: 2, event: consumerEvent };
    const { key, value, headers } = codec.encodeEvent(event);
    const eventId = `${personKey}:2.7:moved-in`;
    expect(key).toBe(personKey);
    expect(headers).toEqual(headersOf('moved-in', eventId, '2026-01-02T03:04:03.678Z'));
    const decoded = await avro.decode(value);
    expect(decoded).toMatchObject({ name: 'se.puhub.consumer.v1.PersonEvent' });
    expect(decoded).toHaveProperty('record', {
      ...order,
      eventId,
      type: 'MOVED_IN',
      effectiveDate: day,
      changed: ['ADDRESSES', 'MEMBERSHIP'],
      recordedAt: at - 2000,
    });
  });

  it.each([...EVENT_TYPES, 'disclosed', 'withdrawn'] as const)('can be %s', async (type) => {
    const decoded = await avro.decode(encode(type).value);
    expect(decoded).toHaveProperty('record.type', type.toUpperCase().replaceAll('-', '_'));
  });

  it('has the same id when it is sent again', () => {
    expect(encode('died').headers).toEqual(encode('died').headers);
    expect(encode('withdrawn').headers).toEqual(encode('withdrawn').headers);
  });

  it.each(['disclosed', 'withdrawn'] as const)(
    '%s has an id for each time: it can happen twice without a new version',
    (type) => {
      const first = encode(type).headers?.['ce_id'];
      const second = encode(type, at + 1000).headers?.['ce_id'];
      expect(first).toBe(`${personKey}:2.7:${type}:${at}`);
      expect(second).not.toBe(first);
    },
  );
});

describe('an order to forget', () => {
  it('says what, up to where and by when, under the id that it is acknowledged by', async () => {
    const dueAt = at + 86_400_000;
    const { key, value, headers } = codec.encodePurge({
      personKey,
      purge: consumerPurge,
      orderedAt: at,
      dueAt,
    });
    expect(key).toBe(personKey);
    expect(headers).toEqual(headersOf('purge-order', consumerPurge.id));
    const decoded = await avro.decode(value);
    expect(decoded).toMatchObject({ name: 'se.puhub.consumer.v1.PurgeOrder' });
    expect(decoded).toHaveProperty('record', {
      orderId: consumerPurge.id,
      personKey,
      reason: 'PROTECTION_RAISED',
      fields: ['MEMBERSHIP', 'ADDRESSES', 'CONTACTS', 'RELATIONS', 'CONTACT_PERSONS'],
      upToGeneration: 2,
      upToVersion: 6,
      orderedAt: at,
      dueAt,
    });
  });

  it.each([
    'protection-raised',
    'relation-hidden',
    'no-longer-disclosed',
    'profile-changed',
    'erased',
  ] satisfies ConsumerPurge['reason'][])('can be for the reason %s', async (reason) => {
    const purge = { ...consumerPurge, reason, fields: FIELD_GROUPS };
    const { value } = codec.encodePurge({ personKey, purge, orderedAt: at, dueAt: at });
    expect(await avro.decode(value)).toMatchObject({
      record: { reason: reason.toUpperCase().replaceAll('-', '_') },
    });
  });
});

describe('the headers', () => {
  interface HeaderSchema {
    readonly properties: Readonly<Record<string, { const?: string; pattern?: string }>>;
    readonly required: readonly string[];
  }
  const sent = (): Readonly<Partial<Record<MessageName, KafkaMessage>>> => ({
    person: codec.encodeState({ ...order, state: disclosedPerson, at }),
    protectedPerson: codec.encodeState({ ...order, state: disclosedProtected, at }),
    fhirPatient: new FhirCodec(codec).encodeState({ ...order, state: disclosedPerson, at }),
    tombstone: codec.encodeState({ ...order, state: null, at }),
    personEvent: codec.encodeEvent({ personKey, generation: 2, event: consumerEvent }),
    purgeOrder: codec.encodePurge({ personKey, purge: consumerPurge, orderedAt: at, dueAt: at }),
  });

  it.each(Object.entries(ASYNCAPI_MESSAGES).filter(([name]) => name !== 'purgeAck'))(
    'of %s are those that the AsyncAPI document names',
    (name, message) => {
      const headers = sent()[name as MessageName]?.headers ?? {};
      const { properties, required } = (message as { readonly headers: HeaderSchema }).headers;
      expect(Object.keys(headers).toSorted()).toEqual(required.toSorted());
      for (const [header, { const: exactly, pattern }] of Object.entries(properties)) {
        if (exactly !== undefined) expect(headers[header]).toBe(exactly);
        if (pattern !== undefined) expect(headers[header]).toMatch(new RegExp(pattern));
      }
    },
  );
});
