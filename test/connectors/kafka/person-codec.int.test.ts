import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { PersonCodec } from '../../../connectors/kafka/person-codec.ts';
import { FIELD_GROUPS, type GoldenPerson } from '../../../core/golden-record/golden-record.ts';
import { EVENT_TYPES } from '../../../core/golden-record/person-event.ts';
import { RELATION_KINDS } from '../../../core/mapping/person-evidence.ts';
import { OID_PNR, type PersonKey, parsePersonKey } from '../../../core/person/person-identifier.ts';
import type { ChangeCause } from '../../../core/sync/batch-changes.ts';
import { testEnvironment } from '../../support/env.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { day, everybody, person, personKey, protectedPerson, stored } from './golden-samples.ts';

const registryUrl = testEnvironment().schemaRegistryUrl;
let avro: AvroCodec;
let codec: PersonCodec;
beforeAll(async () => {
  avro = new AvroCodec({ registryUrl, clientId: 'test' });
  codec = await PersonCodec.register(avro);
});

describe('the state of a person', () => {
  it('is a Person with all that is known', async () => {
    const { key, value } = codec.encodeState(stored(person));
    expect(key).toBe(personKey);
    expect(await avro.decode(value)).toMatchObject({
      kind: 'record',
      name: 'se.puhub.person.v1.Person',
      record: {
        ...everybody,
        personKey,
        version: 7,
        sex: 'FEMALE',
        birthDate: { precision: 'MONTH', value: '1890-01' },
        maritalStatus: 'WIDOWED',
        membership: {
          level: 'MUNICIPALITY',
          municipalityCode: '0380',
          reason: 'REGISTERED',
          from: { precision: 'DAY', value: '1890-01-01' },
        },
        parishCode: null,
        propertyDesignation: 'KVARNEN 1:1',
        addresses: [{ ...person.addresses[0], kind: 'SPECIAL_POSTAL' }],
        contacts: [{ channel: 'EMAIL', value: 'test@example.org', consent: 'THIS_CARE_GIVER' }],
        relations: [
          {
            kind: 'CUSTODY_OF',
            identity: { root: OID_PNR, extension: '189001029819' },
            birthDate: null,
            name: null,
            from: null,
            to: { precision: 'DAY', value: '1890-01-01' },
          },
          {
            kind: 'SPOUSE',
            identity: null,
            birthDate: { precision: 'YEAR', value: '1890' },
            name: { givenName: 'Testa', middleName: null, surname: 'Prov' },
            from: { precision: 'DAY', value: '1890-01-01' },
            to: null,
          },
        ],
        contactPersons: [
          { ...person.contactPersons[0], contacts: [{ channel: 'MOBILE', value: '+46700000000' }] },
        ],
        paperOptOut: true,
      },
    });
  });

  it.each(RELATION_KINDS)('can have a relation of kind %s', (kind) => {
    const relations = person.relations.map((relation) => ({ ...relation, kind }));
    expect(codec.encodeState(stored({ ...person, relations })).value).toBeInstanceOf(Buffer);
  });

  it('is a ProtectedPerson without a place to live or anybody beside, also when the record came with one', async () => {
    const careless = { ...person, ...protectedPerson };
    const decoded = await avro.decode(codec.encodeState(stored(careless)).value);
    expect(decoded).toMatchObject({
      name: 'se.puhub.person.v1.ProtectedPerson',
      record: { protectedPerson: true, membership: { countyCode: '03', from: null } },
    });
    expect(JSON.stringify(decoded)).not.toMatch(/Uppsala|0380|example|189001029819|god-man|paper/i);
  });

  it('is a tombstone when nothing is left, and a tombstone decodes', async () => {
    const { key, value } = codec.encodeState(stored(null));
    expect(key).toBe(personKey);
    expect(value).toBeNull();
    expect(await avro.decode(value)).toEqual({ kind: 'tombstone' });
  });

  it('is a redirect when two persons turned out to be one', async () => {
    const other = parsePersonKey('00000000-0000-4000-8000-000000000002') as PersonKey;
    const { key, value } = codec.encodeState(stored(null, other));
    expect(key).toBe(personKey);
    expect(await avro.decode(value)).toMatchObject({
      name: 'se.puhub.person.v1.PersonRedirect',
      record: { personKey, version: 7, redirectTo: other },
    });
  });

  it('that does not fit is refused by its place, and the value is not repeated', () => {
    const wrong = { ...person, propertyDesignation: 12_345 as unknown as string };
    expect(() => codec.encodeState(stored(wrong))).toThrow(
      'A se.puhub.person.v1.Person does not fit its schema at: propertyDesignation',
    );
  });

  it('may be larger than the buffer it is written in', async () => {
    const lines = Array.from({ length: 20_000 }, () => 'a long line');
    const large: GoldenPerson = {
      ...person,
      addresses: person.addresses.map((address) => ({ ...address, lines })),
    };
    const decoded = await avro.decode(codec.encodeState(stored(large)).value);
    expect(decoded).toMatchObject({ record: { addresses: [{ lines }] } });
  });
});

