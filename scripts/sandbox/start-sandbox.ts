/** Starts, finds and stops sandboxes, each in a process of its own, for the command line, the demo and tests. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../core/errors/log-safe.ts';
import { chooseFreePort, isPortFree } from '../stack/free-ports.ts';
import {
  identityOf,
  isRunning,
  ownIdentity,
  type ProcessIdentity,
  stopProcess,
} from '../stack/process-identity.ts';
import { waitForLock } from '../stack/process-lock.ts';
import { LogTail } from '../stack/run-program.ts';
import { partEnvironment, processEnvironment } from '../stack/stack-environment.ts';
import { LOGICAL_ADDRESS } from './answer-soap.ts';
import { puAddresses } from './call-route.ts';
import { certificatePaths, type SandboxCertificates } from './certificates.ts';
import { SandboxControl } from './control-client.ts';
import {
  forgetRunning,
  makeSandboxFolders,
  readRunning,
  readSettings,
  type SandboxFolder,
  type SandboxSettings,
  sandboxFolder,
  writeRunning,
  writeSettings,
} from './sandbox-folder.ts';

const READY_WITHIN_MS = 60_000;
const LARGE_LOG_BYTES = 10_000_000;
const STOP_WITHIN_MS = 10_000;
const OTHER_START_WITHIN_MS = 120_000;

/** What a new sandbox is to be; one that the folder holds already stays what it is. */
export type NewSandbox = Partial<Omit<SandboxSettings, 'port' | 'controlPort'>>;

export interface StartOptions {
  /** It ends when the process that starts it does, however that ends: for tests and the demo. Else it goes on until it is stopped. */
  readonly endsWithStarter?: boolean;
}

export interface SandboxEndpoints {
  /** For PU_URL, PU_REST_URL, PU_CA, PU_CERT, PU_KEY and PU_LOGICAL_ADDRESS of the hub. */
  readonly soap: string;
  readonly rest: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  readonly logicalAddress: string;
  readonly control: string;
}

/** A sandbox that runs. Disposing it stops the process and keeps the folder. */
export interface Sandbox extends AsyncDisposable {
  readonly settings: SandboxSettings;
  readonly endpoints: SandboxEndpoints;
  readonly certificates: SandboxCertificates;
  readonly control: SandboxControl;
  readonly log: string;
  readonly pid: number;
  /** As a failing machine would. Returns when it is gone. */
  kill(): Promise<void>;
  /** Starts it again after {@link kill}, or anew while it runs; everything that was answered is still there. */
  restart(): Promise<void>;
}

const DEFAULTS: Omit<SandboxSettings, 'port' | 'controlPort'> = {
  seed: 1,
  persons: 1000,
  latency: 'sla',
  callsPerSecond: 10,
  personsPerDocument: 50_000,
  documentsPerZip: 20,
  mostRequestBytes: 1_000_000,
  mostUploadBytes: 1_000_000_000,
};

/**
 * Starts the sandbox of that folder, and returns when it serves; one that runs already is kept.
 * @throws HubError HUB_STACK_PART_FAILED when it ends or does not get ready; the end of its log is the cause.
 */
export async function startSandbox(
  root: string,
  wanted: NewSandbox = {},
  options: StartOptions = {},
): Promise<Sandbox> {
  const folder = sandboxFolder(root);
  makeSandboxFolders(folder);
  using _ = await waitForLock(folder.startLock, {
    boundMs: OTHER_START_WITHIN_MS,
    onWait: () => undefined,
  });
  const settings = readSettings(folder) ?? (await newSettings(wanted));
  writeSettings(folder, settings);
  const start = async () => await startProcess(folder, settings, options);
  let identity = runningIdentity(folder) ?? (await start());
  const stop = async (signal: NodeJS.Signals) =>
    await stopWhole(folder, settings, identity, signal);
  const endpoints = endpointsOf(folder, settings);
  return {
    settings,
    endpoints,
    certificates: certificatePaths(folder.certificates),
    control: new SandboxControl(endpoints.control),
    log: folder.log,
    get pid() {
      return identity.pid;
    },
    kill: async () => await stop('SIGKILL'),
    restart: async () => {
      await stop('SIGTERM');
      identity = await start();
    },
    [Symbol.asyncDispose]: async () => await stop('SIGTERM'),
  };
}

/** Stops the sandbox of that folder, and returns when it is gone. @returns whether one ran. */
export async function stopSandbox(
  root: string,
  options: { readonly wipe?: boolean } = {},
): Promise<boolean> {
  const folder = sandboxFolder(root);
  const settings = readSettings(folder);
  const identity = runningIdentity(folder);
  if (identity !== undefined && settings !== undefined) {
    await stopWhole(folder, settings, identity, 'SIGTERM');
  }
  if (options.wipe === true) rmSync(root, { recursive: true, force: true });
  return identity !== undefined;
}

