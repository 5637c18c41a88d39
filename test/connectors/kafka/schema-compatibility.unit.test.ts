import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { AvroType } from '../../../connectors/kafka/avro-types.ts';
import { PERSON_SCHEMAS, type RecordSchema } from '../../../connectors/kafka/schema-catalogue.ts';
import { PUBLISHED_SCHEMAS } from './published-schemas.ts';

/** The Avro library of the registry client, so that what is tested is what encodes and decodes in the hub. */
const requireHere = createRequire(import.meta.url);
const requireAsClient = createRequire(
  requireHere.resolve('@kafkajs/confluent-schema-registry/package.json'),
);
const avro = requireAsClient('avsc') as {
  readonly Type: {
    forSchema(schema: RecordSchema): AvroType & { toBuffer(value: unknown): Buffer };
  };
};
const typeOf = (schema: RecordSchema) => avro.Type.forSchema(schema);

/** Whether somebody who has `reader` can read what was written with `writer`. @throws what stands in the way. */
function checkReadable(reader: RecordSchema, writer: RecordSchema): void {
  typeOf(reader).createResolver(typeOf(writer));
}

/** What it takes to be FULL_TRANSITIVE: each can read the other's records. */
function checkBothWays(one: RecordSchema, other: RecordSchema): void {
  checkReadable(one, other);
  checkReadable(other, one);
}

const publishedEvent = publishedOf('event');
const publishedPerson = publishedOf('person');

function publishedOf(name: keyof typeof PERSON_SCHEMAS): RecordSchema {
  const found = PUBLISHED_SCHEMAS.find((one) => one.version === 1 && one.name === name);
  if (found === undefined) throw new RangeError(`There is no ${name} of version 1.`);
  return found.schema;
}

describe('a schema and each of its released versions', () => {
  it.each(PUBLISHED_SCHEMAS)('version $version of $name: each reads the other', (published) => {
    expect(() => checkBothWays(PERSON_SCHEMAS[published.name], published.schema)).not.toThrow();
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
