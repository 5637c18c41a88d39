/** The AsyncAPI document is what the schemas, the table of topics and the profiles say, and what AsyncAPI's own parser takes. */
import { join } from 'node:path';
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from 'vitest';
import { CONSUMER_SCHEMAS } from '../../connectors/kafka/schema-catalogue.ts';
import { consumerTopicTable, TOPIC } from '../../connectors/kafka/topics.ts';
import { printAsyncApi } from '../../connectors/runtime/operations/asyncapi-document.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { profileOf } from '../core/disclosure/disclosure-builder.ts';
import { mappingFiles } from '../support/test-rules.ts';

const { consumers } = mappingFiles;
const ofAll = (...profiles: readonly ConsumerProfile[]): ReadonlyMap<string, ConsumerProfile> =>
  new Map(profiles.map((profile) => [profile.name, profile]));

/** Everything but the hint that there is a newer AsyncAPI. */
async function findings(document: string): Promise<readonly string[]> {
  const parser = new Parser();
  parser.registerSchemaParser(AvroSchemaParser());
  const { diagnostics } = await parser.parse(document);
  return diagnostics
    .filter(({ code }) => code !== 'asyncapi-latest-version')
    .map(({ code, message, path }) => `${code} at ${path.join('.')}: ${message}`);
}

describe('docs/asyncapi.json', () => {
  it('is what the sources say', async () => {
    const file = join(import.meta.dirname, '../../docs/asyncapi.json');
    await expect(printAsyncApi(consumers)).toMatchFileSnapshot(file);
  });

  it('has nothing that the parser of AsyncAPI finds fault with', async () => {
    expect(await findings(printAsyncApi(consumers))).toEqual([]);
  });

  it('has a channel for every topic that consumers read or write, and no other', () => {
    const { channels } = JSON.parse(printAsyncApi(consumers)) as {
      readonly channels: Readonly<Record<string, { readonly address: string }>>;
    };
    const topics = [...consumers.values()].flatMap((profile) => consumerTopicTable(profile));
    expect(Object.values(channels).map(({ address }) => address)).toEqual([
      ...topics.map(({ topic }) => topic),
      TOPIC.purgeAck,
    ]);
  });

  it('holds the schemas word for word', () => {
    const text = printAsyncApi(ofAll(profileOf()));
    const { components } = JSON.parse(text) as {
      readonly components: {
        readonly messages: Readonly<Record<string, { readonly payload: { schema?: object } }>>;
      };
    };
    const schemas = Object.values(components.messages).flatMap(({ payload }) => payload.schema ?? []);
    expect(schemas).toEqual(Object.values(CONSUMER_SCHEMAS));
  });
});

describe('the document of other profiles', () => {
  const profiles: readonly [string, Partial<ConsumerProfile>, RegExp, RegExp][] = [
    [
      'a thin signal has no channel of persons',
      { delivery: { kind: 'topic', format: 'avro', content: 'thin-signal' } },
      /consumer\.everything\.events\.v1/,
      /consumer\.everything\.person\.v1|"Tombstone"/,
    ],
    [
      'FHIR has patients and no Avro of a person',
      { delivery: { kind: 'topic', format: 'fhir-patient', content: 'full-state' } },
      /application\/fhir\+json/,
      /"name": "ProtectedPerson"/,
    ],
    [
      'a table has no channel at all',
      { delivery: { kind: 'table', onLeaving: 'delete' } },
      /hub\.purge-ack\.v1/,
      /consumer\.everything/,
    ],
    [
      'who leaves protected persons out is not shown the masked record',
      { protectedPersons: 'left-out' },
      /Nothing of protected persons\./,
      /"name": "ProtectedPerson"/,
    ],
  ];
  it.each(profiles)('%s', async (_, change, has, hasNot) => {
    const document = printAsyncApi(ofAll(profileOf(change)));
    expect(document).toMatch(has);
    expect(document).not.toMatch(hasNot);
    expect(await findings(document)).toEqual([]);
  });
});

describe('the parser finds', () => {
  const good = printAsyncApi(ofAll(profileOf()));

  it.each([
    ['a message that is nowhere', '#/components/messages/personEvent', '#/components/messages/gone'],
    ['a schema that is no Avro', '"name": "PurgeOrder"', '"name": "Purge Order"'],
    ['a setting that Kafka does not have', '"compact"', '"compress"'],
    ['a message of another channel', '#/channels/everything-purge/messages/purgeOrder', '#/channels/purge-ack/messages/purgeAck'],
  ])('%s', async (_, before, after) => {
    const broken = good.replace(before, after);
    expect(broken).not.toBe(good);
    expect(await findings(broken)).not.toEqual([]);
  });
});
