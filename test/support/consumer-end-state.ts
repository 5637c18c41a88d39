import { AvroCodec } from '../../connectors/kafka/avro-codec.ts';
import {
  ConsumerCodec,
  GENERATION_HEADER,
  VERSION_HEADER,
} from '../../connectors/kafka/consumer-codec.ts';
import { FhirCodec } from '../../connectors/kafka/fhir-codec.ts';
import type { LocatedRecord } from '../../connectors/kafka/kafka-message.ts';
import { consumerTopicNames } from '../../connectors/kafka/topics.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../core/disclosure/disclose.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { testEnvironment } from './env.ts';
import type { HubWorld } from './hub-world.ts';

const PAGE = 500;

/** What one consumer has in the end, compared with what its profile says of the golden records. */
export interface ConsumerEndState {
  /** Persons of whom the topic has a record now. */
  readonly persons: number;
  readonly protectedPersons: number;
  readonly tombstones: number;
  /** Orders to forget, each once. */
  readonly orders: number;
  readonly events: number;
  /** Person keys with what is wrong; empty when all is well. */
  readonly contradictions: readonly string[];
}

/**
 * Compares the topics of one consumer with the profile applied to the golden records, person by person and byte by byte, and looks whether a record
 * ever stood behind a newer one.
 */
export async function readConsumerEndState(
  world: HubWorld,
  { store }: Operator,
  profile: ConsumerProfile,
): Promise<ConsumerEndState> {
  const consumer = (await store.deliveries.consumers()).find(({ name }) => name === profile.name);
  if (consumer === undefined) throw new Error('There is no such consumer.');
  const names = consumerTopicNames(profile.name, world.prefix);
  const contradictions: string[] = [];
  const last = await readStates(world, names.person, contradictions);
  const { schemaRegistryUrl: registryUrl } = testEnvironment();
  const avro = await ConsumerCodec.register(new AvroCodec({ registryUrl, clientId: 'test' }));
  const isFhir = profile.delivery.kind === 'topic' && profile.delivery.format === 'fhir-patient';
  const codec = isFhir ? new FhirCodec(avro) : avro;
  const counts = { persons: 0, protectedPersons: 0, tombstones: 0 };
  const seen = new Set<string>();
  let after: PersonKey | null = null;
  for (;;) {
    const keys: readonly PersonKey[] = await store.deliveries.nextPersons(after, PAGE);
    if (keys.length === 0) break;
    after = keys.at(-1) ?? null;
    const facts = await store.deliveries.facts(consumer.id, keys, true);
    for (const personKey of keys) {
      seen.add(personKey);
      const record = last.get(personKey);
      const has = record !== undefined && record.value !== null;
      const golden = facts.persons.get(personKey)?.golden ?? null;
      const isListed = facts.listed.has(personKey);
      const disclosure = disclose(golden, profile, { isListed, wasSent: has });
      if (disclosure.kind === 'left-out') {
        if (has) contradictions.push(`has what it may not: ${personKey} (${disclosure.reason})`);
        if (record !== undefined) counts.tombstones += 1;
        continue;
      }
      counts.persons += 1;
      if (disclosure.kind === 'protected-person') counts.protectedPersons += 1;
      if (!has) {
        contradictions.push(`lacks: ${personKey}`);
        continue;
      }
      const { generation, version } = orderOf(record);
      const should = codec.encodeState({
        personKey,
        generation,
        version,
        state: disclosure,
        at: 0,
      });
      if (record.value === null || !should.value?.equals(record.value)) {
        contradictions.push(`differs: ${personKey}`);
      }
      const delivered = facts.delivered.get(personKey);
      if (delivered?.generation !== generation || delivered.version !== version) {
        contradictions.push(`the ledger says something else: ${personKey}`);
      }
    }
  }
  for (const [key, { value }] of last) {
    if (!seen.has(key) && value !== null) contradictions.push(`nobody has this key: ${key}`);
  }
  const orders = await countDistinct(world, names.purge);
  const events = await countDistinct(world, names.events);
  return { ...counts, orders, events, contradictions };
}

/** The last record of each key; whether one stands behind a newer one is a contradiction. */
async function readStates(
  { kafka }: HubWorld,
  topic: string,
  contradictions: string[],
): Promise<ReadonlyMap<string, LocatedRecord>> {
  const last = new Map<string, LocatedRecord>();
  for await (const record of kafka.readTopic({ topic })) {
    const key = String(record.key);
    const before = last.get(key);
    if (before !== undefined && isOlder(orderOf(record), orderOf(before))) {
      contradictions.push(`goes back: ${key}`);
    }
    last.set(key, record);
  }
  return last;
}

interface Order {
  readonly generation: number;
  readonly version: number;
}

function orderOf({ headers }: LocatedRecord): Order {
  return {
    generation: Number(headers[GENERATION_HEADER]),
    version: Number(headers[VERSION_HEADER]),
  };
}

function isOlder(one: Order, other: Order): boolean {
  return (
    one.generation < other.generation ||
    (one.generation === other.generation && one.version < other.version)
  );
}

async function countDistinct({ kafka }: HubWorld, topic: string): Promise<number> {
  const ids = new Set<string>();
  for await (const { headers } of kafka.readTopic({ topic })) ids.add(headers['ce_id'] ?? '');
  return ids.size;
}

/**
 * Compares the persons in a consumer's own tables with the profile applied to the golden records.
 * @param rows `person key|kind` of each person there.
 */
export async function contradictionsOfTable(
  { store }: Operator,
  profile: ConsumerProfile,
  rows: ReadonlySet<string>,
): Promise<readonly string[]> {
  const consumer = (await store.deliveries.consumers()).find(({ name }) => name === profile.name);
  if (consumer === undefined) throw new Error('There is no such consumer.');
  const left = new Set(rows);
  const contradictions: string[] = [];
  let after: PersonKey | null = null;
  for (;;) {
    const keys: readonly PersonKey[] = await store.deliveries.nextPersons(after, PAGE);
    if (keys.length === 0) break;
    after = keys.at(-1) ?? null;
    const facts = await store.deliveries.facts(consumer.id, keys, true);
    for (const personKey of keys) {
      const golden = facts.persons.get(personKey)?.golden ?? null;
      const isListed = facts.listed.has(personKey);
      const disclosure = disclose(golden, profile, { isListed, wasSent: false });
      if (disclosure.kind === 'left-out') continue;
      if (!left.delete(`${personKey}|${disclosure.kind}`))
        contradictions.push(`lacks: ${personKey}`);
    }
  }
  return [...contradictions, ...[...left].map((row) => `has what it may not: ${row}`)];
}
