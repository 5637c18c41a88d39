import { findHubError } from '../errors/hub-error.ts';
import { addCounts } from './decide-batch.ts';
import type { PersonStore, SourceBatch } from './ports.ts';
import {
  type BatchOutcome,
  type ProcessRules,
  processSourceBatch,
} from './process-source-batch.ts';

/** How often a batch that met another writer is tried again before it is halved. */
const TRIES = 4;

export interface RetryClock {
  /** Resolves after about `ms` milliseconds, with jitter, so that two instances do not meet again at once. */
  wait(ms: number): Promise<void>;
}

/**
 * Runs a batch to its end. When another instance is in the way (a deadlock or a serialisation failure) the same batch is tried
 * again, a bounded number of times, then in halves: a single record always gets through in the end or the error is passed on.
 *
 * @throws what {@link processSourceBatch} throws, but `HUB_STORE_CONFLICT` only for a single record.
 */
export async function runSourceBatch(
  batch: SourceBatch,
  store: PersonStore,
  rules: ProcessRules,
  clock: RetryClock,
): Promise<BatchOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await processSourceBatch(batch, store, rules);
    } catch (error) {
      if (findHubError(error)?.code !== 'HUB_STORE_CONFLICT') throw error;
      if (attempt >= TRIES) {
        if (batch.records.length < 2) throw error;
        return await runInHalves(batch, store, rules, clock);
      }
      await clock.wait(20 * 2 ** attempt);
    }
  }
}

async function runInHalves(
  batch: SourceBatch,
  store: PersonStore,
  rules: ProcessRules,
  clock: RetryClock,
): Promise<BatchOutcome> {
  const [first, second] = halve(batch);
  const a = await runSourceBatch(first, store, rules, clock);
  const b = await runSourceBatch(second, store, rules, clock);
  return {
    ...addCounts(a, b),
    replayed: a.replayed + b.replayed,
    mapped: a.mapped + b.mapped,
    parked: [...a.parked, ...b.parked],
    stale: a.stale + b.stale,
    refused: a.refused + b.refused,
  };
}

function halve(batch: SourceBatch): readonly [SourceBatch, SourceBatch] {
  const middle = Math.floor(batch.records.length / 2);
  const from = batch.records[middle]?.offset ?? batch.nextOffset;
  return [
    { ...batch, nextOffset: from, records: batch.records.slice(0, middle) },
    { ...batch, firstOffset: from, records: batch.records.slice(middle) },
  ];
}
