import { findHubError, HubError } from '../../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../../core/errors/log-safe.ts';
import { createLoadMeter } from '../../waiting/load-meter.ts';
import { pause } from '../../waiting/with-retry.ts';
import type { LoadProgress, MasterCheckpoint, ResnapshotFilter } from './master-checkpoint.ts';
import type { ChunkRequest, ReadTables, RowKey } from './master-dialect.ts';
import type { ReadPage, ReadResult } from './master-reader.ts';
import { checkTracked, type Gap, type ServerView } from './master-server-view.ts';
import type { SourceRun } from './source-run.ts';

/** What every step gives back: go on at once, or rest first. */
export type StepOutcome = 'go-on' | 'rest';

/**
 * Begins to read everyone. The version is taken and stored before the first row is read, so that the stream begins with whatever changes
 * meanwhile.
 */
export async function beginLoad(
  run: SourceRun,
  before: MasterCheckpoint | undefined,
  reason: LoadProgress['reason'],
): Promise<void> {
  await run.verify();
  const view = await lookWhenTracked(run);
  const { mode } = run.options.config;
  const isNewEpoch = reason === 'new-epoch';
  if (isNewEpoch) run.beginEpoch();
  const lostFrom = reason === 'gap' || isNewEpoch ? (before?.version ?? null) : null;
  await run.save({
    mode,
    epoch: before === undefined ? 1 : before.epoch + (isNewEpoch ? 1 : 0),
    fingerprint: view.fingerprint,
    tables: view.tables.map(({ name, objectId, schemaStamp, trackingId }) => ({
      name,
      objectId,
      schemaStamp,
      trackingId,
    })),
    load: { reason, after: null, done: 0 },
    version: mode === 'snapshot-diff' ? nextRun(before, isNewEpoch) : view.version,
    highest: before === undefined || isNewEpoch ? 0n : before.highest,
    cursor: null,
    resnapshots: before?.resnapshots ?? [],
    isPaused: before?.isPaused ?? false,
    removalsUnknownSince: before?.removalsUnknownSince ?? lostFrom,
  });
  run.move(reason === 'gap' ? 'gap-found' : 'load-began');
}

function nextRun(before: MasterCheckpoint | undefined, isNewEpoch: boolean): bigint {
  return before === undefined || isNewEpoch ? 1n : before.version + 1n;
}

/**
 * The view, once its version is not before the first one from which the changes are complete: tracking may have begun behind a
 * transaction that is still open.
 * @throws HubError `HUB_MASTER_RESTORED` when it stays so: then the version went back.
 */
async function lookWhenTracked(run: SourceRun): Promise<ServerView> {
  const { config, signal } = run.options;
  const giveUpAt = run.now() + config.ceilingStallMs;
  for (;;) {
    const view = await run.read((reader) => reader.look());
    if (config.mode !== 'change-tracking') return view;
    checkTracked(view);
    if (view.tables.every((t) => (t.minValidVersion ?? 0n) <= view.version)) return view;
    if (run.isAborted) return view;
    if (run.now() > giveUpAt) {
      throw new HubError('HUB_MASTER_RESTORED', {
        sign: safeText('version before the first valid one'),
      });
    }
    await pause(config.idlePollMs, signal);
  }
}

/** The load, chunk by chunk; the next chunk is read while the present one is being sent. Ends early for a command or the signal. */
export async function loadStep(run: SourceRun, isInterrupted: () => boolean): Promise<void> {
  const { load } = run.checkpoint;
  if (!load) return;
  run.move(load.reason === 'gap' ? 'gap-found' : 'load-began');
  const meter = createLoadMeter(load.done, run.now());
  let done = load.done;
  let after = load.after;
  let pending = readLoadChunk(run, after);
  for (;;) {
    const page = await pageOrReverify(run, await pending);
    if (!page) {
      pending = readLoadChunk(run, after);
      continue;
    }
    const following = page.next && !isInterrupted() ? readLoadChunk(run, page.next.key) : undefined;
    // Awaited below, but it may fail before that.
    following?.catch(() => undefined);
    try {
      await run.send(page.messages, load.reason === 'diff-run' ? 'changed' : 'all');
      done += page.messages.length;
      after = page.next?.key ?? null;
      run.loadRate = meter.rate(done, run.total, run.now());
      run.options.observe({ kind: 'progress', ...run.loadRate });
      if (!page.next) return await endLoad(run, done);
      await run.save({ ...run.checkpoint, load: { ...load, after, done } });
    } catch (error) {
      await following?.catch(() => undefined);
      throw error;
    }
    if (!following || isInterrupted()) {
      await following?.catch(() => undefined);
      return;
    }
    pending = following;
  }
}

function readLoadChunk(run: SourceRun, after: RowKey | null): Promise<ReadResult> {
  const { config } = run.options;
  const { checkpoint } = run;
  const request = { after: after ?? undefined, through: undefined, equals: undefined };
  return run.read((reader) =>
    reader.readChunk(
      checkpoint,
      { ...request, limit: config.chunkRows },
      config.mode === 'snapshot-diff' ? checkpoint.version : undefined,
    ),
  );
}