export interface FoundSandbox {
  readonly settings: SandboxSettings;
  readonly endpoints: SandboxEndpoints;
  /** Undefined: it does not run. */
  readonly pid: number | undefined;
  readonly log: string;
}

/** The sandbox of that folder; undefined when there was never one. Starts nothing. */
export function findSandbox(root: string): FoundSandbox | undefined {
  const folder = sandboxFolder(root);
  const settings = readSettings(folder);
  if (settings === undefined) return undefined;
  return {
    settings,
    endpoints: endpointsOf(folder, settings),
    pid: runningIdentity(folder)?.pid,
    log: folder.log,
  };
}

async function newSettings(wanted: NewSandbox): Promise<SandboxSettings> {
  const port = await chooseFreePort(new Set());
  const controlPort = await chooseFreePort(new Set([port]));
  return { ...DEFAULTS, ...wanted, port, controlPort };
}

function endpointsOf(folder: SandboxFolder, settings: SandboxSettings): SandboxEndpoints {
  const { soap, rest } = puAddresses(settings.port);
  const { authority, client } = certificatePaths(folder.certificates);
  return {
    soap,
    rest,
    authority,
    certificate: client.certificate,
    key: client.key,
    logicalAddress: LOGICAL_ADDRESS,
    control: `http://127.0.0.1:${settings.controlPort}`,
  };
}

function runningIdentity(folder: SandboxFolder): ProcessIdentity | undefined {
  const identity = readRunning(folder)?.identity;
  return identity !== undefined && isRunning(identity) ? identity : undefined;
}

async function startProcess(
  folder: SandboxFolder,
  settings: SandboxSettings,
  options: StartOptions,
): Promise<ProcessIdentity> {
  keepFormerLog(folder);
  const identity = spawnDetached(folder, options);
  if (identity === undefined) throw startFailed(folder);
  writeRunning(folder, { identity });
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await serves(folder, settings, identity))) {
    if (!isRunning(identity) || Date.now() > deadline) {
      await stopProcess(identity, 'SIGKILL', 0);
      forgetRunning(folder);
      throw startFailed(folder);
    }
    await sleep(25);
  }
  return identity;
}

/** A process counts as gone when its first thread is: the others may hold the ports for a moment longer. */
async function stopWhole(
  folder: SandboxFolder,
  { port, controlPort }: SandboxSettings,
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
): Promise<void> {
  await stopProcess(identity, signal, STOP_WITHIN_MS);
  const deadline = Date.now() + STOP_WITHIN_MS;
  while (!((await isPortFree(port)) && (await isPortFree(controlPort)))) {
    if (Date.now() > deadline) break; // somebody else has taken one: the next start says so
    await sleep(10);
  }
  forgetRunning(folder);
}

/** Its control port is the last thing that it opens; another process on that port is not taken for it. */
async function serves(
  folder: SandboxFolder,
  settings: SandboxSettings,
  { pid }: ProcessIdentity,
): Promise<boolean> {
  const control = new SandboxControl(endpointsOf(folder, settings).control);
  return await control.status().then(
    (status) => status.pid === pid,
    () => false,
  );
}

function spawnDetached(
  folder: SandboxFolder,
  { endsWithStarter = false }: StartOptions,
): ProcessIdentity | undefined {
  const output = openSync(folder.log, 'a', 0o600);
  try {
    const program = new URL('./run-sandbox.ts', import.meta.url).pathname;
    const starter = endsWithStarter ? [JSON.stringify(ownIdentity())] : [];
    const child = spawn(process.execPath, [program, folder.root, ...starter], {
      cwd: folder.root,
      env: partEnvironment(processEnvironment()),
      // A group of its own: Ctrl-C in the terminal is for the command.
      detached: true,
      stdio: ['ignore', output, output],
    });
    child.once('error', () => undefined); // it could not be started: then there is no process id either
    child.unref();
    return child.pid === undefined ? undefined : identityOf(child.pid);
  } finally {
    closeSync(output);
  }
}

/** A restart adds to the log; only one that has grown large is put aside. */
function keepFormerLog({ log }: SandboxFolder): void {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGE_LOG_BYTES) renameSync(log, `${log}.previous`);
}

function startFailed({ log }: SandboxFolder): HubError {
  return HubError.wrap('HUB_STACK_PART_FAILED', new LogTail(log), {
    part: safeText('sandbox'),
    log: safeWord(log),
  });
}
