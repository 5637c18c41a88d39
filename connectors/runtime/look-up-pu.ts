import { findHubError, HubError } from '../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../core/errors/log-safe.ts';
import { createPuMapper, type PuMapper } from '../../core/mapping/map-pu-record.ts';
import { type Identity, identityText } from '../../core/person/person-identifier.ts';
import { withoutMentions } from '../../core/sync/leave-out-erased.ts';
import type { RawRecordSink } from '../../core/sync/ports.ts';
import type { SourceMessage } from '../../core/sync/source-record.ts';
import type { PuConfig } from '../config/hub-config.ts';
import { TOPIC } from '../kafka/topics.ts';
import { thoseAround } from '../look-up/golden-of-answer.ts';
import type { PuDepth, PuNow, PuNowAnswer } from '../look-up/look-up-ports.ts';
import type { Logger } from '../observability/logger.ts';
import type {
  CallBudget,
  PuAnswer,
  PuClient,
  PuPersonRecord,
} from '../sources/pu/pu-client-port.ts';
import { versionToSecond } from '../sources/pu/swedish-time.ts';
import type { HubParts } from './hub-parts.ts';
import { connectPu } from './open-pu.ts';
import { PU_KEY } from './pu-source-role.ts';
import { openSourceSink } from './source-sink.ts';

/** As long as somebody at a desk waits for PU: the turn in the budget, the connection and the answer together. */
const LONGEST_MS = 3_000;
/** A turn that would come later is not waited for, so that a call that is made can still be answered in time. */
const LONGEST_TURN_MS = 1_500;
/** Kafka is waited for so long before the answer goes out all the same. */
const LONGEST_APPEND_MS = 1_000;

export interface LookUpPuOptions {
  readonly client: Pick<PuClient, 'getPersons'>;
  readonly sink: RawRecordSink;
  readonly mapper: PuMapper;
  /** Whether the pulls have sent a record of an identity: then they keep it fresh, by their own positions. */
  readonly isPulled: (identities: readonly Identity[]) => Promise<ReadonlySet<number>>;
  /** Which of them were erased and must not come back; as `identityText`. */
  readonly erasedOf: (identities: readonly Identity[]) => Promise<ReadonlySet<string>>;
  readonly keepsTestPersons: boolean;
  readonly longestMs: number;
  readonly now: () => number;
  readonly log: Logger;
}

