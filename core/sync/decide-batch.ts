import {
  type ClusterEvidence,
  composeGoldenRecord,
} from '../golden-record/compose-golden-record.ts';
import { deriveEvents, type EventRules } from '../golden-record/derive-events.ts';
import type { PersonEvidence } from '../mapping/person-evidence.ts';
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
import { comparePositions } from './source-record.ts';

/** One mapped record of a batch. `content` is null when the source has positively removed the identity. */
export interface IncomingEvidence {
  readonly identity: Identity;
  readonly content: PersonEvidence | null;
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
  };
  for (const cluster of clusters) {
    const writes: EvidenceWrite[] = [];
    let cause: ChangeCause | undefined;
    for (const stored of cluster.identities) {
      for (const record of latest.get(identityText(stored.identity)) ?? []) {
        const write = evidenceWrite(stored, record, rules.hasher);
        if (write === 'stale') decision.stale++;
        else {
          writes.push(write);
          cause = newerCause(cause, record.cause);
        }
      }
    }
    if (cause === undefined) continue;
    decision.evidence.push(...writes);
    const person = personWrite(cluster, writes, cause, rules);
    if (person === undefined) decision.unchanged++;
    else decision.persons.push(person);
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
      seen[same] = record;
    }
  }
  return byIdentity;
}

function evidenceWrite(
  stored: StoredIdentity,
  record: IncomingEvidence,
  hasher: ContentHasher,
): EvidenceWrite | 'stale' {
  const { source, position } = record.cause;
  const before = stored.evidence.find((evidence) => evidence.source === source);
  const order = before === undefined ? 1 : comparePositions(position, before.position);
  if (order < 0) return 'stale';
  const contentText = JSON.stringify(record.content);
  const contentHash = hasher.hash(contentText);
  // The same record again. At a newer position it is written all the same: the position is what refuses an older record later.
  if (order === 0 && before?.contentHash === contentHash) return 'stale';
  return {
    identityKey: stored.identityKey,
    evidence: { source, position, content: record.content, contentHash },
    contentText,
    isNew: before === undefined,
  };
}

function newerCause(a: ChangeCause | undefined, b: ChangeCause): ChangeCause {
  return a === undefined || comparePositions(b.position, a.position) >= 0 ? b : a;
}

/** @returns undefined when nobody could see a difference. */
function personWrite(
  cluster: Cluster,
  writes: readonly EvidenceWrite[],
  cause: ChangeCause,
  rules: DecideRules,
): PersonWrite | undefined {
  const before = cluster.person;
  const golden = composeGoldenRecord(evidenceAfter(cluster, writes));
  // A removal of somebody who was never published.
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
