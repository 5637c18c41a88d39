import { readFileSync } from 'node:fs';
import type { PERSON_SCHEMAS, RecordSchema } from '../../../connectors/kafka/schema-catalogue.ts';

/** Versions of the schemas that consumers have, oldest first: a folder of `published-schemas` each. A released one is never changed. */
const VERSIONS = [1] as const;

const FILES: Readonly<Record<keyof typeof PERSON_SCHEMAS, string>> = {
  person: 'person',
  protectedPerson: 'protected-person',
  redirect: 'person-redirect',
  event: 'person-event',
};

/** A schema as it was released. */
export interface PublishedSchema {
  readonly version: number;
  readonly name: keyof typeof PERSON_SCHEMAS;
  readonly schema: RecordSchema;
}

/** Every released version of every schema of `PERSON_SCHEMAS`. */
export const PUBLISHED_SCHEMAS: readonly PublishedSchema[] = VERSIONS.flatMap((version) =>
  (Object.keys(FILES) as (keyof typeof PERSON_SCHEMAS)[]).map((name) => ({
    version,
    name,
    schema: readPublished(version, FILES[name]),
  })),
);

function readPublished(version: number, file: string): RecordSchema {
  const url = new URL(`published-schemas/${version}/${file}.avsc`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as RecordSchema;
}
