import type { ErrorCode } from '../../../../core/errors/error-codes.ts';
import { findHubError, HubError } from '../../../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../../../core/errors/log-safe.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import type { OpenOrder, ShardRun } from '../pu-checkpoint.ts';
import type { IdentityPageRequest, IdentitySelection } from '../pu-known-store.ts';
import type { PuRun } from '../pu-run.ts';
import { askAlone, nobodyUnanswered, type Unanswered } from './ask-alone.ts';
import { pagesOf } from './place-order.ts';
import type { Shard } from './pull-shards.ts';
import { readAhead } from './read-ahead.ts';

/**
 * Waits for the run's order, reads its files and sends what is in them, and closes it. Ends early on the signal, with the order still open.
 * @throws HubError; an order that cannot be read to its end by trying again is let go first, so that the next try orders anew.
 */
export async function readOrder(run: PuRun, shard: Shard, signal: AbortSignal): Promise<void> {
  const current = run.state(shard).run;
  if (current?.order == null) return;
  try {
    await readWhole(run, shard, current, current.order, signal);
  } catch (error) {
    const code = findHubError(error)?.code;
    if (code !== undefined && ORDER_ANEW.has(code)) {
      await run.updateRun(shard, { order: null, records: current.order.recordsBefore });
    }
    throw error;
  }
}

/** Trying the same order again would meet the same answer, or none. */
const ORDER_ANEW: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HUB_PU_ORDER_LATE',
  'HUB_PU_ORDER_GONE',
  'HUB_PU_ANSWER_UNREADABLE',
  'HUB_PU_ANSWER_FORBIDDEN',
  'HUB_PU_ANSWER_INCOMPLETE',
  'HUB_PU_OTHER_IDENTITY',
  'HUB_PU_TOO_MANY_HITS',
  'HUB_PU_REQUEST_REFUSED',
  // Its files stay in that version, also when PU answers in ours again.
  'HUB_PU_WRONG_VERSION',
]);

async function readWhole(
  run: PuRun,
  shard: Shard,
  current: ShardRun,
  order: OpenOrder,
  signal: AbortSignal,
): Promise<void> {
  const files = await waitForFiles(run, order, signal);
  if (files === undefined) return;
  await run.inTurn(async () => {
    if (signal.aborted) return;
    const unanswered = nobodyUnanswered(order.asked);
    let records = await readFiles(run, shard, current, order, files, unanswered, signal);
    const selection = mustBeWhole(shard, current);
    if (selection !== undefined) {
      const missing = { selection, after: current.after, through: order.through };
      records += await askForMissing(
        run,
        shard,
        { ...missing, askedBefore: order.askedAt },
        unanswered,
        signal,
      );
    }
    if (signal.aborted) return;
    run.note(shard, 'HUB_PU_OTHER_IDENTITY', unanswered.other);
    run.note(shard, 'HUB_PU_ANSWER_INCOMPLETE', unanswered.missing);
    await run.updateRun(shard, {
      order: null,
      ordersDone: current.ordersDone + 1,
      phase: order.next === null ? current.phase + 1 : current.phase,
      after: order.next,
      asked: current.asked + order.asked,
      records,
    });
  });
}

/** Whose every identity must be answered; undefined: who is not in the answer has not changed, or nobody was asked for by identity. */
function mustBeWhole({ asks }: Shard, { phase, since }: ShardRun): IdentitySelection | undefined {
  const asked = asks.kind === 'identities' ? asks.phases[phase] : undefined;
  return asked && !(asked.isSince && since !== null) ? asked.selection : undefined;
}

/**
 * Reads the files that are not done yet. When all were read it is looked once more: PU nowhere promises that it lists all of an order's files
 * at once. Only a longer list counts, since an address may be another one each time.
 */
