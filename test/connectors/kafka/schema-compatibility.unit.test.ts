import { describe, expect, it } from 'vitest';
import {
  CONSUMER_SCHEMAS,
  PERSON_SCHEMAS,
  type RecordSchema,
} from '../../../connectors/kafka/schema-catalogue.ts';
import { avsc } from './avsc-of-the-client.ts';
import { PRESENT_SCHEMAS, PUBLISHED_SCHEMAS, publishedSchema } from './published-schemas.ts';

const typeOf = (schema: RecordSchema) => avsc.Type.forSchema(schema);

/** Whether somebody who has `reader` can read what was written with `writer`. @throws what stands in the way. */
function checkReadable(reader: RecordSchema, writer: RecordSchema): void {
  typeOf(reader).createResolver(typeOf(writer));
}

/** What it takes to be FULL_TRANSITIVE: each can read the other's records. */
function checkBothWays(one: RecordSchema, other: RecordSchema): void {
  checkReadable(one, other);
  checkReadable(other, one);
}

const publishedEvent = publishedSchema(1, 'event');
const publishedPerson = publishedSchema(1, 'person');

describe('a schema and each of its released versions', () => {
  it.each(PUBLISHED_SCHEMAS)('version $version of $name: each reads the other', (published) => {
    expect(() => checkBothWays(PRESENT_SCHEMAS[published.name], published.schema)).not.toThrow();
  });

  it('a consumer of version 1 reads an event of the hub itself about relations, without the words it does not know', () => {
    const event = {
      eventId: 'id',
      personKey: 'key',
      version: 2,
      type: 'CUSTODY_CHANGED',
      effectiveDate: null,
      changed: ['NAME', 'RELATIONS', 'CONTACT_PERSONS', 'PAPER_PREFERENCE'],
      source: 'HUB',
      sourcePosition: '1:2',
      recordedAt: 0,
    };
    expect(readAs(publishedEvent, PERSON_SCHEMAS.event, event)).toMatchObject({
      ...event,
      changed: ['NAME', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN'],
      source: 'UNKNOWN',
    });
  });

  it('a person of version 1 reads as one of whom no relations are told', () => {
    const person = {
      personKey: 'key',
      version: 1,
      identities: [],
      name: {},
      sex: 'FEMALE',
    };
    expect(readAs(PERSON_SCHEMAS.person, publishedPerson, person)).toMatchObject({
      sex: 'FEMALE',
      relations: [],
      contactPersons: [],
      paperOptOut: null,
    });
  });

  it('a contact of version 1 says nothing of notices, and whoever has version 1 reads a newer one without', () => {
    const contact = { channel: 'MOBILE', value: '+46700000000', consent: null };
    const person = { personKey: 'key', version: 1, identities: [], name: {}, sex: 'FEMALE' };
    const older = { ...person, contacts: [contact] };
    const newer = { ...person, contacts: [{ ...contact, digitalNotification: true }] };
    expect(readAs(PERSON_SCHEMAS.person, publishedPerson, older)).toMatchObject({
      contacts: [{ ...contact, digitalNotification: null }],
    });
    expect(readAs(publishedPerson, PERSON_SCHEMAS.person, newer)).toHaveProperty('contacts', [
      contact,
    ]);
  });

  it('the schemas of consumers are those of version 2, word for word', () => {
    for (const name of Object.keys(CONSUMER_SCHEMAS) as (keyof typeof CONSUMER_SCHEMAS)[]) {
      expect(publishedSchema(2, name), name).toEqual(CONSUMER_SCHEMAS[name]);
    }
  });
});

describe('a consumer that is older or newer than the hub', () => {
  const key = { personKey: 'key', generation: 2, version: 7 };

  it('reads a person with a field that it does not know, and one without a field that it does', () => {
    const newer = editableCopy(CONSUMER_SCHEMAS.consumerPerson);
    newer.fields.push({ name: 'nickname', type: ['null', 'string'], default: null });
    const person = { ...key, identities: [], maritalStatus: 'MARRIED', addresses: [] };
    const older = CONSUMER_SCHEMAS.consumerPerson;
    const asOlder = readAs(older, newer, { ...person, nickname: 'Kim' });
    expect(asOlder).toMatchObject({ ...person, contacts: null });
    expect(asOlder).not.toHaveProperty('nickname');
    expect(readAs(newer, older, person)).toMatchObject({ ...person, nickname: null });
  });

  it('loses a field of a profile without harm, since each is null by default', () => {
    const shorter = editableCopy(CONSUMER_SCHEMAS.consumerPerson);
    shorter.fields = shorter.fields.filter(({ name }) => name !== 'maritalStatus');
    const person = { ...key, identities: [], parishCode: '038001' };
    expect(readAs(CONSUMER_SCHEMAS.consumerPerson, shorter, person)).toMatchObject({
      ...person,
      maritalStatus: null,
    });
    expect(() => checkBothWays(shorter, CONSUMER_SCHEMAS.consumerPerson)).not.toThrow();
  });

  it('reads a new kind of event, group or reason as UNKNOWN', () => {
    const text = JSON.stringify([CONSUMER_SCHEMAS.consumerEvent, CONSUMER_SCHEMAS.purgeOrder]);
    const newer = text
      .replaceAll('"WITHDRAWN"]', '"WITHDRAWN","REBORN"]')
      .replaceAll('"PAPER_PREFERENCE"]', '"PAPER_PREFERENCE","HATS"]')
      .replaceAll('"ERASED"],"default"', '"ERASED","ASKED_FOR"],"default"');
    const [event, order] = JSON.parse(newer) as [RecordSchema, RecordSchema];
    const happened = { ...key, eventId: 'id', type: 'REBORN', changed: ['HATS'], recordedAt: 0 };
    expect(readAs(CONSUMER_SCHEMAS.consumerEvent, event, happened)).toMatchObject({
      type: 'UNKNOWN',
      changed: ['UNKNOWN'],
    });
    const ordered = { orderId: 'id', personKey: 'key', upToGeneration: 1, upToVersion: 2 };
    const times = { orderedAt: 0, dueAt: 0 };
    const forget = { ...ordered, ...times, reason: 'ASKED_FOR', fields: ['NAME', 'HATS'] };
    expect(readAs(CONSUMER_SCHEMAS.purgeOrder, order, forget)).toMatchObject({
      reason: 'UNKNOWN',
      fields: ['NAME', 'UNKNOWN'],
    });
  });
});

function readAs(reader: RecordSchema, writer: RecordSchema, record: object): unknown {
  const written = typeOf(writer);
  const own = typeOf(reader);
  const value = written.toBuffer(record);
  return own.fromBuffer(value, own.createResolver(written));
}

describe('a change that consumers could not live with is found', () => {
  type Edit = (schema: EditableRecord) => void;
  const refused: readonly [string, RecordSchema, Edit][] = [
    [
      'a field without a default',
      publishedPerson,
      ({ fields }) => fields.push({ name: 'nickname', type: 'string' }),
    ],
    [
      'a field that is gone and had no default',
      publishedPerson,
      (schema) => {
        schema.fields = schema.fields.filter(({ name }) => name !== 'identities');
      },
    ],
    [
      'a field of another type',
      publishedPerson,
      (schema) => {
        fieldOf(schema, 'testPerson').type = 'string';
      },
    ],
    [
      'a word less in an enum that lost its default',
      publishedEvent,
      (schema) => {
        const source = fieldOf(schema, 'source').type as EditableEnum;
        source.symbols = source.symbols.filter((symbol) => symbol !== 'PU');
        delete source.default;
      },
    ],
  ];

  it.each(refused)('%s', (_, schema, edit) => {
    const changed = editableCopy(schema);
    expect(() => checkBothWays(changed, schema)).not.toThrow();
    edit(changed);
    expect(() => checkBothWays(changed, schema)).toThrow();
  });

  it('a new word where the released enum had no default: the older reader has nothing to read it as', () => {
    const bare = editableCopy(publishedEvent);
    delete (fieldOf(bare, 'source').type as EditableEnum).default;
    expect(() => checkReadable(bare, PERSON_SCHEMAS.event)).toThrow();
    expect(() => checkReadable(PERSON_SCHEMAS.event, bare)).not.toThrow();
  });
});

interface EditableEnum {
  symbols: string[];
  default?: string;
}

interface EditableField {
  name: string;
  type: unknown;
  default?: unknown;
}

interface EditableRecord extends RecordSchema {
  fields: EditableField[];
}

/** Schemas are JSON, so a copy of their text is a copy of them. */
function editableCopy(schema: RecordSchema): EditableRecord {
  return JSON.parse(JSON.stringify(schema)) as EditableRecord;
}

function fieldOf(schema: EditableRecord, name: string): EditableField {
  const field = schema.fields.find((one) => one.name === name);
  if (field === undefined) throw new RangeError(`There is no field ${name}.`);
  return field;
}
