/** The REST part of PU: a file of identities comes in, files of records go out (TKB 5.1 ch. 6.15). */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Reply, textReply } from './call-reply.ts';
import { ClientFault } from './contracts/client-fault.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Orders } from './orders.ts';
import { PROFILES, type Profile } from './sandbox-types.ts';

/** The least that a caller may ask for (TKB 5.1 ch. 6.15). */
const LEAST_RESULTS_PER_FILE = 500;
const DEFAULT_RESULTS_PER_FILE = 50_000;

interface FileQuestion {
  readonly profile: Profile;
  readonly fromDate: string | null;
  readonly onlyPrimary: boolean;
  readonly resultsPerFile: number;
}

/** Takes a file of identities as it comes, a piece at a time, and places the order. @throws ClientFault */
export async function answerUpload(
  request: IncomingMessage,
  call: { readonly parameters: URLSearchParams; readonly caller: string },
  options: { readonly orders: Orders; readonly uploads: string; readonly mostBytes: number },
): Promise<Reply> {
  const { resultsPerFile, ...question } = readParameters(call.parameters);
  const file = join(options.uploads, `${randomUUID()}.csv`);
  try {
    await pipeline(
      request,
      (chunks: AsyncIterable<Buffer>) => atMost(chunks, options.mostBytes),
      createWriteStream(file, { mode: 0o600 }),
    );
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
  const ordered = { kind: 'identities', file, ...question, unrestricted: false } as const;
  return textReply(200, options.orders.placeSized(ordered, call.caller, resultsPerFile));
}

/** One file of an order, for whoever ordered it. */
export async function answerDownload(
  call: {
    readonly orderId: string;
    readonly file: string;
    readonly caller: string;
    readonly faults: readonly FaultKind[];
  },
  orders: Orders,
): Promise<Reply> {
  const path = orders.file(call.orderId, call.file, call.caller);
  if (path === undefined) return textReply(404, 'Filen finns inte.');
  const { size } = await stat(path);
  const half = Math.floor(size / 2);
  const isCut = call.faults.includes('zip-cut');
  const isReset = call.faults.includes('connection-reset');
  return {
    status: 200,
    type: 'application/zip',
    body: {
      kind: 'file',
      path,
      announced: isCut ? half : size,
      sent: isCut || isReset ? half : size,
    },
    fault: isCut || isReset ? 'cut' : null,
  };
}

async function* atMost(chunks: AsyncIterable<Buffer>, mostBytes: number): AsyncIterable<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ClientFault('Filen är för stor.');
    yield chunk;
  }
}

function readParameters(parameters: URLSearchParams): FileQuestion {
  // The contract writes `Profile` with a capital; the others begin small.
  const given = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]));
  const profile = PROFILES.find((one) => one === given.get('profile'));
  if (profile === undefined) throw new ClientFault('Parametern Profile saknas eller är okänd.');
  return {
    profile,
    fromDate: readFromDate(given.get('fromdate')),
    onlyPrimary: readFlag(given.get('primaryidentity')),
    resultsPerFile: readResultsPerFile(given.get('maxresultsperfile')),
  };
}

/** A LocalDateTime, as the version that it is compared with. */
function readFromDate(text: string | undefined): string | null {
  if (text === undefined) return null;
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(text);
  if (match === null) throw new ClientFault('Parametern fromDate är ingen LocalDateTime.');
  const [, year, month, day, hour, minute, second = '00'] = match;
  return [year, month, day, hour, minute, second].join('');
}

function readFlag(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw new ClientFault('Parametern primaryidentity är varken true eller false.');
}

function readResultsPerFile(text: string | undefined): number {
  if (text === undefined) return DEFAULT_RESULTS_PER_FILE;
  const count = /^\d{1,8}$/.test(text) ? Number(text) : 0;
  if (count >= LEAST_RESULTS_PER_FILE) return count;
  throw new ClientFault(`Parametern maxResultsPerFile är minst ${LEAST_RESULTS_PER_FILE}.`);
}
