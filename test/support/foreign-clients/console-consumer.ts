/** Kafka's own console consumer: a client in Java that has nothing in common with the hub's. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installJavaPrograms } from '../../../scripts/stack/java-programs.ts';
import { type StackContext, stackContext } from '../../../scripts/stack/stack-context.ts';
import { partEnvironment, processEnvironment } from '../../../scripts/stack/stack-environment.ts';
import { VERSIONS } from '../../../scripts/stack/versions.ts';

/** A record as the console consumer printed it. */
export interface PrintedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
}

export interface ConsoleConsumer {
  /** Reads a topic from the beginning, until it has so many records. @throws when they do not come. */
  read(topic: string, count: number): readonly PrintedRecord[];
}

const TOMBSTONE = '<tombstone>';
const READ_WITHIN_MS = 20_000;

/** What is missing to run it; undefined: nothing. */
export function lackOfConsoleConsumer(): string | undefined {
  const context = quietContext();
  if (!existsSync(librariesOf(context))) return "needs Kafka's programs: run `hub stack up` once";
  const hasTools = existsSync(toolsOf(context)) || spawnSync('mvn', ['-v']).status === 0;
  return hasTools ? undefined : 'needs Maven';
}

/** Gets the tools of Kafka from Maven Central where they are not there yet. Call it only when nothing is missing. */
export async function openConsoleConsumer(brokers: readonly string[]): Promise<ConsoleConsumer> {
  const context = quietContext();
  const java = await installJavaPrograms(context);
  installTools(context);
  return { read: (topic, count) => readWith(java, context, brokers, topic, count) };
}

function quietContext(): StackContext {
  return stackContext({ name: 'test', report: () => undefined });
}

function librariesOf({ programFolder }: StackContext): string {
  return join(programFolder, 'kafka-lib');
}

/** The stack runs brokers only, so the tools are not among its libraries. Kept beside them. */
function toolsOf({ programFolder }: StackContext): string {
  return join(dirname(programFolder), 'tools', `kafka-tools-${VERSIONS.kafka}.jar`);
}

function installTools(context: StackContext): void {
  const jar = toolsOf(context);
  if (existsSync(jar)) return;
  mkdirSync(dirname(jar), { recursive: true });
  const folder = mkdtempSync(`${jar}.`);
  try {
    const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${VERSIONS.mavenDependencyPlugin}:copy`;
    const artifact = `-Dartifact=org.apache.kafka:kafka-tools:${VERSIONS.kafka}`;
    const args = ['-q', '-B', plugin, artifact, `-DoutputDirectory=${folder}`];
    const run = spawnSync('mvn', args, { encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`Maven got no tools of Kafka.\n${run.stdout}`);
    renameSync(join(folder, `kafka-tools-${VERSIONS.kafka}.jar`), jar);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readWith(
  java: string,
  context: StackContext,
  brokers: readonly string[],
  topic: string,
  count: number,
): readonly PrintedRecord[] {
  const format = {
    'print.partition': 'true',
    'print.offset': 'true',
    'print.headers': 'true',
    'print.key': 'true',
    'key.separator': '\t',
    'headers.separator': '|',
    'null.literal': TOMBSTONE,
    // Prints what is not ASCII as \xFF, and a backslash too.
    'value.deserializer': 'org.apache.kafka.common.serialization.BytesDeserializer',
  };
  const run = spawnSync(
    java,
    [
      ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...['-cp', `${join(librariesOf(context), '*')}:${toolsOf(context)}`],
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...['--bootstrap-server', brokers.join(',')],
      ...['--topic', topic, '--from-beginning'],
      ...['--max-messages', String(count), '--timeout-ms', String(READ_WITHIN_MS)],
      // No group: the broker keeps nothing of this reader.
      ...['--command-property', 'enable.auto.commit=false'],
      ...Object.entries(format).flatMap(([name, value]) => [
        '--formatter-property',
        `${name}=${value}`,
      ]),
    ],
    { encoding: 'utf8', env: partEnvironment(processEnvironment()) },
  );
  const lines = run.stdout.split('\n').filter((line) => line.startsWith('Partition:'));
  if (run.status !== 0 || lines.length !== count) {
    throw new Error(`The console consumer read ${lines.length} of ${count}.\n${run.stderr}`);
  }
  return lines.map(parseLine);
}

function parseLine(line: string): PrintedRecord {
  const [partition = '', offset = '', headers = '', key = '', value = ''] = line.split('\t');
  return {
    partition: Number(partition.replace('Partition:', '')),
    offset: Number(offset.replace('Offset:', '')),
    key,
    headers: parseHeaders(headers),
    value: value === TOMBSTONE ? null : parseBytes(value),
  };
}

function parseHeaders(text: string): PrintedRecord['headers'] {
  return Object.fromEntries(
    text.split('|').map((header) => {
      const colon = header.indexOf(':');
      return [header.slice(0, colon), header.slice(colon + 1)];
    }),
  );
}

function parseBytes(text: string): Buffer {
  const plain = text.replaceAll(/\\x([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}
