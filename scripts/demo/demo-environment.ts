import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sandboxEnvironment } from '../sandbox/sandbox-environment.ts';
import type { SandboxEndpoints } from '../sandbox/start-sandbox.ts';
import { endpointEnvironment, processEnvironment } from '../stack/stack-environment.ts';
import type { RunningStack } from '../stack/stack-types.ts';
import { createOwnDatabase } from './own-database.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** As often as one has patience for: seconds in place of minutes. All of it stays within the ten calls a second of PU. */
const PU_PACE = {
  PU_SCHEDULE_OWN_REGION: '*/5 * * * * *',
  PU_SCHEDULE_KNOWN_ELSEWHERE: '2-59/10 * * * * *',
  PU_SCHEDULE_RESERVE: '4-59/10 * * * * *',
  PU_SCHEDULE_MOVED_OUT: '6-59/10 * * * * *',
  PU_OVERLAP_SECONDS: '10',
  PU_POLL_MS: '500',
} as const;

/** Where the demo runs: the settings of its hub, and the files beside the stack. */
export interface DemoEnvironment extends AsyncDisposable {
  /** The settings, to which everything else of the environment has to be added for a child process. */
  readonly settings: Readonly<Record<string, string>>;
  /** The settings with the environment of this process. */
  readonly forChild: Readonly<Record<string, string | undefined>>;
  /** Of the hub's store. */
  readonly databaseUrl: string;
  /** The folder of the stack; like all paths here as a person in the clone would type it. */
  readonly folder: string;
  /** What the hub prints. */
  readonly log: string;
  /** True when the topics stand in somebody's Kafka, under a prefix of their own, and have to be deleted at the end. */
  readonly ownsTopics: boolean;
  /** A file with the settings that a shell and `node --env-file` can read, for looking further from another terminal. Goes at the end. */
  readonly settingsFile: string;
}

/**
 * Works out the settings. Parts that the environment named are somebody's: there the hub gets topics under a prefix of its own and
 * a database of its own, which is dropped at the end.
 */
export async function openDemoEnvironment(
  stack: RunningStack,
  pu: SandboxEndpoints,
): Promise<DemoEnvironment> {
  await using opened = new AsyncDisposableStack();
  const environment = processEnvironment();
  const isNamed = (variable: string): boolean => (environment[variable] ?? '') !== '';
  const databaseUrl = isNamed('DATABASE_URL')
    ? opened.use(await createOwnDatabase(stack.endpoints.databaseUrl)).url
    : stack.endpoints.databaseUrl;
  const chance = randomBytes(3).toString('hex');
  const settings: Readonly<Record<string, string>> = {
    ...endpointEnvironment(stack.endpoints),
    ...sandboxEnvironment(pu),
    ...PU_PACE,
    DATABASE_URL: databaseUrl,
    HUB_ENVIRONMENT: 'demo',
    HUB_SECRET: randomBytes(32).toString('base64url'),
    HUB_HTTP_PORT: '0',
    ...(isNamed('KAFKA_BROKERS') ? { HUB_TOPIC_PREFIX: `demo-${chance}.` } : {}),
  };
  const folder = folderOf(stack);
  const settingsFile = join(folder, 'demo.env');
  writeSettings(resolve(PROJECT, settingsFile), settings);
  opened.defer(() => rmSync(resolve(PROJECT, settingsFile), { force: true }));
  const closing = opened.move();
  return {
    settings,
    forChild: { ...environment, ...settings },
    databaseUrl,
    folder,
    log: join(stack.logFolder, 'hub.log'),
    ownsTopics: isNamed('KAFKA_BROKERS'),
    settingsFile,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** The folder of the stack, as a person in the clone would type it. */
export function folderOf({ logFolder }: RunningStack): string {
  return dirname(logFolder);
}

/** There is a secret in it, if only that of a demo. */
function writeSettings(file: string, settings: Readonly<Record<string, string>>): void {
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o600);
}