async function readFiles(
  run: PuRun,
  shard: Shard,
  current: ShardRun,
  order: OpenOrder,
  firstFiles: readonly string[],
  unanswered: Unanswered,
  signal: AbortSignal,
): Promise<number> {
  const filesDone = [...order.filesDone];
  const isForMissing = mustBeWhole(shard, current) !== undefined;
  let { records, hasUnanswered } = current;
  let listed = 0;
  let files = new Set(firstFiles);
  while (files.size > listed) {
    listed = files.size;
    for (const file of files) {
      if (filesDone.includes(file)) continue;
      run.countAnew(shard);
      const { answers, others } = await readFile(run, shard, order, file, signal);
      // Where everybody must be answered, they are among the missing.
      if (!isForMissing) await askAlone(run, shard, others, unanswered, signal);
      if (signal.aborted) return records;
      filesDone.push(file);
      records += answers;
      hasUnanswered ||= !isForMissing && unanswered.other + unanswered.missing > 0;
      const now = { ...order, filesDone: [...filesDone] };
      await run.updateRun(shard, { order: now, records, hasUnanswered });
    }
    const state = await run.options.client.orderState(order.orderId);
    files = new Set(state.kind === 'ready' ? state.files : []);
  }
  return records;
}

/** @returns undefined when the signal came first. */
async function waitForFiles(
  run: PuRun,
  { orderId, placedAt }: OpenOrder,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { orderWaitMs } = run.config;
  while (!signal.aborted) {
    // Asked before it is found late: after a stop for a day it is likely to be ready.
    const state = await run.options.client.orderState(orderId);
    const waited = run.now() - placedAt;
    switch (state.kind) {
      case 'ready':
        return state.files;
      case 'gone':
        throw new HubError('HUB_PU_ORDER_GONE', aboutOrder(orderId, waited));
      case 'processing':
        if (waited > orderWaitMs) {
          throw new HubError('HUB_PU_ORDER_LATE', aboutOrder(orderId, waited));
        }
    }
    await run.untilNextLook(signal);
  }
  return undefined;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function aboutOrder(
  orderId: string,
  waitedMs: number,
): { readonly order: SafeText; readonly minutes: number } {
  // A UUID is nobody's number, but its digits may look like one: in groups it can be told to the support of PU.
  const word = UUID.test(orderId) ? orderId.replaceAll(/([^-]{4})(?=[^-])/g, '$1 ') : orderId;
  return { order: safeWord(word), minutes: Math.round(waitedMs / 60_000) };
}

/** Sends the answers in a file, each lot while the next one is read. @returns how many there were, and who was answered about another one. */
async function readFile(
  run: PuRun,
  shard: Shard,
  { askedAt }: OpenOrder,
  file: string,
  signal: AbortSignal,
): Promise<{ readonly answers: number; readonly others: readonly Identity[] }> {
  const others: Identity[] = [];
  let count = 0;
  for await (const answers of readAhead(run.options.client.download(file))) {
    if (signal.aborted) break;
    const { mismatched } = await run.send(shard, answers, askedAt);
    count += answers.length;
    others.push(...mismatched);
    if (others.length > run.config.callIdentities) {
      throw new HubError('HUB_PU_OTHER_IDENTITY', { answers: others.length });
    }
  }
  run.note(shard, 'HUB_PU_OTHER_IDENTITY', others.length);
  return { answers: count, others };
}

/**
 * Asks alone for those of a lot of whom no answer has come. The store is asked who they are, and not what was read in this process, so that it
 * holds after a restart in the middle, and with any number of files.
 */
async function askForMissing(
  run: PuRun,
  shard: Shard,
  lot: IdentityPageRequest,
  unanswered: Unanswered,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for await (const page of pagesOf(run, lot)) {
    for (let from = 0; from < page.identities.length; from += run.config.callIdentities) {
      if (signal.aborted) return count;
      const asked = page.identities.slice(from, from + run.config.callIdentities);
      await askAlone(run, shard, asked, unanswered, signal);
      count += asked.length;
    }
  }
  return count;
}