/** PU for an instance that answers look-ups: calls of its own, in the budget that it shares with all. Null: PU is not configured. */
export function openLookUpPu(
  parts: HubParts,
  signal: AbortSignal,
): (PuNow & AsyncDisposable) | null {
  const { config, files, store, metrics, log } = parts;
  const { pu } = config;
  if (pu === null) return null;
  const { classifier, areas, puMapping } = files;
  const client = connectPu(pu, {
    budget: budgetOf(parts, pu),
    signal,
    observe: { onRetry: () => undefined, onClockSkew: () => undefined, onCircuit: () => undefined },
    settings: {
      retries: 0,
      connectTimeoutMs: LONGEST_MS,
      headersTimeoutMs: LONGEST_MS,
      bodyTimeoutMs: LONGEST_MS,
      answerMs: LONGEST_MS,
      circuitFailures: 5,
      circuitOpenMs: 10_000,
    },
  });
  const asker = createLookUpPu({
    client,
    sink: openSourceSink(parts, {
      source: 'pu',
      topic: TOPIC.sourcePu,
      keyFields: PU_KEY,
      tooLarge: 'HUB_PU_RECORD_TOO_LARGE',
    }),
    mapper: createPuMapper({ mapping: puMapping, classifier, areas }),
    isPulled: async (identities) => {
      const known = await store.puKnown.find(identities);
      return new Set([...known].flatMap(([place, { state }]) => (state === 'sent' ? [place] : [])));
    },
    erasedOf: (identities) => store.lookUps.erased(identities),
    keepsTestPersons: config.environment !== 'production',
    longestMs: LONGEST_MS,
    now: Date.now,
    log,
  });
  metrics.set('hub_lookup_pu_stalled', {}, 0);
  return {
    ask: async (...question) => {
      const answer = await asker.ask(...question);
      metrics.set('hub_lookup_pu_stalled', {}, answer === undefined ? 1 : 0);
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      await asker[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
    },
  };
}

function budgetOf({ store, metrics }: HubParts, pu: PuConfig): CallBudget {
  const shared = store.callBudget({ name: 'pu', callsPerSecond: pu.callsPerSecond });
  return {
    takeTurn: async (stop) => {
      const late = AbortSignal.timeout(LONGEST_TURN_MS);
      try {
        await shared.takeTurn(AbortSignal.any([stop, late]));
      } catch (error) {
        if (!late.aborted || stop.aborted) throw error;
        throw HubError.wrap('HUB_PU_THROTTLED', error, { reason: safeText('no turn in time') });
      }
      metrics.add('hub_pu_calls_total', {});
    },
  };
}

/** Asks PU while somebody waits. Dispose of it to wait for what is still on its way to Kafka. */
export function createLookUpPu(options: LookUpPuOptions): PuNow & AsyncDisposable {
  const { client, sink, mapper, log, now, longestMs } = options;
  const underWay = new Set<Promise<void>>();
  let isAway = false;

  async function ask(identities: readonly Identity[], depth: PuDepth) {
    try {
      const asked = await inTime(client.getPersons(identities, depth), longestMs);
      if (isAway) log.info('PU answers the look-up again');
      isAway = false;
      return asked;
    } catch (error) {
      const code = findHubError(error)?.code;
      if (code === undefined || !code.startsWith('HUB_PU_')) throw error;
      if (!isAway) log.warn('PU does not answer the look-up', { code: safeWord(code) });
      isAway = true;
      return undefined;
    }
  }

  return {
    ask: async (identities, depth, asEvidence) => {
      const erased = await options.erasedOf(identities);
      const allowed = identities.filter((identity) => !erased.has(identityText(identity)));
      const answers = new Map<string, PuNowAnswer>(
        [...erased].map((text) => [text, { kind: 'erased' }]),
      );
      if (allowed.length === 0) return { askedAt: now(), answers };
      const asked = await ask(allowed, depth);
      if (asked === undefined) return undefined;
      const { askedAt } = asked;
      const readAt = new Date(now()).toISOString();
      const read = asked.answers.flatMap(({ requested, record }) => {
        if (requested === null) return [];
        const message = messageOf(record, askedAt, readAt, options);
        return { requested, message, answer: answerOf(record, message, mapper) };
      });
      const mentioned = await options.erasedOf(
        read.flatMap(({ answer }) =>
          answer.kind === 'record' ? thoseAround(answer.evidence) : [],
        ),
      );
      const messages: SourceMessage[] = [];
      const named: Identity[] = [];
      for (const { requested, message, answer } of read) {
        const told = withoutErased(answer, mentioned);
        answers.set(identityText(requested), told);
        if (message === undefined || told.kind === 'erased') continue;
        messages.push(message);
        named.push(requested);
      }
      if (asEvidence && messages.length > 0) await handOver(messages, named);
      return { askedAt, answers };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(underWay);
    },
  };

  /** A Kafka that is away does not keep the answer back: whoever is not known then is read again at the next look. */
  async function handOver(
    messages: readonly SourceMessage[],
    identities: readonly Identity[],
  ): Promise<void> {
    const pulled = await options.isPulled(identities);
    const news = messages.filter((_, place) => !pulled.has(place));
    if (news.length === 0) return;
    const sending = sink
      .append(news)
      .catch((error: unknown) =>
        log.error('what PU told the look-up did not get on the raw topic', error, {
          records: news.length,
        }),
      )
      .finally(() => underWay.delete(sending));
    underWay.add(sending);
    await Promise.race([sending, expiry(LONGEST_APPEND_MS)]);
  }
}

/**
 * At epoch 0, after "unknown" and before every record of a pull: it may have been asked with fewer fields than the pulls ask for, and must never take the
 * place of one of theirs. The connector's own book of answers is not told, so the next pull of known persons asks for the identity in full.
 */
function messageOf(
  record: PuPersonRecord | null,
  askedAt: number,
  readAt: string,
  { keepsTestPersons, now }: LookUpPuOptions,
): SourceMessage | undefined {
  if (record === null || (record.isTestPerson && !keepsTestPersons)) return undefined;
  const asked = Math.floor(askedAt / 1_000);
  const stated = record.version === null ? undefined : versionToSecond(record.version, asked);
  const isPlausible = stated !== undefined && stated > 0 && stated * 1_000 <= now();
  return {
    source: 'pu',
    operation: 'upsert',
    position: { epoch: 0, version: BigInt(isPlausible ? stated : asked) },
    snapshot: false,
    readAt,
    person: record.person,
    children: record.children,
  };
}

function answerOf(
  record: PuAnswer['record'],
  message: SourceMessage | undefined,
  mapper: PuMapper,
): PuNowAnswer {
  if (record === null) return { kind: 'unknown' };
  if (message === undefined) return { kind: 'unusable', isProtected: false };
  const mapped = mapper.map(message);
  if (mapped.kind === 'mapped') return { kind: 'record', evidence: mapped.evidence };
  return {
    kind: 'unusable',
    isProtected: mapped.kind === 'rejected' && mapped.raises !== undefined,
  };
}

/** As on the main path: a record of somebody erased is refused, and in those of others they are not mentioned. */
function withoutErased(answer: PuNowAnswer, erased: ReadonlySet<string>): PuNowAnswer {
  if (answer.kind !== 'record') return answer;
  const { evidence } = answer;
  return erased.has(identityText(evidence.identity))
    ? { kind: 'erased' }
    : { kind: 'record', evidence: withoutMentions(evidence, erased) };
}

/** @throws HubError `HUB_PU_UNAVAILABLE` when it takes too long; what it becomes later is nobody's any more. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  work.catch(() => undefined);
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => {
    timer.reject(new HubError('HUB_PU_UNAVAILABLE', { reason: safeText('no answer in time') }));
  }, ms);
  try {
    return await Promise.race([work, timer.promise]);
  } finally {
    clearTimeout(timeout);
  }
}

async function expiry(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
