import {
  type PuCheckpoint,
  type ShardRun,
  type ShardState,
  shardState,
  withShard,
} from '../pu-checkpoint.ts';
import { nameOf, type PuRun } from '../pu-run.ts';
import { placeNextOrder } from './place-order.ts';
import { FIRST_LOAD_KEY, type Shard } from './pull-shards.ts';
import { readOrder } from './read-order.ts';

/**
 * Runs a shard from where its checkpoint stands until it is finished: order, wait, download, send, and again while there are identities left.
 * The watermark moves at the very end, in one step with the end of the run. Ends early, and is gone on with later, on the signal.
 * @throws HubError; what is stored then is where the next try goes on.
 */
export async function runShard(run: PuRun, shard: Shard, signal: AbortSignal): Promise<void> {
  if (run.state(shard).run === null) await beginRun(run, shard);
  while (!signal.aborted) {
    const current = run.state(shard).run;
    if (current === null) return;
    if (current.order !== null) {
      await readOrder(run, shard, signal);
      continue;
    }
    const next = await run.inTurn(async () =>
      signal.aborted ? 'stopped' : await placeNextOrder(run, shard, current),
    );
    if (next === 'nothing-left') await finishRun(run, shard);
  }
}

async function beginRun(run: PuRun, shard: Shard): Promise<void> {
  const expected = shard.key === FIRST_LOAD_KEY ? await run.options.identities.estimate() : 0;
  await run.update((checkpoint) => {
    const state = shardState(checkpoint, shard.key);
    return withShard(checkpoint, shard.key, {
      // Read from here on with the run's own moment, so a later mark is for the next run.
      askFrom: null,
      isReloadDue: false,
      run: {
        startedAt: run.now(),
        since: state.isReloadDue ? null : sinceOf(checkpoint, shard),
        isForced: state.isReloadDue,
        firstAskedAt: null,
        ordersDone: 0,
        phase: 0,
        after: null,
        order: null,
        hasUnanswered: false,
        records: 0,
        asked: 0,
        expected,
      },
    });
  });
}

/**
 * A shard without a watermark begins where the first load began, if it asks about known persons or former residents. A search for residents
 * asks for everybody then: Master may lack some.
 */
function sinceOf(checkpoint: PuCheckpoint, shard: Shard): number | null {
  const { watermark, askFrom } = shardState(checkpoint, shard.key);
  const isAboutKnown = shard.asks.kind === 'identities' || shard.pull === 'moved-out';
  const loadedSince = shardState(checkpoint, FIRST_LOAD_KEY).watermark;
  const from = watermark ?? (isAboutKnown ? loadedSince : null);
  return from === null ? null : Math.min(from, askFrom ?? from) - shard.overlapMs;
}

async function finishRun(run: PuRun, shard: Shard): Promise<void> {
  let finished: ShardRun | undefined;
  await run.update((checkpoint) => {
    const state = shardState(checkpoint, shard.key);
    if (state.run === null) return checkpoint;
    finished = state.run;
    const asked = state.run.firstAskedAt ?? run.earliest(state.run.startedAt);
    const next = withShard(checkpoint, shard.key, {
      ...markAfter(state, state.run, shard, asked, run.now()),
      finishedAt: run.now(),
      dueAt: state.isReloadDue ? run.now() : null,
      run: null,
    });
    return markListsAskedMeanwhile(next, shard, asked);
  });
  if (finished === undefined) return;
  run.settleNotes(shard);
  const seconds = (run.now() - finished.startedAt) / 1000;
  run.options.observe({
    kind: 'run-finished',
    ...nameOf(shard),
    records: finished.records,
    seconds,
  });
}

function markAfter(
  { watermark, askFrom, finishedAt }: ShardState,
  { firstAskedAt, hasUnanswered, since }: ShardRun,
  { overlapMs }: Shard,
  asked: number,
  now: number,
): Pick<ShardState, 'watermark' | 'askFrom'> {
  if (hasUnanswered && since !== null) {
    return { watermark, askFrom: Math.min(askFrom ?? asked, since + overlapMs) };
  }
  // PU's clock was set back, so what changed since the run before bears versions that this run did not ask for.
  if (firstAskedAt !== null && watermark !== null && asked < watermark) {
    return { watermark: asked - Math.max(0, now - (finishedAt ?? now)), askFrom };
  }
  // An empty run may know less than the watermark that it would replace.
  return { watermark: firstAskedAt === null ? Math.max(watermark ?? 0, asked) : asked, askFrom };
}

/**
 * A shard that asks by identity asks about those whom the hub knows at that moment. Whom this run found was not among them if they were asked
 * for meanwhile, and what changed about them since this run was asked must not be skipped: the next question reaches back to it.
 */
function markListsAskedMeanwhile(
  checkpoint: PuCheckpoint,
  finished: Shard,
  askedAt: number,
): PuCheckpoint {
  let marked = checkpoint;
  for (const [key, state] of Object.entries(checkpoint.shards)) {
    if (key === finished.key || !key.startsWith(BY_IDENTITY)) continue;
    const asked = latestQuestion(state);
    if (asked === null || askedAt >= asked || askedAt >= (state.askFrom ?? asked)) continue;
    marked = withShard(marked, key, { askFrom: askedAt });
  }
  return marked;
}

const BY_IDENTITY = 'known-elsewhere/';

function latestQuestion({ run, watermark }: ShardState): number | null {
  return run?.firstAskedAt ?? run?.startedAt ?? watermark;
}
