/** What a test, a demo or an operator does to a sandbox from outside: plain HTTP at 127.0.0.1, no part of PU. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  ControlClock,
  ControlLife,
  ControlLifeDone,
  ControlPopulation,
  ControlStatus,
} from './control-types.ts';
import { FAULT_KINDS, FAULT_TARGETS, type FaultRule } from './fault-kinds.ts';
import type { Orders } from './orders.ts';
import type { Register } from './register.ts';
import type { SandboxSettings } from './sandbox-folder.ts';
import type { Switches } from './switches.ts';

export interface ControlOptions {
  readonly settings: SandboxSettings;
  readonly register: Register;
  readonly orders: Orders;
  readonly switches: Switches;
}

/** Records are written in lots of so many, and calls are answered between them. */
const LOT = 200;

class Refused extends Error {
  override readonly name = 'Refused';
}

type Route = (
  options: ControlOptions,
  request: IncomingMessage,
  parameter: string,
) => Promise<unknown> | unknown;

const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['GET', /^\/status$/, (options) => status(options)],
  ['GET', /^\/population$/, (options) => population(options)],
  ['POST', /^\/life$/, async ({ register }, request) => await live(register, request)],
  ['GET', /^\/life\/(\d+)$/, ({ register }, _, index) => register.person(Number(index))],
  ['GET', /^\/faults$/, ({ switches }) => switches.faults()],
  ['DELETE', /^\/faults$/, async ({ switches }) => await switches.clearFaults()],
  [
    'PUT',
    /^\/faults\/([a-z0-9-]+)$/,
    async ({ switches }, request, kind) => {
      await switches.setFault(faultKind(kind), readRule(await readJsonBody(request)));
    },
  ],
  [
    'DELETE',
    /^\/faults\/([a-z0-9-]+)$/,
    async ({ switches }, _, kind) => {
      await switches.clearFault(faultKind(kind));
    },
  ],
  [
    'PUT',
    /^\/clock$/,
    async ({ switches }, request) => {
      switches.setClockOffset(readOffset((await readJsonBody(request)) as Partial<ControlClock>));
    },
  ],
];

/** Serves until it is disposed. */
export async function serveControl(options: ControlOptions): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    void serve(options, request, response);
  });
  server.listen(options.settings.controlPort, '127.0.0.1');
  await once(server, 'listening');
  return {
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function serve(
  options: ControlOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://control');
  try {
    if (request.method === 'GET' && pathname === '/records') {
      await sendRecords(options.register, searchParams.get('after') ?? '', response);
      return;
    }
    for (const [method, path, route] of ROUTES) {
      const match = method === request.method ? path.exec(pathname) : null;
      if (match === null) continue;
      sendJson(response, 200, (await route(options, request, match[1] ?? '')) ?? {});
      return;
    }
    sendJson(response, 404, { error: 'there is nothing at this address' });
  } catch (error) {
    if (response.headersSent) response.destroy();
    // The population throws a RangeError for an index that nobody has.
    else if (error instanceof Refused || error instanceof RangeError)
      sendJson(response, 400, { error: error.message });
    else sendJson(response, 500, { error: error instanceof Error ? error.name : typeof error });
  }
}

function sendJson(response: ServerResponse, code: number, value: unknown): void {
  response.writeHead(code, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(value));
}

function status({ settings, register, orders, switches }: ControlOptions): ControlStatus {
  return {
    pid: process.pid,
    persons: settings.persons,
    seed: settings.seed,
    changedRecords: register.changedCount,
    orders: orders.count(),
    faults: switches.faults(),
    clock: new Date(switches.now()).toISOString(),
  };
}

function population({ settings, register }: ControlOptions): ControlPopulation {
  return { seed: settings.seed, persons: settings.persons, nextIndex: register.nextIndex };
}

async function live(register: Register, request: IncomingMessage): Promise<ControlLifeDone> {
  // Only the hub's own tools write here, from this machine, and in this shape.
  const { persons, records } = (await readJsonBody(request)) as unknown as ControlLife;
  return { records: register.live(persons, records) };
}

/** Every record as it is now, one in a line; with `after`, only those with a later version. */
async function sendRecords(
  register: Register,
  after: string,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  let lines = '';
  let inLot = 0;
  for (const record of register.all()) {
    if ((record.version ?? '') > after || after === '') lines += `${JSON.stringify(record)}\n`;
    inLot++;
    if (inLot < LOT) continue;
    if (response.destroyed) return;
    if (lines !== '' && !response.write(lines)) await once(response, 'drain');
    await nextTurn();
    lines = '';
    inLot = 0;
  }
  response.end(lines);
}

function faultKind(word: string): (typeof FAULT_KINDS)[number] {
  const kind = FAULT_KINDS.find((one) => one === word);
  if (kind === undefined) throw new Refused(`no such fault; there are ${FAULT_KINDS.join(', ')}`);
  return kind;
}

function readRule(value: Readonly<Record<string, unknown>>): FaultRule {
  const { share = 1, count = null, target = null, delayMs } = value;
  if (typeof share !== 'number' || !(share >= 0 && share <= 1)) {
    throw new Refused('share is a number from 0 to 1');
  }
  if (count !== null && (typeof count !== 'number' || !Number.isInteger(count) || count < 0)) {
    throw new Refused('count is a whole number, or null');
  }
  const known = FAULT_TARGETS.find((one) => one === target);
  if (target !== null && known === undefined) {
    throw new Refused(`target is null or one of ${FAULT_TARGETS.join(', ')}`);
  }
  if (delayMs !== undefined && typeof delayMs !== 'number') {
    throw new Refused('delayMs is a number');
  }
  return {
    share,
    count,
    target: known ?? null,
    ...(delayMs === undefined ? {} : { delayMs }),
  };
}

function readOffset(clock: Readonly<Record<string, unknown>>): number {
  const offset =
    typeof clock['iso'] === 'string'
      ? Date.parse(clock['iso']) - Date.now()
      : Number(clock['offsetSeconds']) * 1000;
  if (!Number.isFinite(offset)) throw new Refused('give offsetSeconds, or a moment as iso');
  return offset;
}

async function readJsonBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, for both.
  }
  throw new Refused('the body is no JSON object');
}
