import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  containerLog,
  findCompose,
  projectName,
  runningContainers,
  startContainers,
  stopContainers,
} from './compose-parts.ts';
import { wipePublicFolder } from './postgresql-programs.ts';
import { type ProcessLock, tryLock, waitForLock } from './process-lock.ts';
import { startProcesses, stopProcesses } from './process-parts.ts';
import { lastLines } from './run-program.ts';
import { makeFolders, type StackContext, shownPath, stackContext } from './stack-context.ts';
import {
  allEndpoints,
  checkNamedEndpoints,
  isComplete,
  missingParts,
  shownAddress,
} from './stack-endpoints.ts';
import { namedEndpoints } from './stack-environment.ts';
import { readPorts } from './stack-ports.ts';
import { readState, removeState, runningProcesses, type StackState } from './stack-state.ts';
import type {
  RunningStack,
  StackEndpoints,
  StackLog,
  StackOptions,
  StackPartName,
  StackPartStatus,
  StackStatus,
  StoppedStack,
} from './stack-types.ts';
import { logOf } from './start-part.ts';

const OTHER_COMMAND_WITHIN_MS = 10 * 60_000;

/**
 * Brings the stack up and leaves it running when the process ends: what the environment names is used as it is, the rest is
 * started in containers where an engine answers, else as processes of this machine. Parts that run already are kept.
 * @throws HubError HUB_STACK_…; what this call had started is stopped again then.
 */
export async function upStack(options: StackOptions = {}): Promise<RunningStack> {
  const context = stackContext(options);
  const named = namedEndpoints(context.environment);
  await checkNamedEndpoints(named);
  const needed = missingParts(named);
  if (needed.length > 0) {
    makeFolders(context);
    using _ = await lockForChange(context);
    const processes = runningProcesses(readState(context));
    const compose = processes.size === 0 ? findCompose(context) : undefined;
    if (compose === undefined) await startProcesses(context, needed);
    else await startContainers(context, compose, needed);
  }
  const { endpoints, parts, logFolder } = describeStack(context, named);
  if (endpoints === undefined) throw new Error('the stack is up and has no endpoints');
  return { name: context.name, endpoints, parts, logFolder };
}

/** Stops what `upStack` started, and returns when it is gone. Data stays unless `wipe`; logs stay always. */
export async function downStack(
  options: StackOptions & { readonly wipe?: boolean } = {},
): Promise<StoppedStack> {
  const context = stackContext(options);
  const wipe = options.wipe ?? false;
  makeFolders(context);
  using _ = await lockForChange(context);
  const state = readState(context);
  const processes = runningProcesses(state);
  const stopped = [...processes.keys(), ...(state?.compose?.parts ?? [])];
  await stopProcesses(processes, { dataIsThrownAway: wipe });
  if (state?.compose !== undefined) {
    const compose = findCompose(context);
    if (compose !== undefined) await stopContainers(context, compose, wipe);
  }
  if (wipe) {
    rmSync(context.dataFolder, { recursive: true, force: true });
    wipePublicFolder(context);
  }
  removeState(context);
  return { name: context.name, stopped, dataWiped: wipe };
}

/** What runs now. Starts, stops and waits for nothing. */
export function stackStatus(options: StackOptions = {}): StackStatus {
  const context = stackContext(options);
  return describeStack(context, namedEndpoints(context.environment));
}

/** The last lines of each part's log, or of one part's. */
export function stackLogs(
  options: StackOptions & { readonly part?: StackPartName; readonly lines?: number } = {},
): readonly StackLog[] {
  const context = stackContext(options);
  const lines = options.lines ?? 50;
  const inContainers = readState(context)?.compose?.parts ?? [];
  const compose = inContainers.length > 0 ? findCompose(context) : undefined;
  const parts = options.part === undefined ? PARTS : [options.part];
  return parts.map((part) =>
    compose !== undefined && inContainers.includes(part)
      ? {
          part,
          log: `${projectName(context)}/${part}`,
          lines: containerLog(context, compose, part, lines),
        }
      : {
          part,
          log: shownPath(context, logOf(context, part)),
          lines: lastLines(logOf(context, part), lines),
        },
  );
}

