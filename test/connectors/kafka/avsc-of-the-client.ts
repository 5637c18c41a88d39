/** The Avro library of the registry client, so that what is tested is what encodes and decodes in the hub. */
import { createRequire } from 'node:module';
import type { AvroType } from '../../../connectors/kafka/avro-types.ts';

const requireHere = createRequire(import.meta.url);
const requireAsClient = createRequire(
  requireHere.resolve('@kafkajs/confluent-schema-registry/package.json'),
);

export const avsc = requireAsClient('avsc') as {
  readonly Type: {
    forSchema(schema: object): AvroType & { toBuffer(value: unknown): Buffer };
  };
};
