import { describe, expect, it } from 'vitest';
import {
  CONSUMER_SCHEMAS,
  PERSON_SCHEMAS,
  type RecordSchema,
  subjectOf,
} from '../../../connectors/kafka/schema-catalogue.ts';
import type { ConsumerPurgeReason } from '../../../core/disclosure/delivery.ts';
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

const schemas: readonly RecordSchema[] = [
  ...Object.values(PERSON_SCHEMAS),
  ...Object.values(CONSUMER_SCHEMAS),
];

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
  namedTypes(schema).map((type) => ({
    schema: subjectOf(schema),
    namespace: schema.namespace,
    type: type.name,
    named: type,
  })),
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

  it('say the same of a type that stands in several of a namespace', () => {
    for (const { namespace, type, named } of types) {
      const sameName = types.filter((one) => one.type === type && one.namespace === namespace);
      for (const same of sameName) expect(same.named).toEqual(named);
    }
  });

  it('are known to the registry by the name of the record', () => {
    expect(schemas.map(subjectOf)).toEqual([
      'se.puhub.person.v1.Person',
      'se.puhub.person.v1.ProtectedPerson',
      'se.puhub.person.v1.PersonRedirect',
      'se.puhub.person.v1.PersonEvent',
      'se.puhub.consumer.v1.Person',
      'se.puhub.consumer.v1.ProtectedPerson',
      'se.puhub.consumer.v1.PersonEvent',
      'se.puhub.consumer.v1.PurgeOrder',
      'se.puhub.consumer.v1.PurgeAck',
    ]);
  });

  it.each(Object.values(PERSON_SCHEMAS).flatMap(namedTypes).filter(isOfConsumersToo))(
    'have the same symbols for $name in both namespaces',
    ({ name, symbols }) => {
      const ofConsumers = Object.values(CONSUMER_SCHEMAS).flatMap(namedTypes);
      const same = ofConsumers.find((one) => one.name === name);
      expect(same?.symbols).toEqual(
        name === 'PersonEventType' ? [...(symbols ?? []), 'DISCLOSED', 'WITHDRAWN'] : symbols,
      );
    },
  );

  it('have a symbol for every event, group of fields, kind of relation and reason to forget', () => {
    const symbolsOf = (name: string): readonly string[] =>
      types.find(({ type }) => type === name)?.named.symbols?.slice(1) ?? [];
    const symbol = (word: string): string => word.toUpperCase().replaceAll('-', '_');
    expect(symbolsOf('PersonEventType')).toEqual(EVENT_TYPES.map(symbol));
    expect(symbolsOf('FieldGroup')).toEqual(FIELD_GROUPS.map(symbol));
    expect(symbolsOf('RelationKind')).toEqual(RELATION_KINDS.map(symbol));
    expect(symbolsOf('PurgeReason')).toEqual(Object.keys(PURGE_REASONS).map(symbol));
  });
});

/** Enums that both families have; what a consumer can be told of a consent is one answer only. */
function isOfConsumersToo({ name, type }: Named): boolean {
  return type === 'enum' && !['SourceName', 'ContactConsent'].includes(name);
}

/** By the compiler, each reason that there is. */
const PURGE_REASONS: Readonly<Record<ConsumerPurgeReason, true>> = {
  'protection-raised': true,
  'relation-hidden': true,
  'no-longer-disclosed': true,
  'profile-changed': true,
  erased: true,
};

describe('the schema of a protected person', () => {
  it.each([
    ['of the hub', PERSON_SCHEMAS.protectedPerson, PERSON_SCHEMAS.person],
    ['of consumers', CONSUMER_SCHEMAS.consumerProtectedPerson, CONSUMER_SCHEMAS.consumerPerson],
  ])(
    '%s cannot hold where the person lives, how to reach them, or who belongs to them',
    (_, masked, whole) => {
      const forbidden =
        /address|municipality|parish|property|postal|city|contact|phone|mail|relation|relative|kin|custod|marital|paper/i;
      const found = namesIn(masked).filter((name) => forbidden.test(name));
      expect(found).toEqual([]);
      expect(namesIn(whole).filter((name) => forbidden.test(name))).not.toEqual([]);
    },
  );
});

describe('the schema of a person for consumers', () => {
  it('may leave out all but the keys, the numbers and the mark of test persons', () => {
    const always = ['personKey', 'generation', 'version', 'identities', 'testPerson'];
    const flags = ['protectedPerson', 'protectedPopulationRecord'];
    const { consumerPerson, consumerProtectedPerson } = CONSUMER_SCHEMAS;
    expect(fieldsThatAreAlwaysThere(consumerPerson)).toEqual(always);
    expect(fieldsThatAreAlwaysThere(consumerProtectedPerson)).toEqual([...always, ...flags]);
  });

  it('has no place for the wish about paper, which nobody gets', () => {
    expect(namesIn(CONSUMER_SCHEMAS.consumerPerson).join()).not.toMatch(/paper/i);
    expect(namesIn(PERSON_SCHEMAS.person).join()).toMatch(/paper/i);
  });
});

function fieldsThatAreAlwaysThere({ fields }: RecordSchema): readonly string[] {
  return (fields as readonly Field[])
    .filter(({ type, default: byDefault }) => !(Array.isArray(type) && byDefault === null))
    .map(({ name }) => name);
}

describe('the schema of an event', () => {
  const fieldNames = ({ fields }: RecordSchema): readonly string[] =>
    (fields as readonly Field[]).map(({ name }) => name);

  it('has no place for a value of a person', () => {
    expect(fieldNames(PERSON_SCHEMAS.event)).toEqual([
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

  it('says to a consumer nothing of where the data came from: a cutover shows in no field', () => {
    expect(fieldNames(CONSUMER_SCHEMAS.consumerEvent)).toEqual([
      'eventId',
      'personKey',
      'generation',
      'version',
      'type',
      'effectiveDate',
      'changed',
      'recordedAt',
    ]);
    for (const schema of Object.values(CONSUMER_SCHEMAS)) {
      expect(namesIn(schema).join()).not.toMatch(/source|master|position/i);
    }
  });
});
