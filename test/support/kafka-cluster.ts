import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFreePort } from '../../scripts/stack/free-ports.ts';
import { installJavaPrograms } from '../../scripts/stack/java-programs.ts';
import { lastLines } from '../../scripts/stack/run-program.ts';
import { stackContext } from '../../scripts/stack/stack-context.ts';
import { partEnvironment, processEnvironment } from '../../scripts/stack/stack-environment.ts';
import { plainKafka } from './plain-kafkajs.ts';

const CLUSTER_ID = 'iivB1tWwTiux8tNPfFZo0A';
const READY_WITHIN_MS = 90_000;

/** Some brokers of a test's own. `await using` stops them and removes their data. */
export interface KafkaCluster extends AsyncDisposable {
  /** `host:port` by node id; ids begin at 1. */
  readonly brokers: ReadonlyMap<number, string>;
  /** Where node 1 lets {@link ClusterOptions.users} in by name and password, and asks its authorizer what they may. */
  readonly securedBroker: string;
  /** Ends a node at once, as a failing machine does. */
  kill(node: number): Promise<void>;
  /** Starts a killed node on its port and data again. Resolves when all brokers answer. */
  restart(node: number): Promise<void>;
}

export interface ClusterOptions {
  /**
   * Passwords by name, for SCRAM-SHA-512. When somebody is named, the brokers have an authorizer, which lets nobody do what no rule allows; whoever
   * comes without a name, at {@link KafkaCluster.brokers}, may do all.
   */
  readonly users?: Readonly<Record<string, string>>;
}

/** Whether Kafka's programs are on this machine. They are when the local stack was ever started by this user. */
export function hasKafkaPrograms(): boolean {
  return existsSync(kafkaLibraries());
}

/** Starts brokers: node 1 is also the controller. Call it only when {@link hasKafkaPrograms}. */
export async function startKafkaCluster(
  nodes: number,
  { users = {} }: ClusterOptions = {},
): Promise<KafkaCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kafka-cluster-'));
  const java = await installJavaPrograms(stackContext({ name: 'test', report: () => undefined }));
  const ports = new Set<number>();
  while (ports.size <= nodes + 1) ports.add(await chooseFreePort(ports));
  const [controllerPort = 0, securedPort = 0, ...brokerPorts] = ports;
  const isSecured = Object.keys(users).length > 0;
  const processes = new Map<number, ChildProcess>();
  const settingsOf = (node: number): string => join(folder, `node-${node}.properties`);
  const start = (node: number): void => {
    processes.set(node, runJava(java, folder, ['kafka.Kafka', settingsOf(node)]));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values()].map(kill));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const prepared = brokerPorts.map(async (port, i) => {
      const settings = settingsOf(i + 1);
      const security = isSecured
        ? securitySettings(i === 0 ? securedPort : undefined)
        : NO_SECURITY;
      writeFileSync(settings, properties(i + 1, port, controllerPort, nodes, folder, security));
      const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', settings];
      for (const [name, password] of Object.entries(users)) {
        format.push('--add-scram', `SCRAM-SHA-512=[name=${name},password=${password}]`);
      }
      await ended(runJava(java, folder, format), folder);
      start(i + 1);
    });
    await Promise.all(prepared);
    const brokers = new Map(brokerPorts.map((port, i) => [i + 1, `127.0.0.1:${port}`]));
    await ready([...brokers.values()], folder);
    return {
      brokers,
      securedBroker: `127.0.0.1:${securedPort}`,
      kill: async (node) => {
        const running = processes.get(node);
        if (running !== undefined) await kill(running);
      },
      restart: async (node) => {
        start(node);
        await ready([...brokers.values()], folder);
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kafkaLibraries(): string {
  return join(stackContext({ name: 'test', report: () => undefined }).programFolder, 'kafka-lib');
}

function properties(
  node: number,
  port: number,
  controllerPort: number,
  nodes: number,
  folder: string,
  security: SecuritySettings,
): string {
  const isController = node === 1;
  const controllerListener = isController ? `,CONTROLLER://127.0.0.1:${controllerPort}` : '';
  return `process.roles=${isController ? 'broker,controller' : 'broker'}
node.id=${node}
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port}${security.listener}${controllerListener}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${security.listener}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURED:SASL_PLAINTEXT
log.dirs=${join(folder, `data-${node}`)}
auto.create.topics.enable=false
offsets.topic.replication.factor=${Math.min(nodes, 3)}
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=8388608
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
${security.lines}`;
}

interface SecuritySettings {
  /** To be added to the listeners. */
  readonly listener: string;
  readonly lines: string;
}

const NO_SECURITY: SecuritySettings = { listener: '', lines: '' };

function securitySettings(port: number | undefined): SecuritySettings {
  return {
    listener: port === undefined ? '' : `,SECURED://127.0.0.1:${port}`,
    lines: `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secured.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`,
  };
}

function runJava(java: string, folder: string, args: readonly string[]): ChildProcess {
  const log = openSync(join(folder, 'cluster.log'), 'a');
  const jvm = ['-Xmx160m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const child = spawn(java, [...jvm, '-cp', join(kafkaLibraries(), '*'), ...args], {
    cwd: folder,
    env: partEnvironment(processEnvironment()),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}

async function ended(child: ChildProcess, folder: string): Promise<void> {
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(lastLines(join(folder, 'cluster.log'), 20).join('\n'));
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function ready(brokers: readonly string[], folder: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const admin = plainKafka(brokers).admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      if ((await admin.describeCluster()).brokers.length === brokers.length) return;
    } catch (error) {
      if (Date.now() > deadline) {
        const log = lastLines(join(folder, 'cluster.log'), 20).join('\n');
        throw new Error(`The brokers are not ready.\n${log}`, { cause: error });
      }
    } finally {
      await admin.disconnect();
    }
    await sleep(250);
  }
}

/** Makes a topic with one copy of each partition, on the named node. */
export async function createPlacedTopic(
  brokers: readonly string[],
  topic: string,
  nodeOfPartition: readonly number[],
): Promise<void> {
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  try {
    const replicaAssignment = nodeOfPartition.map((node, partition) => ({
      partition,
      replicas: [node],
    }));
    await admin.createTopics({ topics: [{ topic, replicaAssignment }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** Moves a partition to another node and waits until that node leads it. */
export async function moveLeader(
  brokers: readonly string[],
  topic: string,
  partition: number,
  node: number,
): Promise<void> {
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  try {
    await admin.alterPartitionReassignments({
      topics: [{ topic, partitionAssignment: [{ partition, replicas: [node] }] }],
    });
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const found = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition);
      if (found?.leader === node && found.replicas.length === 1) return;
      if (Date.now() > deadline) throw new Error('The leader did not move in 30 s.');
      await sleep(100);
    }
  } finally {
    await admin.disconnect();
  }
}
