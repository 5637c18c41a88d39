import type { PersonEvidence } from '../mapping/person-evidence.ts';
import { utcSecondOf } from '../person/utc-second.ts';
import type { EvidenceWrite } from './batch-changes.ts';
import type { IncomingEvidence, RecordChain } from './incoming-evidence.ts';
import type { ContentHasher } from './ports.ts';
import { protectEvidence } from './protect-evidence.ts';
import {
  BEFORE_EVERYTHING,
  comparePositions,
  type SourceName,
  type SourcePosition,
} from './source-record.ts';
import type { StoredEvidence, StoredIdentity } from './stored-group.ts';

/** What is known from one source while its records are gone through. */
interface Known {
  readonly position: SourcePosition;
  readonly content: PersonEvidence | null;
}

export interface RecordsOutcome {
  /** Undefined: the same is stored already. */
  readonly write: EvidenceWrite | undefined;
  /** Records that were older than another one, or say the same at the same position. */
  readonly stale: number;
}

/**
 * What the records of one source make of what is stored of an identity. Older ones change nothing, and of two at one position the later one
 * counts. Intermediate states are not promised by any source, so none is kept; but each is gone through, so that it makes no difference which
 * records came in one batch.
 */
export function writeOfRecords(
  stored: StoredIdentity,
  chain: RecordChain,
  hasher: ContentHasher,
): RecordsOutcome {
  const write = writeOf(stored, chain, hasher);
  return { write, stale: write === undefined ? chain.length : chain.length - 1 };
}

function writeOf(
  stored: StoredIdentity,
  chain: RecordChain,
  hasher: ContentHasher,
): EvidenceWrite | undefined {
  const { source } = chain[0].cause;
  const before = stored.evidence.find((evidence) => evidence.source === source);
  const after = chain.reduce<Known | undefined>(
    (known, record) => follow(known, record, source),
    before,
  );
  if (after === undefined || after === before) return undefined;
  const { position, content } = after;
  const contentText = JSON.stringify(content);
  const contentHash = hasher.hash(contentText);
  const isSame = before?.contentHash === contentHash;
  // The same record again. At a newer position it is written all the same: the position is what refuses an older record later.
  if (isSame && before !== undefined && comparePositions(position, before.position) === 0) {
    return undefined;
  }
  return {
    identityKey: stored.identityKey,
    evidence: { source, position, content, contentHash },
    contentText,
    isNew: before === undefined,
    changed: isSame ? [] : changesOf(before, after),
  };
}

function follow(
  known: Known | undefined,
  record: IncomingEvidence,
  source: SourceName,
): Known | undefined {
  const { position, readAt } = record.cause;
  if (known !== undefined && comparePositions(position, known.position) < 0) return known;
  const content = contentOf(record, known?.content ?? null, source);
  return { position, content: content && since(content, known?.content ?? null, readAt) };
}

function contentOf(
  { identity, content, raises }: IncomingEvidence,
  known: PersonEvidence | null,
  source: SourceName,
): PersonEvidence | null {
  const former = content === 'as-before' ? known : content;
  return raises === undefined ? former : protectEvidence(former, { identity, ...raises }, source);
}

/** A flag that was there before goes on; one that is new began when its record was read. */
function since(
  content: PersonEvidence,
  known: PersonEvidence | null,
  readAt: string,
): PersonEvidence {
  const protectedSince = !isFlagged(content)
    ? null
    : known !== null && isFlagged(known)
      ? known.protectedSince
      : utcSecondOf(readAt);
  return content.protectedSince === protectedSince ? content : { ...content, protectedSince };
}

function isFlagged({ protectedPerson, protectedPopulationRecord }: PersonEvidence): boolean {
  return protectedPerson || protectedPopulationRecord;
}

function changesOf(before: StoredEvidence | undefined, after: Known): EvidenceWrite['changed'] {
  if (after.content === null) {
    return comparePositions(after.position, BEFORE_EVERYTHING) === 0 ? 'unknown' : 'removed';
  }
  if (before === undefined || before.content === null) return 'all';
  const [was, is] = [before.content, after.content];
  // Both are built with the same keys: a mapper leaves none out.
  const fields = Object.keys(is) as (keyof PersonEvidence)[];
  return fields.filter((field) => JSON.stringify(was[field]) !== JSON.stringify(is[field]));
}
