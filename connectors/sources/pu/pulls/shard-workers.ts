import type { ErrorCode } from '../../../../core/errors/error-codes.ts';
import { dispositionOf, findHubError } from '../../../../core/errors/hub-error.ts';
import { nameOf, type PuRun } from '../pu-run.ts';
import type { PullName } from '../pu-source-config.ts';
import type { Shard } from './pull-shards.ts';
import { runShard } from './run-shard.ts';

/** The question or the answer of one shard is wrong, which no waiting mends, but those of the others may be right. */
const ABOUT_QUESTION: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HUB_PU_REQUEST_REFUSED',
  'HUB_PU_WRONG_VERSION',
]);

/** Why a shard waits. */
export interface ShardFailure {
  readonly error: unknown;
  readonly attempt: number;
  readonly retryAt: number;
}

/** Runs shards beside each other, at most so many at once; those that failed again, after a wait that doubles. */
export interface ShardWorkers {
  /** Begins those that are not being read and do not wait to be tried again, who has waited longest first, while there is room. */
  start(shards: readonly Shard[]): void;
  /** Has all of them end at their next step. {@link start} works again at once. */
  stop(): void;
  /** Ends them all, and waits for it. */
  end(): Promise<void>;
  /** Tries shards of the pull (null: of all) again without waiting. */
  retryNow(pull: PullName | null): void;
  isActive(key: string): boolean;
  failureOf(shard: Shard): ShardFailure | undefined;
  readonly active: number;
  readonly failing: number;
  /** What no waiting mends, and concerns all. */
  readonly fault: { readonly error: unknown } | undefined;
}

/** @param onEnd called whenever one has ended. */
export function createShardWorkers(
  run: PuRun,
  signal: AbortSignal,
  onEnd: () => void,
): ShardWorkers {
  const { config } = run;
  const active = new Map<string, Promise<void>>();
  const failures = new Map<string, ShardFailure & { readonly shard: Shard }>();
  let fault: { readonly error: unknown } | undefined;
  let halt = new AbortController();

  const fail = (shard: Shard, error: unknown): void => {
    const code = findHubError(error)?.code;
    const isOfQuestion = code !== undefined && ABOUT_QUESTION.has(code);
    if (!isOfQuestion && dispositionOf(error) !== 'retriable') {
      fault ??= { error };
      return;
    }
    const before = failures.get(shard.key);
    const attempt = (before?.attempt ?? 0) + 1;
    const doubled = Math.min(config.retryMs * 2 ** (attempt - 1), config.longestRetryMs);
    const longest = isOfQuestion ? config.longestRetryMs : doubled;
    const waitMs = longest * (0.5 + run.options.random() / 2);
    failures.set(shard.key, { shard, error, attempt, retryAt: run.now() + waitMs });
    run.options.observe({ kind: 'retry', ...nameOf(shard), error, attempt, waitMs });
    const found = findHubError(error);
    const alarmed = findHubError(before?.error)?.code;
    if (found === undefined || found.code === alarmed) return;
    if (alarmed !== undefined) run.alarm(shard, alarmed, {}, true);
    run.alarm(shard, found.code, found.context);
  };

  const succeed = (shard: Shard): void => {
    const code = findHubError(failures.get(shard.key)?.error)?.code;
    failures.delete(shard.key);
    if (code !== undefined) run.alarm(shard, code, {}, true);
  };

  const work = async (shard: Shard, stop: AbortSignal): Promise<void> => {
    try {
      await runShard(run, shard, stop);
      if (!stop.aborted) succeed(shard);
    } catch (error) {
      // A call that was ended by the signal has not failed.
      if (!(signal.aborted && isAbort(error, signal))) fail(shard, error);
    } finally {
      active.delete(shard.key);
      onEnd();
    }
  };

  const waitedSince = (shard: Shard): number =>
    failures.get(shard.key)?.retryAt ?? run.state(shard).dueAt ?? Number.POSITIVE_INFINITY;

  return {
    start: (shards) => {
      const now = run.now();
      const stop = AbortSignal.any([halt.signal, signal]);
      const ready = shards
        .filter(({ key }) => !active.has(key) && (failures.get(key)?.retryAt ?? now) <= now)
        .toSorted((a, b) => waitedSince(a) - waitedSince(b));
      for (const shard of ready) {
        if (active.size >= config.openRuns) return;
        active.set(shard.key, work(shard, stop));
      }
    },
    stop: () => {
      halt.abort();
      halt = new AbortController();
    },
    end: async () => {
      halt.abort();
      await Promise.all(active.values());
    },
    retryNow: (pull) => {
      for (const [key, failure] of failures) {
        const isMeant = pull === null || failure.shard.pull === pull;
        // Never later than before: who is asked for again and again would else always be the one that has waited the least.
        const retryAt = Math.min(failure.retryAt, run.now());
        if (isMeant) failures.set(key, { ...failure, retryAt });
      }
    },
    isActive: (key) => active.has(key),
    failureOf: (shard) => failures.get(shard.key),
    get active() {
      return active.size;
    },
    get failing() {
      return failures.size;
    },
    get fault() {
      return fault;
    },
  };
}

/** A client may throw the signal's reason, or what Node makes of it. */
function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
