/**
 * The main path: read this file first.
 *
 * A batch of raw records becomes mapped evidence, the groups of identities that it touches are locked and read, a pure decision says what
 * changes by the rules and the phase, and one transaction writes all of it together with the new offset. Whatever happens in between, the batch is either done
 * or as if it had never begun; done again, it changes nothing.
 */
import type { ErrorCode } from '../errors/error-codes.ts';
import { HubError } from '../errors/hub-error.ts';
import { safeWord } from '../errors/log-safe.ts';
import { linkTargets } from '../identity/link-targets.ts';
import type { MappingResult } from '../mapping/mapping-result.ts';
import type { Identity, IdentityHash } from '../person/person-identifier.ts';
import type { ParkedRecord, RecordCause } from './batch-changes.ts';
import { type DecideCounts, type DecideRules, decideBatch, relativesOf } from './decide-batch.ts';
import type { IncomingEvidence } from './incoming-evidence.ts';
import { leaveOutErased, type MappedRecord } from './leave-out-erased.ts';
import { lockWhole } from './lock-whole.ts';
import type { PersonStore, SourceBatch } from './ports.ts';
import {
  BEFORE_EVERYTHING,
  comparePositions,
  type SourceMessage,
  type SourceName,
  type SourcePosition,
} from './source-record.ts';
import { takeIn } from './take-in.ts';

export interface ProcessRules extends DecideRules {
  /** The source whose raw topic this is. */
  readonly source: SourceName;
  readonly map: (message: SourceMessage) => MappingResult;
}

/** What a batch did, in counts. */
export interface BatchOutcome extends DecideCounts {
  /** Records that an earlier run of this batch had already done. */
  readonly replayed: number;
  readonly mapped: number;
  readonly parked: readonly ErrorCode[];
  /** Records that were older than what is stored, or the same again. */
  readonly stale: number;
  /** Records of persons who were erased. */
  readonly refused: number;
}

/**
 * @throws HubError `HUB_STORE_CONFLICT` or `HUB_STORE_UNAVAILABLE` (retriable: the same batch again), `HUB_SYNC_OFFSET_GAP` (fatal).
 */
export async function processSourceBatch(
  batch: SourceBatch,
  store: PersonStore,
  rules: ProcessRules,
): Promise<BatchOutcome> {
  const mapped = mapRecords(batch, rules);

  return await store.transact(async (transaction) => {
    const done = await transaction.lockOffset(batch.topic, batch.partition);
    if (done < batch.firstOffset && done > 0) throw offsetGap(batch, done);
    const todo = mapped.filter((record) => record.offset >= done);
    const { phase } = await transaction.readPhase();
    const { records, refused } = await leaveOutErased(transaction, todo);
    const { incoming, parked, cleared } = sortOut(batch, records, rules.source);

    const groups = await lockWhole(transaction, identitiesOf(incoming));
    const { writes, sets, stale } = takeIn(groups, incoming, rules.hasher);
    const isProtected = await transaction.readProtected(relativesOf(sets));
    const { counts, ...changes } = decideBatch(sets, isProtected, phase, rules);

    await transaction.write({ ...changes, evidence: writes, parked, cleared, refused });
    if (batch.nextOffset > done) {
      await transaction.advanceOffset(batch.topic, batch.partition, batch.nextOffset);
    }

    return {
      ...counts,
      replayed: batch.records.length - todo.length,
      mapped: incoming.filter(({ raises }) => raises === undefined).length,
      parked: parked.map((record) => record.code),
      stale,
      refused: refused.length,
    };
  });
}

function mapRecords(batch: SourceBatch, rules: ProcessRules): readonly MappedRecord[] {
  return batch.records.map((record) => ({
    ...record,
    result:
      // What another source says is none of this topic, however it came here.
      record.message === undefined || record.message.source !== rules.source
        ? { kind: 'rejected', code: 'HUB_SYNC_RAW_UNREADABLE', field: null }
        : rules.map(record.message),
  }));
}

/** What to decide on, what to park, and whose parked records are overtaken by a good one. */
function sortOut(batch: SourceBatch, records: readonly MappedRecord[], source: SourceName) {
  const incoming: IncomingEvidence[] = [];
  // By identity, of which the last record counts; what has no identity stays apart by its offset, so that none is lost.
  const parked = new Map<IdentityHash | number, ParkedRecord>();
  const cleared = new Map<IdentityHash, SourcePosition>();
  for (const { result, message, identityHash, offset, payload } of records) {
    if (result.kind === 'rejected' || message === undefined) {
      const { code, field, raises } =
        result.kind === 'rejected'
          ? result
          : ({ code: 'HUB_SYNC_RAW_UNREADABLE', field: null, raises: undefined } as const);
      if (raises !== undefined && message !== undefined) {
        const { identity, ...flags } = raises;
        incoming.push({ identity, content: 'as-before', raises: flags, cause: causeOf(message) });
      }
      const { topic, partition } = batch;
      const place = identityHash.length > 0 ? identityHash : offset;
      const refusedAt = message?.position ?? null;
      if (!isUpTo(refusedAt, parked.get(place)?.position)) continue;
      parked.set(place, {
        code,
        source,
        identityHash,
        topic,
        partition,
        offset,
        position: refusedAt,
        field,
        payload,
      });
      continue;
    }
    const { position } = message;
    incoming.push(saidBy(result, message));
    if (identityHash.length === 0) continue;
    if (isUpTo(position, parked.get(identityHash)?.position)) parked.delete(identityHash);
    if (isUpTo(position, cleared.get(identityHash))) cleared.set(identityHash, position);
  }
  return {
    incoming,
    parked: [...parked.values()],
    cleared: [...cleared].map(([identityHash, position]) => ({ identityHash, position })),
  };
}

function saidBy(
  result: Exclude<MappingResult, { kind: 'rejected' }>,
  message: SourceMessage,
): IncomingEvidence {
  const cause = causeOf(message);
  switch (result.kind) {
    case 'mapped':
      return { identity: result.evidence.identity, content: result.evidence, cause };
    case 'removed':
      return { identity: result.identity, content: null, cause };
    case 'unknown':
      // Wherever the message says that it stands: that somebody is unknown is older than anything that was ever said.
      return {
        identity: result.identity,
        content: null,
        cause: { ...cause, position: BEFORE_EVERYTHING },
      };
  }
}

function causeOf({ source, position, readAt }: SourceMessage): RecordCause {
  return { source, position, readAt };
}

/** False when the one before is newer: a source may send an old record again. Without positions the order of the topic counts. */
function isUpTo(position: SourcePosition | null, before: SourcePosition | null | undefined) {
  return !position || !before || comparePositions(position, before) >= 0;
}

/** Whom the records are about, and whom they link: what joins them has to be locked with them. */
function identitiesOf(incoming: readonly IncomingEvidence[]): readonly Identity[] {
  return incoming.flatMap(({ identity, content }) =>
    content === null || content === 'as-before' ? [identity] : [identity, ...linkTargets(content)],
  );
}

function offsetGap(batch: SourceBatch, stored: number): HubError {
  return new HubError('HUB_SYNC_OFFSET_GAP', {
    topic: safeWord(batch.topic),
    partition: batch.partition,
    stored,
    first: batch.firstOffset,
  });
}
