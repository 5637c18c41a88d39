import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withProgress } from './progress.ts';
import { serves } from './readiness.ts';
import { runProgram } from './run-program.ts';
import { type StackContext, versionsWord } from './stack-context.ts';
import { choosePorts, type StackPorts } from './stack-ports.ts';
import { writeState } from './stack-state.ts';
import type { StackPartName } from './stack-types.ts';
import { partFailed } from './start-part.ts';

const READY_WITHIN_MS = 300_000;

/** The command that is Docker Compose here: `docker compose` or `docker-compose`. */
export type ComposeCommand = readonly [program: string, ...args: string[]];

/** Docker Compose, when a container engine answers. */
export function findCompose(context: StackContext): ComposeCommand | undefined {
  const works = (program: string, ...args: string[]) =>
    spawnSync(program, args, { env: { ...context.environment }, timeout: 10_000 }).status === 0;
  if (!works('docker', 'info')) return undefined;
  if (works('docker', 'compose', 'version')) return ['docker', 'compose'];
  return works('docker-compose', 'version') ? ['docker-compose'] : undefined;
}

/** Brings the needed services of `docker-compose.yml` up on free ports, under a project name of this stack's own. */
export async function startContainers(
  context: StackContext,
  compose: ComposeCommand,
  needed: readonly StackPartName[],
): Promise<void> {
  const ports = await choosePorts(context, new Set(runningContainers(context, compose)));
  const log = join(context.logFolder, 'compose.log');
  writeState(context, {
    versions: versionsWord(),
    processes: {},
    compose: { project: projectName(context), parts: needed },
  });
  await withProgress(context.report, `starting ${needed.join(', ')} in containers`, async () => {
    const up = ['up', '--detach', ...needed];
    const code = await runCompose(context, compose, up, log, ports);
    if (code !== 0) throw partFailed(context, needed[0] ?? 'kafka', log);
    const deadline = Date.now() + READY_WITHIN_MS;
    for (const part of needed) {
      while (!(await serves(part, ports[part]))) {
        if (Date.now() > deadline) {
          await runCompose(
            context,
            compose,
            ['logs', '--no-color', '--tail', '50', part],
            log,
            ports,
          );
          throw partFailed(context, part, log);
        }
        await sleep(500, undefined, { signal: context.signal });
      }
    }
  });
}

/** Removes the containers of the stack, and their data with `wipe`. */
export async function stopContainers(
  context: StackContext,
  compose: ComposeCommand,
  wipe: boolean,
): Promise<void> {
  const log = join(context.logFolder, 'compose.log');
  await runCompose(context, compose, wipe ? ['down', '--volumes'] : ['down'], log);
}

/** The services of the stack that have a running container. */
export function runningContainers(
  context: StackContext,
  compose: ComposeCommand,
): readonly StackPartName[] {
  const services = outputOf(context, compose, ['ps', '--services', '--filter', 'status=running']);
  return (['kafka', 'registry', 'postgresql'] as const).filter((part) => services.includes(part));
}

/** The last lines that a container wrote. */
export function containerLog(
  context: StackContext,
  compose: ComposeCommand,
  part: StackPartName,
  lines: number,
): readonly string[] {
  return outputOf(context, compose, ['logs', '--no-color', '--tail', String(lines), part]);
}

/** The project under which the engine keeps this stack apart from others. */
export function projectName(context: StackContext): string {
  return `pu-hub-${context.cloneWord}-${context.name}`;
}

async function runCompose(
  context: StackContext,
  compose: ComposeCommand,
  args: readonly string[],
  log: string,
  ports?: StackPorts,
): Promise<number> {
  const [program, ...first] = compose;
  return await runProgram({
    command: program,
    args: [...first, ...projectArguments(context), ...args],
    cwd: context.projectFolder,
    environment: { ...context.environment, ...(ports === undefined ? {} : portVariables(ports)) },
    log,
    signal: context.signal,
  });
}

function outputOf(
  context: StackContext,
  compose: ComposeCommand,
  args: readonly string[],
): readonly string[] {
  const [program, ...first] = compose;
  const run = spawnSync(program, [...first, ...projectArguments(context), ...args], {
    encoding: 'utf8',
    cwd: context.projectFolder,
    env: { ...context.environment },
  });
  return run.status === 0 ? run.stdout.split('\n').filter((line) => line !== '') : [];
}

function projectArguments(context: StackContext): readonly string[] {
  const file = join(context.projectFolder, 'docker-compose.yml');
  return ['--file', file, '--project-name', projectName(context)];
}

/** The variables of `docker-compose.yml`. */
function portVariables(ports: StackPorts): Readonly<Record<string, string>> {
  return {
    KAFKA_PORT: String(ports.kafka),
    SCHEMA_REGISTRY_PORT: String(ports.registry),
    POSTGRESQL_PORT: String(ports.postgresql),
  };
}
