import { describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { PERSON_SCHEMAS, type RecordSchema } from '../../../connectors/kafka/schema-catalogue.ts';
import { testEnvironment } from '../../support/env.ts';
import { testName } from '../../support/kafka-topic.ts';
import { PRESENT_SCHEMAS, PUBLISHED_SCHEMAS } from './published-schemas.ts';

const registryUrl = testEnvironment().schemaRegistryUrl;
const avro = new AvroCodec({ registryUrl, clientId: 'test' });

describe('what is registered after what was released before', () => {
  it.each(PUBLISHED_SCHEMAS)(
    '$name is accepted after version $version, and by who has only that',
    async (published) => {
      // Under a namespace of its own, since the registry keeps what other runs registered.
      const namespace = testName('released').replaceAll('-', '_');
      const older = new AvroCodec({ registryUrl, clientId: 'test' });
      const newer = new AvroCodec({ registryUrl, clientId: 'test' });
      const { schemaId } = await older.register({ ...published.schema, namespace });
      const present = { ...PRESENT_SCHEMAS[published.name], namespace };
      expect((await newer.register(present)).schemaId).toBeGreaterThanOrEqual(schemaId);
      expect((await older.register({ ...published.schema, namespace })).schemaId).toBe(schemaId);
    },
  );

  it('is refused when a word is taken out of what was released', async () => {
    const namespace = testName('released').replaceAll('-', '_');
    await avro.register({ ...PERSON_SCHEMAS.event, namespace });
    const text = JSON.stringify({ ...PERSON_SCHEMAS.event, namespace });
    const withoutDefault = text.replace('"PU","HUB"],"default":"UNKNOWN"', '"PU"]');
    expect(withoutDefault).not.toBe(text);
    await expect(avro.register(JSON.parse(withoutDefault) as RecordSchema)).rejects.toMatchObject({
      code: 'HUB_KAFKA_SCHEMA_INCOMPATIBLE',
    });
  });
});

describe('a schema that changes', () => {
  const field = (name: string, rest: object = {}): object => ({ name, type: 'string', ...rest });
  const schema = (name: string, ...fields: readonly object[]): RecordSchema => ({
    type: 'record',
    namespace: 'test.hub',
    name,
    fields,
  });
  const freshName = (): string => testName('Schema').replaceAll('-', '_');

  it('is registered by instances that start at once on a new registry, all with one id', async () => {
    for (let round = 0; round < 15; round += 1) {
      const fresh = schema(freshName(), field('a'));
      const codecs = [1, 2, 3, 4].map(() => new AvroCodec({ registryUrl, clientId: 'test' }));
      const writers = await Promise.all(codecs.map((codec) => codec.register(fresh)));
      expect(new Set(writers.map(({ schemaId }) => schemaId)).size).toBe(1);
    }
  });

  it('may gain a field with a default: old records are read in the new shape', async () => {
    const name = freshName();
    const old = await avro.register(schema(name, field('a')));
    const written = old.encode({ a: 'written before' });
    const newer = new AvroCodec({ registryUrl, clientId: 'test' });
    await newer.register(schema(name, field('a'), field('b', { default: 'by default' })));
    expect(await newer.decode(written)).toMatchObject({
      record: { a: 'written before', b: 'by default' },
    });
  });

  it('is refused when a field has no default, from the first version on', async () => {
    const name = freshName();
    await avro.register(schema(name, field('a')));
    await expect(avro.register(schema(name, field('a'), field('b')))).rejects.toMatchObject({
      code: 'HUB_KAFKA_SCHEMA_INCOMPATIBLE',
      disposition: 'fatal',
      context: { subject: `test.hub.${name}`, status: 409 },
    });
  });

  it('is refused when somebody has lowered the level of the subject', async () => {
    const name = freshName();
    await avro.register(schema(name, field('a')));
    await fetch(`${registryUrl}/config/test.hub.${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ compatibility: 'NONE' }),
    });
    await expect(avro.register(schema(name, field('a')))).rejects.toMatchObject({
      code: 'HUB_KAFKA_SCHEMA_INCOMPATIBLE',
      context: { level: 'NONE' },
    });
  });
});
