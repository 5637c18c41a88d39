/** `hub consumers sheet`: what to hand to who runs a consumer. */
import type { ConnectionSheet, ConnectionTopics } from './connection-sheet.ts';

type Line = readonly [subject: string, text: string];

/** The sheet, with a reader to try. */
export function printConnectionSheet(sheet: ConnectionSheet): string {
  const { name, topics } = sheet;
  if (topics === null) {
    return [
      `How ${name} is connected`,
      '  Its persons go to tables in its own database; it reads nothing of Kafka.',
      '  The address of that database stands in the file of HUB_CONSUMER_DATABASES, under its name.',
    ].join('\n');
  }
  return [
    `How ${name} is connected`,
    ...aligned([
      ['brokers', sheet.brokers.join(', ')],
      ['security', security(sheet)],
      ['principal', sheet.principal === null ? 'given outside the hub' : `User:${sheet.principal}`],
      ['groups', `any name that begins with ${topics.groupPrefix}`],
      ...topicLines(sheet, topics),
      ['registry', topics.registryUrl],
      ...topics.schemas.map(
        ({ subject, schemaId, of }, i): Line => [
          i === 0 ? 'schemas' : '',
          `${String(schemaId).padStart(5)}  ${subject} (${of})`,
        ],
      ),
    ]),
    '',
    'A reader to try, of the tools that come with Kafka:',
    ...sampleReader(sheet, topics),
    '',
    ...duties(topics),
  ].join('\n');
}

function security({ isTls, needsLogin }: ConnectionSheet): string {
  if (needsLogin) return `${isTls ? 'SASL_SSL' : 'SASL_PLAINTEXT'}, SCRAM-SHA-512`;
  return isTls ? 'SSL' : 'PLAINTEXT';
}

function topicLines({ delivery }: ConnectionSheet, topics: ConnectionTopics): readonly Line[] {
  const { person, events, purge, answers, partitions, retentionDays } = topics;
  const kept = `kept ${retentionDays} days`;
  const orders = Math.max(365, retentionDays);
  return [
    ...(person === null
      ? []
      : [
          [
            'states',
            `${person}: the state of each person, ${format(delivery)}, compacted`,
          ] as const,
        ]),
    ['events', `${events}: what happened, without values, ${kept}`],
    ['orders', `${purge}: what to forget, kept ${orders} days`],
    ['answers', `${answers}: say there what was forgotten`],
    ['partitions', `${partitions} each; the key is the person key, by Kafka's default partitioner`],
  ];
}

function format(delivery: ConnectionSheet['delivery']): string {
  return delivery.kind === 'topic' && delivery.format === 'fhir-patient'
    ? 'a FHIR R4 Patient in JSON'
    : 'Avro';
}

function sampleReader(
  { isTls, needsLogin }: ConnectionSheet,
  { person, events, groupPrefix }: ConnectionTopics,
): readonly string[] {
  const isOpen = !isTls && !needsLogin;
  return [
    `  kafka-console-consumer.sh --bootstrap-server <broker>${isOpen ? '' : ' --consumer.config <file with the login>'} \\`,
    `    --topic ${person ?? events} --group ${groupPrefix}try --from-beginning \\`,
    '    --property print.key=true --property print.headers=true --property print.value=false',
    '  Avro values are in the Confluent wire format: a zero byte, four bytes of schema id, then the record.',
  ];
}

function duties({ person, answers }: ConnectionTopics): readonly string[] {
  return [
    'What a reader must do',
    ...(person === null
      ? [
          '  - Look up the person that an event names: it has no values. `withdrawn` says that the person is not yours any more.',
        ]
      : [
          '  - A value of null (a tombstone) says that the person is not yours any more: delete what you have.',
        ]),
    '  - Keep (generation, version) of what you took, also of what you deleted. Refuse what is below it, comparing the generation first; take the same again.',
    '    A higher generation is taken even with a lower version.',
    `  - Carry out each order to forget within its time, up to its generation and version, and answer on ${answers} with its id.`,
    '  The whole of it: docs/topics/README.md.',
  ];
}

function aligned(lines: readonly Line[]): readonly string[] {
  const width = Math.max(...lines.map(([subject]) => subject.length));
  return lines.map(([subject, text]) => `  ${subject.padEnd(width)}  ${text}`);
}
