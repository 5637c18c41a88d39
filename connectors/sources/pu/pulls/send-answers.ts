import { createHash } from 'node:crypto';
import {
  type Identity,
  identityText,
  parseOid,
} from '../../../../core/person/person-identifier.ts';
import type { RawRecordSink } from '../../../../core/sync/ports.ts';
import { BEFORE_EVERYTHING, type SourceMessage } from '../../../../core/sync/source-record.ts';
import { looseIdentityText } from '../askable-identity.ts';
import type { PuAnswer, PuPersonRecord } from '../pu-client-port.ts';
import type { KnownAnswer, KnownAnswerOf, PuKnownStore } from '../pu-known-store.ts';
import type { LotCounts } from '../pu-source-events.ts';
import { versionToSecond } from '../swedish-time.ts';
import { placeOf } from './pull-shards.ts';

export interface SendAnswersOptions {
  readonly sink: RawRecordSink;
  readonly known: PuKnownStore;
  /** When the answers were asked for, in milliseconds since 1970. */
  readonly askedAt: number;
  /** Of the positions. */
  readonly epoch: number;
  readonly readAt: string;
  readonly isSnapshot: boolean;
  /** True: also what was sent before as it is. What is older than that stays away even so. */
  readonly isForced: boolean;
  readonly keepsTestPersons: boolean;
}

export interface TakenLot {
  readonly counts: LotCounts;
  /** Identities for which PU answered about somebody else. Those answers were not used. */
  readonly mismatched: readonly Identity[];
  /** Records whose version is no moment at which they can have been made. */
  readonly misdated: number;
}

/**
 * Puts what is new among the answers on the raw topic, and remembers each answer when it is acknowledged. A crash between the two sends it
 * once more, which makes no second event.
 */
export async function sendAnswers(
  answers: readonly PuAnswer[],
  options: SendAnswersOptions,
): Promise<TakenLot> {
  const { sink, known, askedAt, epoch } = options;
  const mismatched: Identity[] = [];
  const usable = answers.flatMap((answer) => {
    const { requested, record } = answer;
    // Remembered as it was asked for: PU may write an identity in other letters.
    const identity = requested ?? record?.identity;
    if (identity === undefined) return [];
    if (record === null || looseIdentityText(record.identity) === looseIdentityText(identity)) {
      return [{ identity, record }];
    }
    mismatched.push(identity);
    return [];
  });
  const found = await known.find(usable.map(({ identity }) => identity));
  const counts = { answers: answers.length, sent: 0, unchanged: 0, unknown: 0, testPersons: 0 };
  const rows = new Map<string, KnownAnswerOf>();
  const messages: SourceMessage[] = [];
  const mentioned = new Map<string, Identity>();
  let misdated = 0;
  for (const [place, { identity, record }] of usable.entries()) {
    const text = identityText(identity);
    // The same identity may stand in one lot twice: then it is compared with what stands before it.
    const before = rows.get(text) ?? found.get(place);
    const isDropped = record?.isTestPerson === true && !options.keepsTestPersons;
    if (record === null || isDropped) {
      counts[isDropped ? 'testPersons' : 'unknown'] += 1;
      const state = isDropped ? 'test-person' : 'unknown';
      // That PU does not know an identity any more is no news about the person: what it said before stays.
      const kept = before?.state === 'sent' ? before : ({ ...NO_RECORD, epoch, state } as const);
      const isNewlyUnknown = before?.state !== 'unknown' || options.isForced;
      if (kept.state === 'unknown' && isNewlyUnknown) messages.push(unknownOf(identity, options));
      rows.set(text, { identity, ...kept, askedAt: later(before, askedAt) });
      continue;
    }
    const stated = statedSecond(record, options);
    if (stated === 'implausible') misdated += 1;
    const second = typeof stated === 'number' ? stated : Math.floor(askedAt / 1000);
    const contentHash = hashOf(record);
    const now = { epoch, second, contentHash, askedAt };
    if (!isNews(before, now, options.isForced)) {
      counts.unchanged += 1;
      // The same in a new epoch: what an order of that epoch says is compared with it.
      const isConfirmed = before !== undefined && before.epoch < epoch;
      const position = isConfirmed ? { epoch, second } : {};
      if (before) {
        rows.set(text, { identity, ...before, ...position, askedAt: later(before, askedAt) });
      }
      continue;
    }
    counts.sent += 1;
    for (const one of mentionedBy(record)) mentioned.set(identityText(one), one);
    messages.push(messageOf(record, second, options));
    rows.set(text, {
      identity,
      state: 'sent',
      askedAt,
      epoch,
      second,
      contentHash,
      place: placeOf(record.person),
    });
  }
  if (messages.length > 0) await sink.append(messages);
  // Before the rows: whoever is in this lot as well has been asked for just now, and keeps the place that was answered.
  if (mentioned.size > 0) await known.unplace([...mentioned.values()]);
  if (rows.size > 0) await known.put([...rows.values()]);
  return { counts, mismatched, misdated };
}

