import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from './progress.ts';
import { runProgram } from './run-program.ts';
import type { StackContext } from './stack-context.ts';
import { partEnvironment } from './stack-environment.ts';
import type { StackPorts } from './stack-ports.ts';
import { logOf, type PartPlan, partFailed } from './start-part.ts';
import { VERSIONS } from './versions.ts';

/** Any 22 characters; every single-broker stack may have the same. */
const CLUSTER_ID = 'iivB1tWwTiux8tNPfFZo0A';

/** One broker that is its own controller. Everything that is replicated elsewhere has one copy here. */
export function kafkaProperties(ports: StackPorts, dataFolder: string): string {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.kafkaController}
listeners=PLAINTEXT://127.0.0.1:${ports.kafka},CONTROLLER://127.0.0.1:${ports.kafkaController}
advertised.listeners=PLAINTEXT://127.0.0.1:${ports.kafka}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=${dataFolder}
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
message.max.bytes=8388608
log.cleaner.backoff.ms=500
# The default of 128 MB does not fit the small heap: the broker would not start.
log.cleaner.dedupe.buffer.size=8388608
`;
}

const LOG4J2 = `<Configuration status="ERROR"><Appenders><Console name="out" target="SYSTEM_OUT">
 <PatternLayout pattern="%d{ISO8601} %-5p %c{1} %m%n"/></Console></Appenders>
 <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers></Configuration>
`;

/** Writes Kafka's settings, formats an empty data folder, and says how to start it. */
export async function planKafka(
  context: StackContext,
  java: string,
  ports: StackPorts,
): Promise<PartPlan> {
  const folder = join(context.folder, 'kafka');
  const dataFolder = join(context.dataFolder, 'kafka');
  const properties = join(folder, 'server.properties');
  const classPath = join(context.programFolder, 'kafka-lib', '*');
  const jvm = [`-Dlog4j2.configurationFile=${join(folder, 'log4j2.xml')}`, '-cp', classPath];
  mkdirSync(folder, { recursive: true });
  writeFileSync(properties, kafkaProperties(ports, dataFolder));
  writeFileSync(join(folder, 'log4j2.xml'), LOG4J2);

  // The mark is made last: a folder that was being formatted when the command was killed is formatted again.
  const formatted = join(context.dataFolder, 'kafka-is-formatted');
  if (!existsSync(formatted)) {
    rmSync(dataFolder, { recursive: true, force: true });
    const log = logOf(context, 'kafka');
    const format = {
      command: java,
      args: [
        '-Xmx128m',
        '-XX:TieredStopAtLevel=1',
        ...jvm,
        'kafka.tools.StorageTool',
        'format',
      ].concat(['-t', CLUSTER_ID, '-c', properties]),
      environment: partEnvironment(context.environment),
      log,
      signal: context.signal,
    };
    const what = 'formatting the data folder of Kafka';
    const code = await withProgress(context.report, what, () => runProgram(format));
    if (code !== 0) throw partFailed(context, 'kafka', log);
    writeFileSync(formatted, '');
  }
  return {
    part: 'kafka',
    title: `Kafka ${VERSIONS.kafka}`,
    port: ports.kafka,
    command: java,
    args: ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', ...jvm, 'kafka.Kafka', properties],
    cwd: folder,
  };
}
