import { describe, expect, it } from 'vitest';
import { PERSON_SCHEMAS, subjectOf } from '../../../connectors/kafka/schema-catalogue.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { EVENT_TYPES } from '../../../core/golden-record/person-event.ts';
import { RELATION_KINDS } from '../../../core/mapping/person-evidence.ts';

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly doc?: string;
  readonly default?: unknown;
}

interface Named {
  readonly type: 'record' | 'enum';
  readonly name: string;
  readonly doc?: string;
  readonly fields?: readonly Field[];
  readonly symbols?: readonly string[];
  readonly default?: string;
}

const schemas = Object.values(PERSON_SCHEMAS);

/** Every record and enum of a schema, itself first. */
function namedTypes(type: unknown): readonly Named[] {
  if (Array.isArray(type)) return type.flatMap(namedTypes);
  if (typeof type !== 'object' || type === null) return [];
  const {
    type: kind,
    items,
    fields,
  } = type as { type: unknown; items?: unknown; fields?: unknown };
  const own = kind === 'record' || kind === 'enum' ? [type as Named] : [];
  const inner = Array.isArray(fields) ? (fields as Field[]).map((field) => field.type) : [];
  return [...own, ...namedTypes(inner), ...namedTypes(items)];
}

const types = schemas.flatMap((schema) =>
  namedTypes(schema).map((type) => ({ schema: schema.name, type: type.name, named: type })),
);
const namesIn = (schema: unknown): readonly string[] =>
  namedTypes(schema).flatMap(({ name, fields = [] }) => [
    name,
    ...fields.map((field) => field.name),
  ]);

describe('the Avro schemas', () => {
  it.each(types)('$schema: $type is explained, with each of its fields', ({ named }) => {
    expect(named.doc).toMatch(/\.$/);
    for (const field of named.fields ?? []) {
      expect(field.doc, field.name).toMatch(/\.$/);
    }
  });

  it.each(types.filter(({ named }) => named.type === 'enum'))(
    '$schema: $type has a default symbol, so that an older reader survives a newer word',
    ({ named }) => {
      expect(named.default).toBe('UNKNOWN');
      expect(named.symbols?.[0]).toBe('UNKNOWN');
    },
  );

  it.each(types.filter(({ named }) => named.type === 'record'))(
    '$schema: what may be null in $type is null by default',
    ({ named }) => {
      for (const field of named.fields ?? []) {
        if (Array.isArray(field.type)) expect(field, field.name).toHaveProperty('default', null);
      }
    },
  );

  it('say the same of a type that stands in several of them', () => {
    for (const { type, named } of types) {
      for (const same of types.filter((other) => other.type === type)) {
        expect(same.named).toEqual(named);
      }
    }
  });

  it('are known to the registry by the name of the record', () => {
    expect(schemas.map(subjectOf)).toEqual([
      'se.puhub.person.v1.Person',
      'se.puhub.person.v1.ProtectedPerson',
      'se.puhub.person.v1.PersonRedirect',
      'se.puhub.person.v1.PersonEvent',
    ]);
  });

  it('have a symbol for every event, group of fields and kind of relation', () => {
    const symbolsOf = (name: string): readonly string[] =>
      types.find(({ type }) => type === name)?.named.symbols?.slice(1) ?? [];
    const symbol = (word: string): string => word.toUpperCase().replaceAll('-', '_');
    expect(symbolsOf('PersonEventType')).toEqual(EVENT_TYPES.map(symbol));
    expect(symbolsOf('FieldGroup')).toEqual(FIELD_GROUPS.map(symbol));
    expect(symbolsOf('RelationKind')).toEqual(RELATION_KINDS.map(symbol));
  });
});

describe('the schema of a protected person', () => {
  it('cannot hold where the person lives, how to reach them, or who belongs to them', () => {
    const forbidden =
      /address|municipality|parish|property|postal|city|contact|phone|mail|relation|relative|kin|custod|marital|paper/i;
    const found = namesIn(PERSON_SCHEMAS.protectedPerson).filter((name) => forbidden.test(name));
    expect(found).toEqual([]);
    expect(namesIn(PERSON_SCHEMAS.person).filter((name) => forbidden.test(name))).not.toEqual([]);
  });
});

describe('the schema of an event', () => {
  it('has no place for a value of a person', () => {
    expect(PERSON_SCHEMAS.event.fields.map((field) => (field as Field).name)).toEqual([
      'eventId',
      'personKey',
      'version',
      'type',
      'effectiveDate',
      'changed',
      'source',
      'sourcePosition',
      'recordedAt',
    ]);
  });
});