/**
 * Whom the record refers to, or is linked with. A number that was just replaced is shown in no county any more, and nobody but its successor
 * tells of it: so it is asked for by name.
 */
function mentionedBy({ children }: PuPersonRecord): readonly Identity[] {
  const rows = [...(children['referredIdentities'] ?? []), ...(children['linkedIdentities'] ?? [])];
  return rows.flatMap(({ identityRoot, identity }) => {
    const root = parseOid(identityRoot ?? '');
    return root === undefined || !identity ? [] : [{ root, extension: identity }];
  });
}

const NO_RECORD = { second: null, contentHash: null, place: null } as const;

function later(before: KnownAnswer | undefined, askedAt: number): number {
  return Math.max(before?.askedAt ?? 0, askedAt);
}

/**
 * The same content is no news unless it is forced, whatever its position: the version is part of it. Several orders are open at once, so an answer
 * can be read after one that was asked for later. What is older than what was sent in this epoch is no news either, and of two at one second the
 * one that was asked for later counts.
 */
function isNews(
  before: KnownAnswer | undefined,
  now: Pick<KnownAnswer, 'epoch' | 'askedAt'> & {
    readonly second: number;
    readonly contentHash: string;
  },
  isForced: boolean,
): boolean {
  if (before?.state !== 'sent' || before.second === null) return true;
  if (now.contentHash === before.contentHash) return isForced;
  if (now.epoch !== before.epoch) return now.epoch > before.epoch;
  if (now.second !== before.second) return now.second > before.second;
  return now.askedAt >= before.askedAt;
}

/** Wide: a clock of ours that is behind must not make every fresh record look wrong. */
const CLOCKS_APART_MS = 24 * 3_600_000;

/**
 * The version as a second, which is the position; where there is none, the second of asking is. A version long ago or far ahead is what a
 * program writes for none: at such a position the record would be refused, or every later one.
 */
function statedSecond(
  { version }: PuPersonRecord,
  { askedAt, readAt }: SendAnswersOptions,
): number | 'none' | 'implausible' {
  if (version === null) return 'none';
  const second = versionToSecond(version, Math.floor(askedAt / 1000));
  const latest = (Date.parse(readAt) + CLOCKS_APART_MS) / 1000;
  return second === undefined || second < 0 || second > latest ? 'implausible' : second;
}

function messageOf(
  { person, children }: PuPersonRecord,
  second: number,
  { epoch, isSnapshot, readAt }: SendAnswersOptions,
): SourceMessage {
  return {
    source: 'pu',
    operation: 'upsert',
    position: { epoch, version: BigInt(second) },
    snapshot: isSnapshot,
    readAt,
    person,
    children,
  };
}

/** That PU was asked and does not know the identity. Any record of it is newer. */
function unknownOf(
  { root, extension }: Identity,
  { isSnapshot, readAt }: SendAnswersOptions,
): SourceMessage {
  return {
    source: 'pu',
    operation: 'unknown',
    position: BEFORE_EVERYTHING,
    snapshot: isSnapshot,
    readAt,
    person: { identityRoot: root, identity: extension },
  };
}

/**
 * Of what PU says about the person, whatever the depth: P5 is P4 with the history, which is not evidence. Without this a person found by two
 * pulls would be sent by each of them, turn and turn about.
 */
function hashOf({ person, children }: PuPersonRecord): string {
  const { profile: _profile, ...row } = person;
  const { historicalLocalities: _history, ...rest } = children;
  return createHash('sha256')
    .update(JSON.stringify([row, rest]))
    .digest('base64url');
}
