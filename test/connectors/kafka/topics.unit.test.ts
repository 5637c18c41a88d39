import { describe, expect, it } from 'vitest';
import {
  consumerTopicNames,
  consumerTopicTable,
  TOPIC,
  topicName,
  topicTable,
} from '../../../connectors/kafka/topics.ts';

const settingsOf = (topic: string): Readonly<Record<string, string>> | undefined =>
  topicTable().find((spec) => spec.topic === topic)?.settings;

describe('the topic table', () => {
  it('compacts the state of persons and rolls its segments, or nothing would ever be erased', () => {
    expect(settingsOf(TOPIC.personState)).toMatchObject({
      'cleanup.policy': 'compact',
      'segment.ms': '3600000',
      'delete.retention.ms': '604800000',
    });
  });

  it('never compacts events or raw records: each of them counts', () => {
    for (const topic of [TOPIC.personEvents, TOPIC.sourceMaster, TOPIC.purgeAck]) {
      expect(settingsOf(topic)).toMatchObject({ 'cleanup.policy': 'delete' });
    }
  });

  it('keeps raw personal data shorter than events without values', () => {
    const retention = (topic: string): number => Number(settingsOf(topic)?.['retention.ms']);
    expect(retention(TOPIC.sourceMaster)).toBeLessThan(retention(TOPIC.personEvents));
  });

  it('lets an acknowledged record survive the loss of one broker where there are three', () => {
    for (const { settings } of topicTable({ replicationFactor: 3 })) {
      expect(settings['min.insync.replicas']).toBe('2');
    }
    for (const { settings } of topicTable({ replicationFactor: 1 })) {
      expect(settings['min.insync.replicas']).toBe('1');
    }
  });

  it('gives every topic the same number of partitions and the prefix', () => {
    const table = topicTable({ prefix: 'demo.', partitions: 3 });
    expect(new Set(table.map(({ partitions }) => partitions))).toEqual(new Set([3]));
    expect(table.every(({ topic }) => topic.startsWith('demo.'))).toBe(true);
    expect(topicName(TOPIC.personState, 'demo.')).toBe('demo.person.state.v1');
  });
});

describe('the topics of a consumer', () => {
  const profile = {
    name: 'laboratory',
    retentionDays: 30,
    delivery: { kind: 'topic', format: 'avro', content: 'full-state' },
  } as const;
  const day = 86_400_000;
  const retention = (retentionDays: number): readonly (string | undefined)[] =>
    consumerTopicTable({ ...profile, retentionDays }).map(
      ({ settings }) => settings['retention.ms'],
    );

  it('are three, named after it', () => {
    expect(consumerTopicTable(profile, { prefix: 'demo.' }).map(({ topic }) => topic)).toEqual([
      'demo.consumer.laboratory.person.v1',
      'demo.consumer.laboratory.events.v1',
      'demo.consumer.laboratory.purge.v1',
    ]);
    expect(consumerTopicNames('laboratory', 'demo.')).toEqual({
      person: 'demo.consumer.laboratory.person.v1',
      events: 'demo.consumer.laboratory.events.v1',
      purge: 'demo.consumer.laboratory.purge.v1',
    });
  });

  it('compact its states like those of the hub, and nothing else', () => {
    const [person, events, purge] = consumerTopicTable(profile);
    expect(person?.settings).toEqual(settingsOf(TOPIC.personState));
    expect(events?.settings).toMatchObject({ 'cleanup.policy': 'delete' });
    expect(purge?.settings).toMatchObject({ 'cleanup.policy': 'delete' });
  });

  it('keep events as long as the profile says, and orders to forget a year at least', () => {
    expect(retention(30)).toEqual([undefined, String(30 * day), String(365 * day)]);
    expect(retention(1000)).toEqual([undefined, String(1000 * day), String(1000 * day)]);
  });

  it('have the partitions and the replicas of the hub', () => {
    const [first, ...others] = consumerTopicTable(profile, { partitions: 3, replicationFactor: 3 });
    const [ofHub] = topicTable({ partitions: 3, replicationFactor: 3 });
    expect(first).toMatchObject({ partitions: 3, replicationFactor: 3 });
    expect(first?.settings['min.insync.replicas']).toBe('2');
    for (const { partitions } of others) expect(partitions).toBe(ofHub?.partitions);
    expect(consumerTopicTable(profile)[0]?.partitions).toBe(topicTable()[0]?.partitions);
  });

  it('are without states for a thin signal, and none for a table', () => {
    const thin = { kind: 'topic', format: 'avro', content: 'thin-signal' } as const;
    expect(consumerTopicTable({ ...profile, delivery: thin }).map(({ topic }) => topic)).toEqual([
      'consumer.laboratory.events.v1',
      'consumer.laboratory.purge.v1',
    ]);
    const table = { kind: 'table', onLeaving: 'delete' } as const;
    expect(consumerTopicTable({ ...profile, delivery: table })).toEqual([]);
  });
});
