import { chooseFreePort, isPortFree } from './free-ports.ts';
import { installJavaPrograms } from './java-programs.ts';
import { planKafka } from './kafka-part.ts';
import { planPostgresql } from './postgresql-part.ts';
import { stopProcess } from './process-identity.ts';
import { planRegistry } from './registry-part.ts';
import { type StackContext, versionsWord } from './stack-context.ts';
import { choosePorts, type StackPorts, writePorts } from './stack-ports.ts';
import {
  readState,
  runningProcesses,
  type StackState,
  type StartedPart,
  writeState,
} from './stack-state.ts';
import type { StackPartName } from './stack-types.ts';
import { isServing, type PartPlan, startPart } from './start-part.ts';

const TRIES_WITH_OTHER_PORTS = 3;

/**
 * Starts the needed parts that do not run yet as processes of this machine, side by side. On any failure, also an abort,
 * it stops what it started.
 */
export async function startProcesses(
  context: StackContext,
  needed: readonly StackPartName[],
): Promise<void> {
  const kept = await keepUsable(context);
  const missing = needed.filter((part) => !kept.has(part));
  if (missing.length === 0) return;

  const started = new Map<StackPartName, StartedPart>();
  const record = (part: StackPartName, process: StartedPart) => {
    started.set(part, process);
    writeState(context, stateOf(new Map([...kept, ...started])));
  };
  const stop = new AbortController();
  const signals = context.signal === undefined ? [stop.signal] : [context.signal, stop.signal];
  const inner: StackContext = { ...context, signal: AbortSignal.any(signals) };
  const starter = new PartStarter(inner, await choosePorts(context, new Set(kept.keys())), record);

  const start = async (
    part: StackPartName,
    plan: (ports: StackPorts) => Promise<PartPlan> | PartPlan,
  ) => {
    if (missing.includes(part)) await starter.start(part, plan);
  };
  const needsJava = missing.includes('kafka') || missing.includes('registry');
  const java = needsJava ? installJavaPrograms(inner) : Promise.resolve('java');
  const postgresql = start('postgresql', (ports) => planPostgresql(inner, ports));
  const kafka = java.then((program) => start('kafka', (ports) => planKafka(inner, program, ports)));
  const registry = Promise.all([java, postgresql]).then(([program]) =>
    start('registry', (ports) => planRegistry(inner, program, ports)),
  );
  let firstError: Error | undefined;
  const settled = [java, postgresql, kafka, registry].map(async (work) => {
    try {
      await work;
    } catch (error) {
      firstError ??= error instanceof Error ? error : new Error('a start failed', { cause: error });
      stop.abort();
    }
  });
  await Promise.all(settled);
  if (firstError !== undefined) {
    await stopProcesses(started, { dataIsThrownAway: false });
    writeState(context, stateOf(kept));
    throw firstError;
  }
}

/** Stops processes of the stack and returns when they are gone. */
export async function stopProcesses(
  processes: ReadonlyMap<StackPartName, StartedPart>,
  options: { readonly dataIsThrownAway: boolean },
): Promise<void> {
  const stop = async (part: StackPartName, signal: NodeJS.Signals, boundMs: number) => {
    const started = processes.get(part);
    if (started !== undefined) await stopProcess(started.identity, signal, boundMs);
  };
  await Promise.all([stop('registry', 'SIGTERM', 10_000), stop('kafka', 'SIGTERM', 20_000)]);
  // To PostgreSQL SIGTERM means to wait for every client. SIGINT ends them and writes a checkpoint, SIGQUIT writes none.
  await stop('postgresql', options.dataIsThrownAway ? 'SIGQUIT' : 'SIGINT', 60_000);
}

/** Starts parts on the stack's ports, and on other ports when somebody else was faster to take one. */
class PartStarter {
  readonly #context: StackContext;
  readonly #record: (part: StackPartName, process: StartedPart) => void;
  #ports: StackPorts;

  constructor(
    context: StackContext,
    ports: StackPorts,
    record: (part: StackPartName, process: StartedPart) => void,
  ) {
    this.#context = context;
    this.#ports = ports;
    this.#record = record;
  }

  async start(
    part: StackPartName,
    plan: (ports: StackPorts) => Promise<PartPlan> | PartPlan,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        const planned = await plan(this.#ports);
        await startPart(this.#context, planned, (started) => this.#record(part, started));
        return;
      } catch (error) {
        const canTryAgain = tries < TRIES_WITH_OTHER_PORTS && !this.#context.signal?.aborted;
        if (!canTryAgain || !(await this.#replaceTakenPorts(part))) throw error;
      }
    }
  }

  async #replaceTakenPorts(part: StackPartName): Promise<boolean> {
    const own = part === 'kafka' ? (['kafka', 'kafkaController'] as const) : ([part] as const);
    const free = await Promise.all(own.map((name) => isPortFree(this.#ports[name])));
    if (!free.includes(false)) return false;
    for (const name of own) {
      const taken = new Set(Object.values(this.#ports));
      this.#ports = { ...this.#ports, [name]: await chooseFreePort(taken) };
    }
    writePorts(this.#context, this.#ports);
    return true;
  }
}

/**
 * Of what an earlier command left, also one that was killed: keeps the parts that serve in the pinned versions, and stops the
 * rest. The registry goes with its database.
 */
async function keepUsable(context: StackContext): Promise<ReadonlyMap<StackPartName, StartedPart>> {
  const state = readState(context);
  const kept = new Map<StackPartName, StartedPart>();
  const useless = new Map<StackPartName, StartedPart>();
  for (const [part, started] of runningProcesses(state)) {
    const usable = state?.versions === versionsWord() && (await isServing(part, started));
    (usable ? kept : useless).set(part, started);
  }
  const registry = kept.get('registry');
  if (registry !== undefined && !kept.has('postgresql')) {
    kept.delete('registry');
    useless.set('registry', registry);
  }
  if (useless.size > 0)
    context.report(`stopping what was left of ${[...useless.keys()].join(', ')}`);
  await stopProcesses(useless, { dataIsThrownAway: false });
  return kept;
}

function stateOf(processes: ReadonlyMap<StackPartName, StartedPart>): StackState {
  return { versions: versionsWord(), processes: Object.fromEntries(processes) };
}