/** A stack that one program has for itself, until it is disposed. */
export interface OwnStack extends RunningStack, AsyncDisposable {}

/**
 * For a program that needs the stack while it runs, as the demo and the tests do: brings it up, and stops it when disposed.
 * When another program has the stack of that name, the next free name is taken (`test-2`). What a killed program left is
 * stopped first.
 * @param options.fresh begin with empty data, and throw the data away at the end
 */
export async function openStack(
  options: StackOptions & { readonly fresh?: boolean } = {},
): Promise<OwnStack> {
  const wipe = options.fresh ?? false;
  const owned = takeName(options);
  const own = { ...options, name: owned.name };
  // Stopping must also happen after the program was told to end.
  const { signal: _signal, ...always } = own;
  const close = async () => {
    await downStack({ ...always, wipe });
    owned.lock[Symbol.dispose]();
  };
  try {
    if (wipe) await downStack({ ...always, wipe });
    const stack = await upStack(own);
    return { ...stack, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

const PARTS: readonly StackPartName[] = ['kafka', 'registry', 'postgresql'];

function takeName(options: StackOptions): { readonly name: string; readonly lock: ProcessLock } {
  const base = stackContext(options).name;
  for (let count = 1; ; count++) {
    const name = count === 1 ? base : `${base}-${count}`;
    const lock = tryLock(join(stackContext({ ...options, name }).folder, 'owner.lock'));
    if ('path' in lock) return { name, lock };
  }
}

async function lockForChange(context: StackContext): Promise<ProcessLock> {
  return await waitForLock(join(context.folder, 'change.lock'), {
    boundMs: OTHER_COMMAND_WITHIN_MS,
    onWait: ({ pid }) => context.report(`waiting for process ${pid}, which changes this stack`),
    signal: context.signal,
  });
}

function describeStack(context: StackContext, named: Partial<StackEndpoints>): StackStatus {
  const state = readState(context);
  const needed = missingParts(named);
  const ports = readPorts(context);
  const endpoints = isComplete(named) ? named : ports && allEndpoints(named, ports);
  const parts = [...ownParts(context, state, needed), ...namedParts(named)];
  const up = parts.filter((part) => part.running).length;
  const allState = up === parts.length ? 'up' : up === 0 ? 'down' : 'partly-up';
  const some = parts.some((part) => part.running && part.origin !== 'named');
  return {
    name: context.name,
    state: allState,
    parts,
    logFolder: shownPath(context, context.logFolder),
    ...(endpoints !== undefined && (some || needed.length === 0) ? { endpoints } : {}),
  };
}

function ownParts(
  context: StackContext,
  state: StackState | undefined,
  needed: readonly StackPartName[],
): readonly StackPartStatus[] {
  const processes = runningProcesses(state);
  const compose = state?.compose === undefined ? undefined : findCompose(context);
  const containers = compose === undefined ? [] : runningContainers(context, compose);
  const ports = readPorts(context);
  const shown = PARTS.filter((part) => needed.includes(part) || processes.has(part));
  return shown.map((part) => {
    const address = ports === undefined ? '' : `127.0.0.1:${ports[part]}`;
    const process = processes.get(part);
    if (containers.includes(part)) return { part, origin: 'compose', running: true, address };
    return {
      part,
      origin: 'process',
      running: process !== undefined,
      address,
      log: shownPath(context, logOf(context, part)),
      ...(process === undefined ? {} : { pid: process.identity.pid }),
    };
  });
}

function namedParts(named: Partial<StackEndpoints>): readonly StackPartStatus[] {
  const of = (
    part: StackPartName,
    ...endpoints: readonly (string | undefined)[]
  ): readonly StackPartStatus[] => {
    const shown = endpoints.flatMap((one) => (one === undefined ? [] : shownAddress(one)));
    // Store and Master are often databases of one server: that is one part at one address.
    const address = [...new Set(shown)].join(', ');
    return address === '' ? [] : [{ part, origin: 'named', running: true, address }];
  };
  return [
    ...of('kafka', named.kafkaBrokers),
    ...of('registry', named.schemaRegistryUrl),
    ...of('postgresql', named.databaseUrl, named.masterUrl),
  ];
}