describe('an event', () => {
  const masterRecord: ChangeCause = {
    source: 'master',
    position: { epoch: 1, version: 9_007_199_254_740_993n },
    readAt: '2026-01-01T00:00:00.000Z',
  };
  const outgoing = (type: (typeof EVENT_TYPES)[number], cause = masterRecord) => ({
    personKey,
    version: 7,
    event: { type, effectiveDate: day, changed: ['addresses', 'marital-status'] as const },
    cause,
    recordedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  });

  it('says what happened, and the same in CloudEvents headers', async () => {
    const { key, value, headers } = codec.encodeEvent(outgoing('moved-in'));
    const eventId = `${personKey}:7:moved-in`;
    expect(key).toBe(personKey);
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_id: eventId,
      ce_source: '/pu-hub/persons',
      ce_type: 'se.puhub.person.v1.moved-in',
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_subject: personKey,
      'content-type': 'application/avro',
    });
    expect(await avro.decode(value)).toMatchObject({
      name: 'se.puhub.person.v1.PersonEvent',
      record: {
        eventId,
        personKey,
        version: 7,
        type: 'MOVED_IN',
        effectiveDate: { precision: 'DAY', value: '1890-01-01' },
        changed: ['ADDRESSES', 'MARITAL_STATUS'],
        source: 'MASTER',
        sourcePosition: '1:9007199254740993',
        recordedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      },
    });
  });

  it('can be of the hub itself, about any group of fields', async () => {
    const { event, ...rest } = outgoing('details-changed', {
      source: 'hub',
      position: { epoch: 2, version: 17n },
      readAt: '2026-01-01T00:00:00.000Z',
    });
    const { value } = codec.encodeEvent({ ...rest, event: { ...event, changed: FIELD_GROUPS } });
    expect(await avro.decode(value)).toMatchObject({
      record: {
        source: 'HUB',
        sourcePosition: '2:17',
        changed: FIELD_GROUPS.map((group) => group.toUpperCase().replaceAll('-', '_')),
      },
    });
  });

  it.each(EVENT_TYPES)('can be %s', (type) => {
    expect(codec.encodeEvent(outgoing(type)).value).toBeInstanceOf(Buffer);
  });
});

describe('a value that is not in the format', () => {
  it.each([
    ['is empty', Buffer.alloc(0)],
    ['is too short for a schema id', Buffer.from([0, 0, 0])],
    ['has another magic byte', Buffer.from('{"json":true}')],
    ['names a schema that nobody registered', Buffer.from([0, 127, 255, 255, 250, 1])],
  ])('is rejected when it %s', async (_, value) => {
    await expect(avro.decode(value)).rejects.toMatchObject({
      code: 'HUB_KAFKA_RECORD_UNREADABLE',
      disposition: 'rejected',
    });
  });

  it('is rejected when its body ends early', async () => {
    const value = codec.encodeState(stored(person)).value as Buffer;
    await expect(avro.decode(value.subarray(0, 30))).rejects.toMatchObject({
      code: 'HUB_KAFKA_RECORD_UNREADABLE',
    });
  });
});

describe('while the registry is down', () => {
  let proxy: TcpProxy;
  let proxied: string;
  beforeAll(async () => {
    const { hostname, port } = new URL(registryUrl);
    proxy = await TcpProxy.start({ host: hostname, port: Number(port) });
    proxied = registryUrl.replace(/\/\/[^/]+/, `//127.0.0.1:${proxy.port}`);
  });
  afterAll(async () => await proxy[Symbol.asyncDispose]());

  it('known schemas keep encoding and decoding', async () => {
    const reader = new AvroCodec({ registryUrl: proxied, clientId: 'test' });
    const writer = await PersonCodec.register(
      new AvroCodec({ registryUrl: proxied, clientId: 'test' }),
    );
    await reader.decode(codec.encodeState(stored(person)).value);
    proxy.cut();
    try {
      const { value } = writer.encodeState(stored({ ...person, propertyDesignation: 'NY 2:2' }));
      expect(await reader.decode(value)).toMatchObject({
        record: { propertyDesignation: 'NY 2:2' },
      });
      await expect(
        reader.decode(codec.encodeState(stored(protectedPerson)).value),
      ).rejects.toMatchObject({
        code: 'HUB_KAFKA_REGISTRY_UNAVAILABLE',
        disposition: 'retriable',
      });
    } finally {
      proxy.restore();
    }
    expect(await reader.decode(codec.encodeState(stored(protectedPerson)).value)).toMatchObject({
      name: 'se.puhub.person.v1.ProtectedPerson',
    });
  });

  it('registering waits: it is retriable, and works when the registry is back', async () => {
    const late = new AvroCodec({ registryUrl: proxied, clientId: 'test' });
    proxy.cut();
    try {
      await expect(PersonCodec.register(late)).rejects.toMatchObject({
        code: 'HUB_KAFKA_REGISTRY_UNAVAILABLE',
        disposition: 'retriable',
      });
    } finally {
      proxy.restore();
    }
    await PersonCodec.register(late);
  });

  it('a registry that accepts and says nothing counts as down', async () => {
    const impatient = new AvroCodec({ registryUrl: proxied, clientId: 'test', timeoutMs: 300 });
    proxy.pause();
    try {
      await expect(PersonCodec.register(impatient)).rejects.toMatchObject({
        code: 'HUB_KAFKA_REGISTRY_UNAVAILABLE',
      });
    } finally {
      proxy.resume();
    }
  });
});
