import { HubError } from '../../core/errors/hub-error.ts';
import { type LogSafeFields, safeWord } from '../../core/errors/log-safe.ts';
import { type BatchLimits, DEFAULT_BATCH_LIMITS, splitIntoBatches } from './batch-limits.ts';
import { wrapKafkaError } from './kafka-errors.ts';
import type { KafkaMessage, TopicPartition } from './kafka-message.ts';
import {
  type Acknowledgement,
  type SentRange,
  verifyAcknowledgement,
} from './verify-acknowledgement.ts';

/** One idempotent producer of the client library with its own producer id. Only `kafka-client.ts` makes one. */
export interface ProducerConnection {
  connect(): Promise<void>;
  /** Sends one record batch, with the library's own bounded retries. */
  sendBatch(
    to: TopicPartition,
    messages: readonly KafkaMessage[],
  ): Promise<readonly Acknowledgement[]>;
  /** Says goodbye. Never rejects, bounded in time. */
  close(): Promise<void>;
  /** Ends it at once: afterwards nothing more of it leaves this process. */
  cut(): void;
}

/** What to send, and where: the partition is the caller's to compute, with `partitionOf`. */
export interface SendRequest extends TopicPartition {
  /** At least one. */
  readonly messages: readonly KafkaMessage[];
}

export interface ProducerOptions {
  readonly limits?: Partial<BatchLimits>;
  /** A send is given up after this time, counted from the call. Default 9 s, enough for a cluster to choose a new leader. */
  readonly timeoutMs?: number;
  /** The library's sequence numbers break near 2^31 for a partition: the producer is made anew long before. */
  readonly renewAfterRecords?: number;
  /** Called after it was closed. */
  readonly onClose?: () => void;
}

/**
 * The only way to write to Kafka. The guarantees:
 * - one partition and one record batch a request, so a leader that moves cannot make the library skip a part of it;
 * - one send in flight, held through its retries: calls at the same time wait for their turn, in the order of the calls;
 * - a send resolves only when all in-sync replicas have it and the acknowledgement names exactly what was sent;
 * - the messages of a send stand in the given order; when it rejects, some of them may stand there: send all of it again;
 * - a send settles within `timeoutMs`, and when it rejects, nothing more of it leaves this process;
 * - after any failure the producer id is given up, since the library would reuse its sequence numbers for other messages, and
 *   the broker would then acknowledge messages that it does not have.
 */
export class GuardedProducer implements AsyncDisposable {
  readonly #open: () => ProducerConnection;
  readonly #limits: BatchLimits;
  readonly #timeoutMs: number;
  readonly #renewAfterRecords: number;
  #connection: ProducerConnection | undefined;
  #recordsOfConnection = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();
  readonly #onClose: (() => void) | undefined;
  #isClosed = false;

  constructor(open: () => ProducerConnection, options: ProducerOptions = {}) {
    this.#open = open;
    this.#limits = { ...DEFAULT_BATCH_LIMITS, ...options.limits };
    this.#timeoutMs = options.timeoutMs ?? 9_000;
    this.#renewAfterRecords = options.renewAfterRecords ?? 500_000_000;
    this.#onClose = options.onClose;
  }

  /**
   * Sends the messages in order, in as many record batches as they need.
   * @throws HubError `HUB_KAFKA_MESSAGE_TOO_LARGE` before anything is sent; any other retriable or fatal code when the outcome
   * is not proven in time: then the caller decides.
   */
  async send(request: SendRequest): Promise<SentRange> {
    if (this.#isClosed) throw new Error('The producer is closed.');
    if (request.messages.length === 0) throw new RangeError('A send needs at least one message.');
    const batches = splitIntoBatches(request.topic, request.messages, this.#limits);
    const deadline = performance.now() + this.#timeoutMs;
    return await this.#inTurn(() => this.#sendBatches(request, batches, deadline));
  }

  /** Waits for the sends that were asked for, then disconnects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#inTurn(() => this.#renew());
    this.#onClose?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #sendBatches(
    to: TopicPartition,
    batches: readonly (readonly KafkaMessage[])[],
    deadline: number,
  ): Promise<SentRange> {
    let firstOffset: number | undefined;
    let lastOffset = -1;
    for (const batch of batches) {
      const range = await this.#sendBatch(to, batch, deadline);
      firstOffset ??= range.firstOffset;
      lastOffset = range.lastOffset;
    }
    return { firstOffset: firstOffset ?? lastOffset, lastOffset };
  }

  async #sendBatch(
    to: TopicPartition,
    batch: readonly KafkaMessage[],
    deadline: number,
  ): Promise<SentRange> {
    if (this.#recordsOfConnection + batch.length > this.#renewAfterRecords) await this.#renew();
    const context = { topic: safeWord(to.topic), partition: to.partition };
    try {
      const acknowledged = await within(deadline, context, async () => {
        const connection = this.#connection ?? (await this.#connect());
        return await connection.sendBatch(to, batch);
      });
      const range = verifyAcknowledgement(to, batch.length, acknowledged);
      this.#recordsOfConnection += batch.length;
      return range;
    } catch (error) {
      const connection = this.#forget();
      connection?.cut();
      throw wrapKafkaError(error, context);
    }
  }

  async #connect(): Promise<ProducerConnection> {
    const connection = this.#open();
    this.#connection = connection;
    await connection.connect();
    return connection;
  }

  async #renew(): Promise<void> {
    await this.#forget()?.close();
  }

  #forget(): ProducerConnection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#recordsOfConnection = 0;
    return connection;
  }

  /** Runs the work when all that was asked for before has ended, well or not. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work, work);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

/** Does the work, or rejects at the deadline; what comes of the work afterwards interests nobody. */
async function within<T>(
  deadline: number,
  context: LogSafeFields,
  work: () => Promise<T>,
): Promise<T> {
  const tooLate = Promise.withResolvers<never>();
  const giveUp = (): void => tooLate.reject(new HubError('HUB_KAFKA_UNAVAILABLE', context));
  const ms = deadline - performance.now();
  if (ms <= 0) {
    giveUp();
    return await tooLate.promise;
  }
  const timer = setTimeout(giveUp, ms);
  try {
    return await Promise.race([work(), tooLate.promise]);
  } finally {
    clearTimeout(timer);
  }
}
