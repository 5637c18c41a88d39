import { readFileSync } from 'node:fs';
import {
  CONSUMER_SCHEMAS,
  PERSON_SCHEMAS,
  type RecordSchema,
} from '../../../connectors/kafka/schema-catalogue.ts';

/** Every schema of the hub as it is now. */
export const PRESENT_SCHEMAS = { ...PERSON_SCHEMAS, ...CONSUMER_SCHEMAS } as const;
export type SchemaName = keyof typeof PRESENT_SCHEMAS;

const FILES: Readonly<Record<SchemaName, string>> = {
  person: 'person',
  protectedPerson: 'protected-person',
  redirect: 'person-redirect',
  event: 'person-event',
  consumerPerson: 'consumer-person',
  consumerProtectedPerson: 'consumer-protected-person',
  consumerEvent: 'consumer-person-event',
  purgeOrder: 'consumer-purge-order',
  purgeAck: 'consumer-purge-ack',
};

/** Versions of the schemas that somebody has, oldest first: a folder of `published-schemas` each, with what it held. A released one is never changed. */
const VERSIONS: readonly { readonly version: number; readonly names: readonly SchemaName[] }[] = [
  { version: 1, names: ['person', 'protectedPerson', 'redirect', 'event'] },
  { version: 2, names: Object.keys(FILES) as SchemaName[] },
];

/** A schema as it was released. */
export interface PublishedSchema {
  readonly version: number;
  readonly name: SchemaName;
  readonly schema: RecordSchema;
}

/** Every released version of every schema. */
export const PUBLISHED_SCHEMAS: readonly PublishedSchema[] = VERSIONS.flatMap(
  ({ version, names }) =>
    names.map((name) => ({ version, name, schema: readPublished(version, FILES[name]) })),
);

/** @throws RangeError when the schema was not in that version. */
export function publishedSchema(version: number, name: SchemaName): RecordSchema {
  const found = PUBLISHED_SCHEMAS.find((one) => one.version === version && one.name === name);
  if (found === undefined) throw new RangeError(`There is no ${name} of version ${version}.`);
  return found.schema;
}

function readPublished(version: number, file: string): RecordSchema {
  const url = new URL(`published-schemas/${version}/${file}.avsc`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as RecordSchema;
}
