import { describe, expect, it } from 'vitest';
import { TOPIC, topicName, topicTable } from '../../../connectors/kafka/topics.ts';

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
    for (const topic of [TOPIC.personEvents, TOPIC.sourceMaster]) {
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
