import { findHubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { IdentityHash } from '../../core/person/person-identifier.ts';
import type { PersonStore, RawRecord, SourceBatch } from '../../core/sync/ports.ts';
import type { BatchOutcome, ProcessRules } from '../../core/sync/process-source-batch.ts';
import { runSourceBatch } from '../../core/sync/run-source-batch.ts';
import type { KafkaRecord } from '../kafka/kafka-message.ts';
import type { ConsumerBatch, ConsumerOptions } from '../kafka/run-consumer.ts';
import { alarmOf, type Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { waitMs } from './cancellable-wait.ts';
import { decodeSourceMessage, parseIdentityHash } from './raw-message.ts';

/** So many partitions are worked on at once: while one waits for the store, another is mapped. */
const CONCURRENT_PARTITIONS = 2;
const RESTART_MS = 1_000;

export const CORE: SafeText = safeText('core');

export interface CoreRoleOptions {
  readonly groupId: string;
  /** The raw topics, each with the rules of its source. */
  readonly rules: ReadonlyMap<string, ProcessRules>;
  readonly batchRecords: number;
  readonly store: PersonStore;
  /** The offset to go on from, out of the store. */
  readonly storedOffset: (topic: string, partition: number) => Promise<number | undefined>;
  /** Carries out what a person decided about lost records. Called before each run of the consumer. */
  readonly acceptLoss: () => Promise<void>;
  readonly runConsumer: (options: ConsumerOptions) => Promise<void>;
  readonly stallMs: number;
  readonly onRestart: () => void;
  readonly onBatchDone: (batch: SourceBatch, outcome: BatchOutcome, lag: number) => void;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Processes the partitions of the raw topics that the consumer group gives to this instance, until the signal. When Kafka or the store is
 * away it waits and goes on; only a fault that no waiting mends ends it.
 */
export async function runCoreRole(options: CoreRoleOptions): Promise<void> {
  const { health, log, signal } = options;
  while (!signal.aborted) {
    try {
      await options.acceptLoss();
      await options.runConsumer({
        groupId: options.groupId,
        topics: [...options.rules.keys()],
        startOffset: options.storedOffset,
        partitionsConsumedConcurrently: CONCURRENT_PARTITIONS,
        stallAfterMs: options.stallMs,
        signal,
        onAssigned: (assignment) => {
          const partitions = assignment.reduce((sum, { partitions }) => sum + partitions.length, 0);
          log.info('processing partitions', { partitions });
          // Nothing to read says nothing: the consumer's own watchdog tells an idle partition from a silent one.
          health.report(CORE, { kind: 'idle', forMs: Number.POSITIVE_INFINITY });
        },
        onRetry: ({ topic, partition }, error, attempt) => {
          health.report(CORE, alarmOf(error));
          log.error('the batch is tried again', error, {
            topic: safeWord(topic),
            partition,
            attempt,
          });
        },
        onBatch: (batch) => processChunks(batch, options),
      });
    } catch (error) {
      if (findHubError(error)?.disposition !== 'retriable') throw error;
      health.report(CORE, alarmOf(error));
      log.error('the consumer starts again', error);
      options.onRestart();
      await waitMs(RESTART_MS, signal);
    }
  }
  health.report(CORE, { kind: 'stopped' });
}

/** A fetch can hold more than one transaction should: it is done in chunks, each with its own offset. */
async function processChunks(batch: ConsumerBatch, options: CoreRoleOptions): Promise<void> {
  const { store, batchRecords, signal, health } = options;
  const rules = options.rules.get(batch.topic);
  if (rules === undefined) throw new TypeError('A batch of a topic that was not asked for.');
  const clock = { wait: (ms: number) => waitMs(ms * (0.5 + Math.random()), signal) };
  for (let start = 0; start < batch.records.length; start += batchRecords) {
    if (batch.isStale()) return;
    const chunk = toSourceBatch(batch, start, batchRecords);
    const outcome = await runSourceBatch(chunk, store, rules, clock);
    health.report(CORE, { kind: 'idle', forMs: Number.POSITIVE_INFINITY });
    options.onBatchDone(chunk, outcome, Math.max(0, batch.highWatermark - chunk.nextOffset));
  }
}

/** One chunk of a batch. Each ends where the next one begins, whatever gaps there are between the offsets. */
export function toSourceBatch(batch: ConsumerBatch, start: number, limit: number): SourceBatch {
  const records = batch.records.slice(start, start + limit);
  const next = batch.records[start + limit];
  return {
    topic: batch.topic,
    partition: batch.partition,
    firstOffset: start === 0 ? batch.firstOffset : (records[0]?.offset ?? batch.nextOffset),
    nextOffset: next?.offset ?? batch.nextOffset,
    records: records.map(toRawRecord),
  };
}

/** A record whose key is not one of ours is not ours, whatever its value says. */
export function toRawRecord({
  offset,
  key,
  value,
}: Omit<KafkaRecord, 'timestamp' | 'headers'>): RawRecord {
  const identityHash = parseIdentityHash(key);
  return {
    offset,
    identityHash: identityHash ?? ('' as IdentityHash),
    message: identityHash === undefined ? undefined : decodeSourceMessage(value),
    payload: value ?? Buffer.alloc(0),
  };
}
