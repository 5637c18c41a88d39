import type { TopicReport } from '../../kafka/kafka-admin.ts';

/** The topics, a line each, with the settings that differ from the table under them. */
export function printTopics(reports: readonly TopicReport[]): string {
  const width = Math.max(...reports.map(({ topic }) => topic.length));
  return reports
    .flatMap(({ topic, partitions, drift }) => [
      `${drift.length === 0 ? 'ok     ' : 'DIFFERS'}  ${topic.padEnd(width)}  ${partitions} partitions`,
      ...drift.map(
        ({ setting, have, want }) => `           ${setting} is ${have}, should be ${want}`,
      ),
    ])
    .join('\n');
}
