/** PU over HTTPS with client certificates: who calls, how often, and which call it is; and the faults of the network. */
import { randomUUID } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { PuIdentity } from '../population/pu-record.ts';
import { answerDownload, answerUpload } from './answer-rest.ts';
import { answerSoap } from './answer-soap.ts';
import { type Reply, soapFault, textReply } from './call-reply.ts';
import { type CallRoute, findRoute, targetOf } from './call-route.ts';
import type { SandboxCertificates } from './certificates.ts';
import { ClientFault } from './contracts/client-fault.ts';
import { Entrance } from './entrance.ts';
import type { Orders } from './orders.ts';
import type { SandboxSettings } from './sandbox-folder.ts';
import type { SandboxLog } from './sandbox-log.ts';
import type { Contracts } from './sandbox-types.ts';
import { countRecords, slaDelayMs } from './sla-delay.ts';
import type { Switches } from './switches.ts';
import { TokenBucket } from './token-bucket.ts';

export interface PuServerOptions {
  readonly settings: SandboxSettings;
  readonly certificates: SandboxCertificates;
  /** HSA-ids that are connected to the service. */
  readonly connected: readonly string[];
  readonly contracts: Contracts;
  readonly orders: Orders;
  readonly uploads: string;
  readonly switches: Switches;
  readonly somebodyElse: PuIdentity;
  readonly log: SandboxLog;
}

const DEFAULT_SLOW_MS = 5_000;

export class PuServer implements AsyncDisposable {
  readonly #options: PuServerOptions;
  readonly #https: HttpsServer;
  readonly #entrance: Entrance;
  readonly #buckets = new Map<string, TokenBucket>();

