import type { Member } from '../identity/form-clusters.ts';
import { linkTargets } from '../identity/link-targets.ts';
import { createUnionFind } from '../identity/union-find.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type { ChangeCause, EvidenceWrite } from './batch-changes.ts';
import { writeOfRecords } from './evidence-write.ts';
import { chainsByIdentity, type IncomingEvidence } from './incoming-evidence.ts';
import type { ContentHasher } from './ports.ts';
import { comparePositions } from './source-record.ts';
import type { IdentityGroup, StoredEvidence, StoredIdentity } from './stored-group.ts';

/** Groups that are one group from now on, with the evidence of their identities as it will be. */
export interface GroupSet {
  readonly groups: readonly IdentityGroup[];
  readonly members: readonly Member[];
  readonly cause: ChangeCause;
}

export interface TakenIn {
  readonly writes: readonly EvidenceWrite[];
  /** Those in which something was written. */
  readonly sets: readonly GroupSet[];
  /** Records that were older than what is stored or than another one of the batch, or that say the same at the same position. */
  readonly stale: number;
}

/**
 * What the records of a batch make of the evidence in the groups that were locked for them. Pure; the same records again, on what was
 * written, write nothing.
 *
 * @param groups whole: everybody whom a record is about or links to is in one of them, and whom what is stored there links to (`lockWhole`).
 */
export function takeIn(
  groups: readonly IdentityGroup[],
  incoming: readonly IncomingEvidence[],
  hasher: ContentHasher,
): TakenIn {
  const chains = chainsByIdentity(incoming);
  const writes: EvidenceWrite[] = [];
  const touched: TouchedGroup[] = [];
  let stale = 0;
  for (const group of groups) {
    let cause: ChangeCause | undefined;
    const written = new Map<StoredIdentity, EvidenceWrite[]>();
    for (const stored of group.identities) {
      for (const chain of chains.get(identityText(stored.identity)) ?? []) {
        const { write, stale: old } = writeOfRecords(stored, chain, hasher);
        stale += old;
        if (write === undefined) continue;
        writes.push(write);
        const ofIdentity = written.get(stored);
        if (ofIdentity === undefined) written.set(stored, [write]);
        else ofIdentity.push(write);
        cause = newerCause(cause, chain.at(-1)?.cause);
      }
    }
    const members = group.identities.map((stored) => memberOf(stored, written.get(stored)));
    touched.push({ group, members, cause });
  }
  return { writes, sets: connect(touched), stale };
}

/** Groups as they are stored, for deriving them again. */
export function asStored(
  groups: readonly IdentityGroup[],
  cause: ChangeCause,
): readonly GroupSet[] {
  return connect(groups.map((group) => ({ group, members: group.identities, cause })));
}

interface TouchedGroup {
  readonly group: IdentityGroup;
  readonly members: readonly Member[];
  /** Undefined: nothing was written. */
  readonly cause: ChangeCause | undefined;
}

function memberOf(stored: StoredIdentity, writes: readonly EvidenceWrite[] = []): Member {
  if (writes.length === 0) return stored;
  const evidence = writes.reduce(withWrite, stored.evidence);
  const { identity, identityKey, firstSeen } = stored;
  return { identity, identityKey, firstSeen, evidence };
}

function withWrite(
  evidence: readonly StoredEvidence[],
  write: EvidenceWrite,
): readonly StoredEvidence[] {
  return [...evidence.filter(({ source }) => source !== write.evidence.source), write.evidence];
}

/**
 * Groups that a link or a decision connects become one set. A group in which nothing was written is in a set only if it is connected with one in
 * which something was.
 */
function connect(touched: readonly TouchedGroup[]): readonly GroupSet[] {
  if (!touched.some(reachesOut)) return touched.flatMap(alone);
  const groupOf = new Map<string, number>();
  touched.forEach(({ group }, index) => {
    for (const { identity, identityKey } of group.identities) {
      groupOf.set(identityText(identity), index);
      groupOf.set(identityKey, index);
    }
  });
  const joined = createUnionFind(touched.length);
  touched.forEach(({ group, members }, index) => {
    const others = [
      ...members.flatMap(linkedWith).map(identityText),
      ...group.decisions.flatMap(({ subject, other }) => [subject, other ?? subject]),
    ];
    for (const other of others) joined.join(index, groupOf.get(other) ?? index);
  });
  const sets = Map.groupBy(touched, (_, index) => joined.find(index));
  return [...sets.values()].flatMap(together);
}

function reachesOut({ group, members }: TouchedGroup): boolean {
  return group.decisions.length > 0 || members.some((member) => linkedWith(member).length > 0);
}

/** Whom an identity's records link it with. */
export function linkedWith({ evidence }: Pick<Member, 'evidence'>): readonly Identity[] {
  return evidence.length === 0 ? NOBODY : evidence.flatMap(({ content }) => linkTargets(content));
}

const NOBODY: readonly Identity[] = [];

function alone({ group, members, cause }: TouchedGroup): readonly GroupSet[] {
  return cause === undefined ? [] : [{ groups: [group], members, cause }];
}

function together(set: readonly TouchedGroup[]): readonly GroupSet[] {
  let cause: ChangeCause | undefined;
  for (const touched of set) if (touched.cause) cause = newerCause(cause, touched.cause);
  if (cause === undefined) return [];
  return [
    {
      groups: set.map(({ group }) => group),
      members: set.flatMap(({ members }) => members),
      cause,
    },
  ];
}

/** Positions of two sources say nothing about each other: of two sources' records the one that was decided on last counts. */
function newerCause(
  a: ChangeCause | undefined,
  b: ChangeCause | undefined,
): ChangeCause | undefined {
  if (a === undefined || b === undefined || a.source !== b.source) return b ?? a;
  return comparePositions(b.position, a.position) >= 0 ? b : a;
}
