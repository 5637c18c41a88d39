import { readFileSync } from 'node:fs';

/** An Avro record schema, with what the registry needs to know of it. */
export interface RecordSchema {
  readonly type: 'record';
  readonly namespace: string;
  readonly name: string;
  readonly fields: readonly unknown[];
}

/** The schemas of what the hub publishes for itself, whole and without a profile. */
export const PERSON_SCHEMAS = {
  person: readSchema('person'),
  protectedPerson: readSchema('protected-person'),
  redirect: readSchema('person-redirect'),
  event: readSchema('person-event'),
} as const;

/** The schemas of what consumers read, and of what they answer. */
export const CONSUMER_SCHEMAS = {
  consumerPerson: readSchema('consumer-person'),
  consumerProtectedPerson: readSchema('consumer-protected-person'),
  consumerEvent: readSchema('consumer-person-event'),
  purgeOrder: readSchema('consumer-purge-order'),
  purgeAck: readSchema('consumer-purge-ack'),
} as const;

/** Subject by record name: one topic carries several record types, and one type may stand on several topics. */
export function subjectOf(schema: RecordSchema): string {
  return `${schema.namespace}.${schema.name}`;
}

function readSchema(name: string): RecordSchema {
  const file = new URL(`../schemas/${name}.avsc`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as RecordSchema;
}