  private constructor(options: PuServerOptions) {
    this.#options = options;
    const { authority, server } = options.certificates;
    this.#https = createHttpsServer(
      {
        key: readFileSync(server.key),
        cert: readFileSync(server.certificate),
        ca: readFileSync(authority),
        minVersion: 'TLSv1.2',
        requestCert: true,
        // A client that is refused must be told so: Node would only close the connection.
        rejectUnauthorized: false,
      },
      (request, response) => {
        void this.#serve(request, response);
      },
    );
    this.#entrance = new Entrance(this.#https, options.settings.port, options.switches);
  }

  static async start(options: PuServerOptions): Promise<PuServer> {
    const server = new PuServer(options);
    await server.#entrance.open();
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#entrance[Symbol.asyncDispose]();
    this.#https.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const logId = randomUUID();
    const caller = hsaIdOf(request);
    const route = findRoute(request.method ?? '', request.url ?? '');
    const reply = await this.#replySafely(request, route, caller, logId);
    this.#options.log({
      what: 'call',
      logId,
      target: route === undefined ? 'unknown' : targetOf(route),
      caller: caller ?? null,
      status: reply?.status ?? 0,
      fault: reply === undefined ? 'reset' : reply.fault,
      milliseconds: Math.round(performance.now() - started),
    });
    await this.#send(request, response, reply);
  }

  async #replySafely(
    request: IncomingMessage,
    route: CallRoute | undefined,
    caller: string | undefined,
    logId: string,
  ): Promise<Reply | undefined> {
    const fault = (side: 'client' | 'server', text: string, status: number): Reply =>
      route?.kind === 'soap'
        ? soapFault(side, text, logId, status)
        : textReply(
            side === 'client' && status === 500 ? 400 : status,
            `${text} (log-id ${logId})`,
          );
    try {
      return await this.#reply(request, route, caller, logId, fault);
    } catch (error) {
      if (error instanceof ClientFault) return fault('client', error.message, 500);
      if (request.destroyed && !request.complete) return undefined; // the caller went away
      this.#options.log({ what: 'bug', logId, ...placeOf(error) });
      return fault('server', 'Tekniskt fel', 500);
    }
  }

  async #reply(
    request: IncomingMessage,
    route: CallRoute | undefined,
    caller: string | undefined,
    logId: string,
    fault: (side: 'client' | 'server', text: string, status: number) => Reply,
  ): Promise<Reply | undefined> {
    const refusal = certificateRefusal(request);
    if (refusal !== undefined)
      return fault('client', `Klientcertifikatet godtas inte: ${refusal}`, 403);
    if (route === undefined) return fault('client', 'Adressen finns inte', 404);
    const { orders, uploads, settings, switches, connected } = this.#options;
    if (caller === undefined || !connected.includes(caller)) {
      // The code is the one that the national service platform has for this.
      const status = route.kind === 'soap' ? 500 : 403;
      return fault('client', 'VP007 Anropande system saknar behörighet till tjänsten', status);
    }
    const target = targetOf(route);
    // Read before it is drawn: the last time that a fault happens, its rule is gone afterwards.
    const slowMs = switches.rule('slow')?.delayMs ?? DEFAULT_SLOW_MS;
    const faults = [...switches.drawAll('call', target), ...switches.drawAll('answer', target)];
    if (faults.includes('slow')) await sleep(slowMs);
    if (faults.includes('connection-reset') && route.kind !== 'download') return undefined;
    if (faults.includes('http-500'))
      return { ...textReply(500, '<html>Internal Server Error</html>'), type: 'text/html' };
    if (faults.includes('throttled') || !this.#isWithinRate(caller)) {
      return { ...fault('server', 'För många anrop', 503), retryAfterSeconds: 1 };
    }
    if (faults.includes('call-fails')) return fault('server', 'Tekniskt fel', 500);
    switch (route.kind) {
      case 'upload':
        return await answerUpload(
          request,
          { parameters: route.parameters, caller },
          { orders, uploads, mostBytes: settings.mostUploadBytes },
        );
      case 'download':
        return await answerDownload({ ...route, caller, faults }, orders);
      case 'soap':
        return await this.#replyToSoap(request, {
          contract: route.contract,
          caller,
          logId,
          faults,
        });
    }
  }

  async #replyToSoap(
    request: IncomingMessage,
    call: Parameters<typeof answerSoap>[1],
  ): Promise<Reply> {
    const { contracts, settings, somebodyElse } = this.#options;
    const { mostRequestBytes, latency } = settings;
    const reply = await answerSoap(request, call, { contracts, mostRequestBytes, somebodyElse });
    if (latency === 'sla' && reply.body.kind === 'text') {
      await sleep(slaDelayMs(countRecords(reply.body.text), Math.random()));
    }
    return reply;
  }

  #isWithinRate(caller: string): boolean {
    const { callsPerSecond } = this.#options.settings;
    if (callsPerSecond === 0) return true;
    const now = performance.now();
    const bucket = this.#buckets.get(caller) ?? new TokenBucket(callsPerSecond, now);
    this.#buckets.set(caller, bucket);
    return bucket.take(now);
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    reply: Reply | undefined,
  ): Promise<void> {
    if (reply === undefined) {
      request.socket.destroy();
      return;
    }
    response.statusCode = reply.status;
    response.setHeader('Date', new Date(this.#options.switches.now()).toUTCString());
    response.setHeader('Content-Type', reply.type);
    if (reply.retryAfterSeconds !== undefined) {
      response.setHeader('Retry-After', String(reply.retryAfterSeconds));
    }
    // What was not read of a refused request must not be taken for the next one.
    if (!request.complete) response.setHeader('Connection', 'close');
    if (reply.body.kind === 'text') {
      response.end(reply.body.text);
      request.resume();
      return;
    }
    await this.#sendFile(response, reply.body);
  }

  async #sendFile(
    response: ServerResponse,
    { path, announced, sent }: Extract<Reply['body'], { kind: 'file' }>,
  ): Promise<void> {
    response.setHeader('Content-Length', String(announced));
    const end = sent === announced;
    try {
      const content = createReadStream(path, { end: Math.max(0, sent - 1) });
      await pipeline(content, response, { end });
      if (!end) response.destroy();
    } catch {
      response.destroy(); // the caller went away, or the sandbox is stopping
    }
  }
}

/** Why the certificate is not good enough, in OpenSSL's words; undefined: it is. */
function certificateRefusal(request: IncomingMessage): string | undefined {
  if (!(request.socket instanceof TLSSocket)) return 'NO_TLS';
  const { authorized, authorizationError } = request.socket;
  if (authorized) return undefined;
  const isThere = request.socket.getPeerX509Certificate() !== undefined;
  return isThere ? String(authorizationError) : 'NO_CERTIFICATE';
}

/** The HSA-id of the certificate's subject, in the attribute serialNumber as SITHS has it. */
function hsaIdOf(request: IncomingMessage): string | undefined {
  if (!(request.socket instanceof TLSSocket) || !request.socket.authorized) return undefined;
  const subject = request.socket.getPeerX509Certificate()?.subject ?? '';
  return /^serialNumber=(.+)$/m.exec(subject)?.[1];
}

/** Class and place of an error; its message may repeat what it was about. */
function placeOf(error: unknown): { readonly error: string; readonly at: string } {
  if (!(error instanceof Error)) return { error: typeof error, at: '' };
  const at = error.stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  return { error: error.name, at: at.trim() };
}