async function endLoad(run: SourceRun, done: number): Promise<void> {
  await run.save({ ...run.checkpoint, load: null });
  run.loadRate = undefined;
  run.caughtUpAt = run.now();
  run.total = done;
  run.move('load-ended');
}

/** A page, or undefined when the columns were looked at again and fit: then the same is read again. */
export async function pageOrReverify(
  run: SourceRun,
  result: ReadResult,
): Promise<ReadPage | undefined> {
  if (result.kind === 'page') return result;
  if (result.kind === 'gap') {
    await fallIntoGap(run, result);
    return undefined;
  }
  await run.verify();
  const view = await run.read((reader) => reader.look());
  const stamps = new Map(view.tables.map((table) => [table.name, table.schemaStamp]));
  await run.save({
    ...run.checkpoint,
    tables: run.checkpoint.tables.map((t) => ({
      ...t,
      schemaStamp: stamps.get(t.name) ?? t.schemaStamp,
    })),
  });
  return undefined;
}

/** Changes were lost: everyone is read again, and until then no removal is sent. */
async function fallIntoGap(run: SourceRun, gap: Gap): Promise<void> {
  run.alarm('HUB_MASTER_GAP', {
    reason: safeText(gap.reason),
    table: safeWord(gap.table),
    since: run.checkpoint.version,
  });
  await beginLoad(run, run.checkpoint, 'gap');
}

/** One page of changes, or the cheap question whether there are any. */
export async function streamStep(run: SourceRun, isHeartbeat: boolean): Promise<StepOutcome> {
  const { checkpoint } = run;
  if (!checkpoint.cursor && !isHeartbeat) {
    const signal = await run.read((reader) => reader.signal(checkpoint.version));
    watchCeiling(run, signal);
    if (!signal.hasChanges && signal.newest >= checkpoint.version) {
      run.caughtUpAt = run.now();
      return 'rest';
    }
  }
  const result = await run.read((reader) => reader.readChanges(checkpoint));
  const page = await pageOrReverify(run, result);
  if (!page) return 'go-on';
  const removed = page.messages.filter((message) => message.operation === 'removed').length;
  const guard = run.guards.stream;
  if (!guard.allows(removed, run.total, run.now())) {
    run.freezeByBurst(guard, removed);
    return 'rest';
  }
  await run.send(page.messages);
  guard.record(removed, run.now());
  await run.save({
    ...run.checkpoint,
    version: page.next ? checkpoint.version : page.version,
    cursor: page.next ?? null,
  });
  if (page.next) return 'go-on';
  guard.endBurst();
  run.caughtUpAt = run.now();
  return 'rest';
}

/** Alarms when everything committed waits behind one open transaction. */
function watchCeiling(run: SourceRun, signal: { version: bigint; newest: bigint }): void {
  const isHeld = signal.version < signal.newest;
  const key = run.ceiling;
  if (!isHeld || key === undefined || key.version !== signal.version) {
    if (run.ceilingStalledSince !== undefined) run.alarm('HUB_MASTER_CEILING_STALLED', {}, true);
    run.ceilingStalledSince = undefined;
    run.ceiling = { version: signal.version, since: run.now() };
    return;
  }
  const stalledMs = run.now() - key.since;
  if (stalledMs < run.options.config.ceilingStallMs || run.ceilingStalledSince !== undefined)
    return;
  run.ceilingStalledSince = key.since;
  run.alarm('HUB_MASTER_CEILING_STALLED', {
    seconds: Math.round(stalledMs / 1000),
    waiting: signal.newest - signal.version,
  });
}

/**
 * One chunk of persons to be sent again, between two pages of the stream. No mark is written to Master: the messages carry the version of
 * the chunk's own read, so whatever the stream brings later has a later one and wins.
 */
export async function resnapshotStep(run: SourceRun): Promise<void> {
  const [current, ...others] = run.checkpoint.resnapshots;
  if (!current) return;
  const { config } = run.options;
  const request: ChunkRequest = {
    after: current.after ?? current.filter.after,
    through: current.filter.through,
    equals: equalsOf(run.reader.tables, current.filter),
    limit: config.chunkRows,
  };
  const stampVersion = config.mode === 'snapshot-diff' ? run.checkpoint.version : undefined;
  const result = await run.read((r) => r.readChunk(run.checkpoint, request, stampVersion));
  const page = await pageOrReverify(run, result);
  if (!page) return;
  await run.send(page.messages);
  const rest = page.next
    ? [{ ...current, after: page.next.key, done: current.done + page.messages.length }]
    : [];
  await run.save({ ...run.checkpoint, resnapshots: [...rest, ...others] });
}

function equalsOf(tables: ReadTables, filter: ResnapshotFilter): ChunkRequest['equals'] {
  if (!filter.equals) return undefined;
  const { field, value } = filter.equals;
  const column = tables.person.columns.find((c) => c.field === field);
  if (!column) throw new HubError('HUB_CONFIG_MAPPING_INVALID', { field: safeWord(field) });
  return { column, value };
}

/** True when the error means that a person has to decide. */
export function isForDecision(error: unknown): boolean {
  return findHubError(error)?.code === 'HUB_MASTER_RESTORED';
}
