import { statement } from '../../connectors/hub-store/database.ts';
import { AvroCodec } from '../../connectors/kafka/avro-codec.ts';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { testEnvironment } from './env.ts';
import type { HubWorld } from './hub-world.ts';

/**
 * What a hub ended with, in a form that two runs can be compared in: person keys, which are random, are replaced by identities. One line
 * for each row or record, sorted.
 */
export interface HubSnapshot {
  readonly evidence: readonly string[];
  readonly persons: readonly string[];
  readonly parked: readonly string[];
  /** The last record of each key. */
  readonly states: readonly string[];
  /** Each event once, whatever the number of deliveries. */
  readonly events: readonly string[];
}

/**
 * Reads the whole store and both person topics.
 * @throws when a topic contradicts itself: a version that goes backwards, one event id with two contents.
 */
export async function snapshotHub(world: HubWorld): Promise<HubSnapshot> {
  const { database } = world.store;
  const rows = async (sql: string): Promise<string[]> => {
    const found = await database.query(statement<{ line: string }>('', sql));
    return found.map(({ line }) => line).sort();
  };
  const owners = await database.query(
    statement<{ person_key: string; identity: string }>(
      '',
      `SELECT person_key, string_agg(root || '|' || extension, ',' ORDER BY root, extension) AS identity
       FROM identities GROUP BY person_key`,
    ),
  );
  const ownerOf = new Map(owners.map((row) => [row.person_key, row.identity]));
  return {
    evidence: await rows(
      `SELECT concat_ws(' ', i.root, i.extension, e.source, e.content_hash, e.content) AS line
       FROM evidence e JOIN identities i USING (identity_key)`,
    ),
    persons: await rows(
      `SELECT concat_ws(' ', i.root, i.extension, p.version, p.content_hash, p.golden) AS line
       FROM persons p JOIN identities i ON i.identity_key = p.person_key`,
    ),
    parked: await rows(
      `SELECT concat_ws(' ', code, field, identity_hash) AS line FROM parked WHERE resolved_at IS NULL`,
    ),
    ...(await readTopics(world, ownerOf)),
  };
}

async function readTopics(world: HubWorld, ownerOf: ReadonlyMap<string, string>) {
  const codec = new AvroCodec({
    registryUrl: testEnvironment().schemaRegistryUrl,
    clientId: 'test',
  });
  const states = new Map<string, { version: number; line: string }>();
  for await (const { key, value } of world.kafka.readTopic({
    topic: topicName(TOPIC.personState, world.prefix),
  })) {
    const personKey = String(key);
    const decoded = await codec.decode(value);
    const before = states.get(personKey);
    if (decoded.kind === 'tombstone') {
      states.set(personKey, { version: before?.version ?? 0, line: 'tombstone' });
      continue;
    }
    const { personKey: _, ...record } = decoded.record;
    const version = Number(record['version']);
    if (before !== undefined && version < before.version) {
      throw new Error(`A state went back from version ${before.version} to ${version}.`);
    }
    states.set(personKey, { version, line: `${decoded.name} ${JSON.stringify(record)}` });
  }
  const events = new Map<string, string>();
  for await (const { key, value } of world.kafka.readTopic({
    topic: topicName(TOPIC.personEvents, world.prefix),
  })) {
    const decoded = await codec.decode(value);
    if (decoded.kind === 'tombstone') throw new Error('An event topic has no tombstones.');
    const { eventId, type, version, changed, effectiveDate } = decoded.record;
    const line = JSON.stringify([ownerOf.get(String(key)), version, type, changed, effectiveDate]);
    const before = events.get(String(eventId));
    if (before !== undefined && before !== line) throw new Error('One event id, two contents.');
    events.set(String(eventId), line);
  }
  return {
    states: [...states].map(([key, { line }]) => `${ownerOf.get(key)} ${line}`).sort(),
    events: [...events.values()].sort(),
  };
}

/** Compares line by line and names the first differences, since a diff of twenty thousand lines helps nobody. */
export function differences(actual: HubSnapshot, expected: HubSnapshot): readonly string[] {
  return (['evidence', 'persons', 'parked', 'states', 'events'] as const).flatMap((part) => {
    const is = new Set(actual[part]);
    const should = new Set(expected[part]);
    const missing = [...should].filter((line) => !is.has(line));
    const extra = [...is].filter((line) => !should.has(line));
    const double = actual[part].length - is.size;
    return [
      ...missing.slice(0, 3).map((line) => `${part} lacks (of ${missing.length}): ${line}`),
      ...extra.slice(0, 3).map((line) => `${part} has too much (of ${extra.length}): ${line}`),
      ...(double > 0 ? [`${part} has ${double} lines twice`] : []),
    ];
  });
}
