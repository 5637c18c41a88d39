import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPuClient } from '../../../../connectors/sources/pu/pu-client.ts';
import type { PuClientOptions } from '../../../../connectors/sources/pu/pu-client-options.ts';
import type { PuClient } from '../../../../connectors/sources/pu/pu-client-port.ts';
import {
  type CertificatePair,
  ensureCertificates,
  type SandboxCertificates,
} from '../../../../scripts/sandbox/certificates.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const DOMAIN = 'urn:riv:strategicresourcemanagement:persons:person';

/** A call as the server got it. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the server answers; more than one piece is written one after another. */
export interface Scripted {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The connection is cut after the body. */
  readonly isCut?: boolean;
  /** The body never ends: nothing of it comes, or a blank now and then. */
  readonly endless?: 'silence' | 'trickle';
}

/** A server with PU's certificates that says what a test wants, and a client of it. */
export interface ClientWorld extends AsyncDisposable {
  readonly received: Received[];
  readonly turns: () => number;
  readonly retries: unknown[];
  readonly states: string[];
  readonly skews: number[];
  readonly abort: AbortController;
  readonly certificates: SandboxCertificates;
  readonly port: number;
  /** What is left in the folder for downloads. */
  leftovers(): readonly string[];
  /** Answers from now on: each in its turn, the last one again and again. */
  answer(...answers: readonly (Scripted | ((call: Received) => Scripted))[]): void;
  client(changes?: Partial<PuClientOptions>): PuClient & AsyncDisposable;
  certificateOf(pair: CertificatePair, ca?: string): PuClientOptions['certificate'];
  close(): Promise<void>;
}

export async function createClientWorld(): Promise<ClientWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'pu-client-'));
  const downloadFolder = mkdtempSync(join(folder, 'downloads-'));
  const certificates = await ensureCertificates(join(folder, 'certificates'));
  const received: Received[] = [];
  const retries: unknown[] = [];
  const states: string[] = [];
  const skews: number[] = [];
  const abort = new AbortController();
  let turns = 0;
  let answers: readonly (Scripted | ((call: Received) => Scripted))[] = [];
  const read = (file: string): string => readFileSync(file, 'utf8');
  const server = createServer(
    {
      cert: read(certificates.server.certificate),
      key: read(certificates.server.key),
      ca: read(certificates.authority),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request, response) => {
      // Whoever went away gets no answer.
      serve(request, response).catch(() => response.destroy());
    },
  );
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await receive(request);
    received.push(call);
    const next = answers[Math.min(received.length, answers.length) - 1] ?? {};
    reply(response, typeof next === 'function' ? next(call) : next);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server is closed.');
  const { port } = address;
  const certificateOf = (
    { certificate, key }: CertificatePair,
    ca = certificates.authority,
  ): PuClientOptions['certificate'] => ({ cert: read(certificate), key: read(key), ca: read(ca) });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    received,
    turns: () => turns,
    retries,
    states,
    skews,
    abort,
    certificates,
    port,
    leftovers: () => readdirSync(downloadFolder),
    answer: (...next) => {
      answers = next;
      received.length = 0;
    },
    certificateOf,
    close,
    client: (changes = {}) =>
      openPuClient({
        contractVersion: '5',
        soapUrl: `https://localhost:${port}/soap`,
        restUrl: `https://localhost:${port}/rest/`,
        logicalAddress: 'SE165565594230-1000',
        certificate: certificateOf(certificates.client),
        originalConsumer: undefined,
        downloadFolder,
        budget: {
          takeTurn: async () => {
            turns += 1;
          },
        },
        signal: abort.signal,
        now: () => Date.now(),
        random: () => 0,
        observe: {
          onRetry: (error) => retries.push(error),
          onClockSkew: (seconds) => skews.push(seconds),
          onCircuit: (state) => states.push(state),
        },
        ...changes,
        settings: { retries: 2, retryMs: 1, ...changes.settings },
      }),
    [Symbol.asyncDispose]: async () => {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function receive(request: IncomingMessage): Promise<Received> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(pieces).toString('utf8'),
  };
}

function reply(
  response: ServerResponse,
  { status = 200, headers = {}, body = '', isCut = false, endless }: Scripted,
): void {
  response.writeHead(status, {
    'content-type': 'text/xml; charset=utf-8',
    ...(isCut ? { 'content-length': String(Buffer.byteLength(body) + 100) } : {}),
    ...headers,
  });
  if (endless !== undefined) {
    response.flushHeaders();
    if (endless === 'silence') return;
    const trickle = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(trickle));
  } else if (isCut) response.write(body, () => response.destroy());
  else response.end(body);
}

/** A SOAP answer of a contract. */
export function soapAnswer(contract: string, version: number, content: string): Scripted {
  return {
    body: `<s:Envelope xmlns:s="${SOAP}"><s:Body><r:${contract}Response xmlns:r="${DOMAIN}:${contract}Responder:${version}" xmlns="${DOMAIN}:5">${content}</r:${contract}Response></s:Body></s:Envelope>`,
  };
}

export function soapFault(side: 'Client' | 'Server', text: string): Scripted {
  return {
    status: 500,
    body: `<s:Envelope xmlns:s="${SOAP}"><s:Body><s:Fault><faultcode>s:${side}</faultcode><faultstring>${text}</faultstring></s:Fault></s:Body></s:Envelope>`,
  };
}

const ROOT = '1.2.752.129.2.1.3.1';

/** The answer about one identity, with the record of another one where that is given. */
export function requestedRecord(extension: string, record: string | null = extension): string {
  const id = (value: string): string => `<root>${ROOT}</root><extension>${value}</extension>`;
  const person =
    record === null
      ? ''
      : `<personRecord><personalIdentity>${id(record)}</personalIdentity><protectedPersonIndicator>false</protectedPersonIndicator><testIndicator>false</testIndicator><primaryIdentity>true</primaryIdentity></personRecord>`;
  return `<r:requestedPersonRecord><requestedPersonalIdentity>${id(extension)}</requestedPersonalIdentity>${person}</r:requestedPersonRecord>`;
}

/** A document of an order by identities. */
export function answersDocument(...records: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><r:GetPersonsForProfileResponse xmlns:r="${DOMAIN}:GetPersonsForProfileResponder:5" xmlns="${DOMAIN}:5">${records.join('')}</r:GetPersonsForProfileResponse>`;
}
