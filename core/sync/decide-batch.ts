import {
  type ClusterEvidence,
  composeGoldenRecord,
} from '../golden-record/compose-golden-record.ts';
import { deriveEvents, type EventRules } from '../golden-record/derive-events.ts';
import type { GoldenRecord } from '../golden-record/golden-record.ts';
import type { PersonEvidence } from '../mapping/person-evidence.ts';
import { eitherFlag, type ProtectionFlags } from '../mapping/raised-protection.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type {
  ChangeCause,
  Cluster,
  ContentHasher,
  EvidenceWrite,
  PersonWrite,
  StoredEvidence,
  StoredIdentity,
} from './ports.ts';
import { protectEvidence } from './protect-evidence.ts';
import { comparePositions } from './source-record.ts';

/** What one record of a batch says. */
export interface IncomingEvidence {
  readonly identity: Identity;
  /** Null when the source has positively removed the identity; `as-before` when the record is parked and only {@link raises} counts. */
  readonly content: PersonEvidence | null | 'as-before';
  /** Flags that are set on top of the content. */
  readonly raises?: ProtectionFlags;
  readonly cause: ChangeCause;
}

export interface DecideRules {
  readonly hasher: ContentHasher;
  readonly events: EventRules;
}

export interface BatchDecision {
  readonly evidence: readonly EvidenceWrite[];
  readonly persons: readonly PersonWrite[];
  /** Records that were older than what is stored: left out, which is right. */
  readonly stale: number;
  /** Records that said nothing new. */
  readonly unchanged: number;
  /** Persons that the batch says something about and nobody is told of: no source that leads knows them. Their evidence is kept. */
  readonly unpublished: number;
}

/**
 * What a batch changes, decided from the clusters as they are under the lock: new evidence, and a new version of each person whose
 * golden record has other content than before. The same batch decided again on its own result decides nothing.
 */
export function decideBatch(
  clusters: readonly Cluster[],
  incoming: readonly IncomingEvidence[],
  rules: DecideRules,
): BatchDecision {
  const latest = latestByIdentity(incoming);
  const decision = {
    evidence: [] as EvidenceWrite[],
    persons: [] as PersonWrite[],
    stale: incoming.length - latest.size,
    unchanged: 0,
    unpublished: 0,
  };
  for (const cluster of clusters) {
    const writes: EvidenceWrite[] = [];
    let cause: ChangeCause | undefined;
    for (const stored of cluster.identities) {
      for (const record of latest.get(identityText(stored.identity)) ?? []) {
        const write = evidenceWrite(stored, record, rules.hasher);
        if (write === 'stale') decision.stale++;
        else if (write !== 'nothing') {
          writes.push(write);
          cause = newerCause(cause, record.cause);
        }
      }
    }
    if (cause === undefined) continue;
    decision.evidence.push(...writes);
    const evidence = evidenceAfter(cluster, writes);
    const golden = composeGoldenRecord(evidence);
    const person = personWrite(cluster, golden, cause, rules);
    if (person !== undefined) decision.persons.push(person);
    else if (golden === null && evidence.length > 0) decision.unpublished++;
    else decision.unchanged++;
  }
  return decision;
}

/**
 * The newest record of each (identity, source). A batch holds the records of one partition in order, so of two at the same
 * position the later one counts. Intermediate states are not promised by any source, so none is promised here.
 */
function latestByIdentity(
  incoming: readonly IncomingEvidence[],
): ReadonlyMap<string, readonly IncomingEvidence[]> {
  const byIdentity = new Map<string, IncomingEvidence[]>();
  for (const record of incoming) {
    const text = identityText(record.identity);
    const seen = byIdentity.get(text);
    if (seen === undefined) {
      byIdentity.set(text, [record]);
      continue;
    }
    const same = seen.findIndex((other) => other.cause.source === record.cause.source);
    const other = seen[same];
    if (other === undefined) seen.push(record);
    else if (comparePositions(record.cause.position, other.cause.position) >= 0) {
      seen[same] = onTopOf(other, record);
    }
  }
  return byIdentity;
}

/** A record of which only the flags count leaves the rest to the one before it. */
function onTopOf(before: IncomingEvidence, record: IncomingEvidence): IncomingEvidence {
  if (record.content !== 'as-before' || record.raises === undefined) return record;
  const { raises = record.raises, content } = before;
  return { ...record, content, raises: eitherFlag(raises, record.raises) };
}

function evidenceWrite(
  stored: StoredIdentity,
  record: IncomingEvidence,
  hasher: ContentHasher,
): EvidenceWrite | 'stale' | 'nothing' {
  const { source, position } = record.cause;
  const before = stored.evidence.find((evidence) => evidence.source === source);
  const order = before === undefined ? 1 : comparePositions(position, before.position);
  if (order < 0) return 'stale';
  const content = contentOf(record, before?.content ?? null);
  if (content === 'as-before') return 'nothing';
  const contentText = JSON.stringify(content);
  const contentHash = hasher.hash(contentText);
  // The same record again. At a newer position it is written all the same: the position is what refuses an older record later.
  if (order === 0 && before?.contentHash === contentHash) return 'stale';
  return {
    identityKey: stored.identityKey,
    evidence: { source, position, content, contentHash },
    contentText,
    isNew: before === undefined,
  };
}

/** @returns `as-before` when the record has nothing to say on top of what is known. */
function contentOf(
  { identity, content, raises, cause }: IncomingEvidence,
  stored: PersonEvidence | null,
): IncomingEvidence['content'] {
  if (raises === undefined) return content;
  const former = content === 'as-before' ? stored : content;
  return protectEvidence(former, { identity, ...raises }, cause.source) ?? content;
}

/** Positions of two sources say nothing about each other: of two sources' records the one that was decided on last counts. */
function newerCause(a: ChangeCause | undefined, b: ChangeCause): ChangeCause {
  if (a === undefined || a.source !== b.source) return b;
  return comparePositions(b.position, a.position) >= 0 ? b : a;
}

/** @returns undefined when nobody could see a difference. */
function personWrite(
  cluster: Cluster,
  golden: GoldenRecord | null,
  cause: ChangeCause,
  rules: DecideRules,
): PersonWrite | undefined {
  const before = cluster.person;
  // Somebody who was never published was removed, or is known only by a source that does not lead.
  if (golden === null && before === undefined) return undefined;
  const goldenText = JSON.stringify(golden);
  const contentHash = rules.hasher.hash(goldenText);
  if (before?.contentHash === contentHash) return undefined;
  return {
    person: {
      personKey: cluster.personKey,
      version: (before?.version ?? 0) + 1,
      golden,
      contentHash,
    },
    goldenText,
    isNew: before === undefined,
    events: deriveEvents(before?.golden ?? null, golden, rules.events),
    cause,
  };
}

/** The cluster's evidence as it will be, without what was removed. */
function evidenceAfter(
  cluster: Cluster,
  writes: readonly EvidenceWrite[],
): readonly ClusterEvidence[] {
  return cluster.identities.flatMap((stored) => {
    const written = writes.filter((write) => write.identityKey === stored.identityKey);
    const kept = stored.evidence.filter(
      (evidence) => !written.some((write) => write.evidence.source === evidence.source),
    );
    return [...kept, ...written.map((write) => write.evidence)].flatMap((evidence) =>
      toClusterEvidence(stored.identity, evidence),
    );
  });
}

/** @returns nothing for evidence that is only the trace of a removal. */
export function toClusterEvidence(
  identity: Identity,
  { source, position, content }: StoredEvidence,
): readonly ClusterEvidence[] {
  return content === null ? [] : [{ identity, source, position, content }];
}
