/** The examples in docs/topics are what the codecs make: `vitest -u` writes them anew. Read the diff, do not just update it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { ConsumerCodec } from '../../../connectors/kafka/consumer-codec.ts';
import type { KafkaMessage } from '../../../connectors/kafka/kafka-message.ts';
import { PersonCodec } from '../../../connectors/kafka/person-codec.ts';
import { CONSUMER_SCHEMAS } from '../../../connectors/kafka/schema-catalogue.ts';
import { consumerTopicNames, TOPIC } from '../../../connectors/kafka/topics.ts';
import { type PersonKey, parsePersonKey } from '../../../core/person/person-identifier.ts';
import { testEnvironment } from '../../support/env.ts';
import {
  at,
  consumerEvent,
  consumerPurge,
  disclosedPerson,
  disclosedProtected,
} from './consumer-samples.ts';
import { day, personKey, stored } from './golden-samples.ts';

const FOLDER = join(import.meta.dirname, '../../../docs/topics');
const PAGES = readdirSync(FOLDER).filter((name) => name.endsWith('.md'));
const EXAMPLE = /<!-- example: ([a-z-]+) -->\n\n```json\n[^`]*```/g;

const examples = new Map<string, string>();
beforeAll(async () => {
  const avro = new AvroCodec({
    registryUrl: testEnvironment().schemaRegistryUrl,
    clientId: 'test',
  });
  const codec = await ConsumerCodec.register(avro);
  const ofHub = await PersonCodec.register(avro);
  const acknowledgement = (await avro.register(CONSUMER_SCHEMAS.purgeAck)).encode({
    orderId: consumerPurge.id,
    consumer: 'laboratory',
    acknowledgedAt: at + 3_600_000,
    acknowledgedBy: 'laboratory, operations',
  });
  const order = { personKey, generation: 2, version: 7 } as const;
  const messages: Readonly<Record<string, KafkaMessage>> = {
    person: codec.encodeState({ ...order, state: disclosedPerson, at }),
    'protected-person': codec.encodeState({ ...order, state: disclosedProtected, at }),
    tombstone: codec.encodeState({ ...order, version: 8, state: null, at }),
    event: codec.encodeEvent({ personKey, generation: 2, event: consumerEvent }),
    purge: codec.encodePurge({
      personKey,
      purge: consumerPurge,
      orderedAt: at,
      dueAt: at + 86_400_000,
    }),
    'purge-ack': { key: consumerPurge.id, value: acknowledgement },
    'hub-redirect': ofHub.encodeState(
      stored(null, parsePersonKey('00000000-0000-4000-8000-000000000002') as PersonKey),
    ),
    'hub-event': ofHub.encodeEvent({
      personKey,
      version: 7,
      event: { type: 'moved-in', effectiveDate: day, changed: ['addresses', 'membership'] },
      cause: { source: 'pu', position: { epoch: 1, version: 42n }, readAt: '2026-01-02T03:04:03Z' },
      recordedAt: at - 2000,
    }),
  };
  for (const [name, { key, headers, value }] of Object.entries(messages)) {
    const decoded = await avro.decode(value);
    const shown = {
      key,
      ...(headers !== undefined && { headers }),
      value: decoded.kind === 'record' ? decoded.record : null,
    };
    examples.set(name, JSON.stringify(shown, null, 2));
  }
});

describe('a page in docs/topics', () => {
  it.each(PAGES)('%s shows what is really sent', async (page) => {
    const file = join(FOLDER, page);
    const text = readFileSync(file, 'utf8').replace(EXAMPLE, (_, name: string) => {
      const example = examples.get(name) ?? expect.fail(`nothing makes an example ${name}`);
      return `<!-- example: ${name} -->\n\n\`\`\`json\n${example}\n\`\`\``;
    });
    await expect(text).toMatchFileSnapshot(file);
  });

  it('is there for each topic, and every example is on one', () => {
    const all = PAGES.map((page) => readFileSync(join(FOLDER, page), 'utf8'));
    const shown = all.flatMap((text) => [...text.matchAll(EXAMPLE)].map((match) => match[1]));
    expect(shown.toSorted()).toEqual([...examples.keys()].toSorted());
    const names = [...Object.values(consumerTopicNames('<name>')), ...publicTopics()];
    for (const topic of names) expect(all.join('\n')).toContain(`\`${topic}\``);
  });

  it('is linked to from the first one', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const page of PAGES) if (page !== 'README.md') expect(readme).toContain(`(${page})`);
  });
});

function publicTopics(): readonly string[] {
  return Object.values(TOPIC).filter((topic) => !topic.startsWith('source.'));
}
