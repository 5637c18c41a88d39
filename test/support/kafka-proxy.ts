import type { Route } from '../../connectors/kafka/tracked-sockets.ts';
import { type ProxiedConnection, TcpProxy } from './tcp-proxy.ts';

/** Numbers of Kafka requests (protocol "API keys"). */
export const KAFKA_REQUEST = { produce: 0, fetch: 1, metadata: 3, heartbeat: 12 } as const;
type KafkaRequest = (typeof KAFKA_REQUEST)[keyof typeof KAFKA_REQUEST];

/** A proxy in front of one broker that understands enough of the protocol to lose the answer to a request of one kind. */
export class KafkaProxy implements AsyncDisposable {
  readonly #tcp: TcpProxy;
  readonly #faults: AnswerFaults;

  private constructor(tcp: TcpProxy, faults: AnswerFaults) {
    this.#tcp = tcp;
    this.#faults = faults;
  }

  /** @param broker `host:port` of the broker. */
  static async start(broker: string): Promise<KafkaProxy> {
    const [host = '', port = ''] = broker.split(':');
    const faults = new AnswerFaults();
    const tcp = await TcpProxy.start({
      host,
      port: Number(port),
      onRequest: (chunk, connection) => faults.passRequest(chunk, connection),
      onAnswer: (chunk, connection) => faults.passAnswer(chunk, connection),
    });
    return new KafkaProxy(tcp, faults);
  }

  get tcp(): TcpProxy {
    return this.#tcp;
  }

  get port(): number {
    return this.#tcp.port;
  }

  /** Where a client has to connect to go through the proxy, whatever address the broker gives. */
  get route(): Route {
    return () => ({ host: '127.0.0.1', port: this.#tcp.port });
  }

  /**
   * The broker does the next request of this kind, and its answer is lost: the connection is cut instead.
   * @returns a promise that resolves when it has happened.
   */
  loseAnswerTo(request: KafkaRequest): Promise<void> {
    return this.#faults.loseAnswerTo(request);
  }

  /** How many requests of this kind went through. */
  count(request: KafkaRequest): number {
    return this.#faults.count(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tcp[Symbol.asyncDispose]();
  }
}

class AnswerFaults {
  readonly #requests = new Map<ProxiedConnection, Frames>();
  readonly #answers = new Map<ProxiedConnection, Frames>();
  readonly #counts = new Map<number, number>();
  readonly #lost = new Map<ProxiedConnection, number>();
  #armed: { readonly request: number; readonly done: () => void } | undefined;

  loseAnswerTo(request: number): Promise<void> {
    return new Promise((done) => {
      this.#armed = { request, done };
    });
  }

  count(request: number): number {
    return this.#counts.get(request) ?? 0;
  }

  passRequest(chunk: Buffer, connection: ProxiedConnection): Buffer {
    const frames = framesOf(this.#requests, connection);
    for (const frame of frames.add(chunk)) {
      const request = frame.readInt16BE(0);
      this.#counts.set(request, this.count(request) + 1);
      if (this.#armed?.request !== request || this.#lost.has(connection)) continue;
      this.#lost.set(connection, frame.readInt32BE(4));
    }
    return chunk;
  }

  passAnswer(chunk: Buffer, connection: ProxiedConnection): Buffer | undefined {
    const frames = framesOf(this.#answers, connection);
    for (const frame of frames.add(chunk)) {
      if (this.#lost.get(connection) !== frame.readInt32BE(0)) continue;
      this.#lost.delete(connection);
      const armed = this.#armed;
      this.#armed = undefined;
      connection.cut();
      armed?.done();
      return undefined;
    }
    return chunk;
  }
}

function framesOf(all: Map<ProxiedConnection, Frames>, connection: ProxiedConnection): Frames {
  let frames = all.get(connection);
  if (frames === undefined) {
    frames = new Frames();
    all.set(connection, frames);
  }
  return frames;
}

/** Cuts a stream into Kafka's frames: a length of four bytes, then the frame. */
class Frames {
  #rest: Buffer = Buffer.alloc(0);

  *add(chunk: Buffer): Generator<Buffer> {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4) {
      const length = this.#rest.readInt32BE(0);
      if (this.#rest.length < 4 + length) return;
      const frame = this.#rest.subarray(4, 4 + length);
      this.#rest = this.#rest.subarray(4 + length);
      yield frame;
    }
  }
}
