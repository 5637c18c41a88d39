import { join } from 'node:path';
import { chooseFreePort, isPortFree } from './free-ports.ts';
import { readJson, writeJson } from './json-file.ts';
import type { StackContext } from './stack-context.ts';
import type { StackPartName } from './stack-types.ts';

/** The ports of a stack. They outlive it: the same stack comes back on the same ports while those are free. */
export interface StackPorts {
  readonly kafka: number;
  readonly kafkaController: number;
  readonly registry: number;
  readonly postgresql: number;
}

/** The ports that were used last. */
export function readPorts(context: StackContext): StackPorts | undefined {
  return readJson<StackPorts>(portsFile(context));
}

/** Remembers the ports. */
export function writePorts(context: StackContext, ports: StackPorts): void {
  writeJson(portsFile(context), ports);
}

/** The ports of last time where they are free or a running part of ours has them, else new ones. Remembers them. */
export async function choosePorts(
  context: StackContext,
  running: ReadonlySet<StackPartName>,
): Promise<StackPorts> {
  const last = readPorts(context);
  const taken = new Set<number>();
  const choose = async (name: keyof StackPorts, part: StackPartName): Promise<number> => {
    const port = last?.[name];
    const stays = port !== undefined && (running.has(part) || (await isPortFree(port)));
    const chosen = stays ? port : await chooseFreePort(taken);
    taken.add(chosen);
    return chosen;
  };
  const ports: StackPorts = {
    kafka: await choose('kafka', 'kafka'),
    kafkaController: await choose('kafkaController', 'kafka'),
    registry: await choose('registry', 'registry'),
    postgresql: await choose('postgresql', 'postgresql'),
  };
  writePorts(context, ports);
  return ports;
}

function portsFile(context: StackContext): string {
  return join(context.folder, 'ports.json');
}
