import type { Phase } from '../golden-record/authority.ts';
import { deriveGolden } from '../golden-record/derive-golden.ts';
import type { GoldenResult } from '../golden-record/golden-input.ts';
import { type FormedCluster, formClusters } from '../identity/form-clusters.ts';
import type { Finding } from '../identity/work-item.ts';
import type { IdentityKey, PersonKey } from '../person/person-identifier.ts';
import type { FollowUp, IdentityWrite, PersonWrite, PurgeOrder } from './batch-changes.ts';
import type { DecideRules } from './decide-batch.ts';
import { personWrite, redirects } from './person-writes.ts';
import { followUpsOf, purgesOf } from './protection-changes.ts';
import type { StoredPerson } from './stored-group.ts';
import { StoredIdentities } from './stored-identities.ts';
import type { GroupSet } from './take-in.ts';

/** What a set of groups becomes. */
export interface SetDecision {
  readonly persons: readonly PersonWrite[];
  readonly identities: readonly IdentityWrite[];
  readonly followUps: readonly FollowUp[];
  readonly purges: readonly PurgeOrder[];
  readonly findings: readonly Finding[];
  readonly clusters: readonly DecidedCluster[];
}

/** A cluster with what is derived of it, and how it came about. */
export interface DecidedCluster extends FormedCluster {
  readonly result: GoldenResult;
  /** What is stored under its key. */
  readonly before: StoredPerson | undefined;
  /** What is stored under other keys of its identities: they lead here from now on. */
  readonly others: readonly StoredPerson[];
  /** Somebody else who was published is this person now. */
  readonly isMerged: boolean;
  /** It was one person with somebody else who is a person of their own now. */
  readonly isSplit: boolean;
}

/** Forms the persons of a set of groups and compares each with what is stored under its keys. Pure. */
export function decideSet(
  set: GroupSet,
  hiddenRelatives: ReadonlySet<string>,
  phase: Phase,
  byRelative: boolean,
  rules: DecideRules,
): SetDecision {
  const decisions = set.groups.flatMap((group) => group.decisions);
  const formation = formClusters(set.members, decisions);
  const derived = formation.clusters.map((cluster) => ({
    ...cluster,
    result: deriveGolden(
      { members: cluster.members, inDoubt: cluster.inDoubt, decisions, hiddenRelatives },
      rules.golden,
      phase,
    ),
  }));
  const clusters = compareWithStored(set, derived);
  const persons: PersonWrite[] = [];
  const identities: IdentityWrite[] = [];
  const followUps: FollowUp[] = [];
  const purges: PurgeOrder[] = [];
  const stored = new StoredIdentities(set);
  for (const cluster of clusters) {
    const own = personWrite(cluster, set, hiddenRelatives, byRelative, rules);
    if (own !== undefined) persons.push(own);
    persons.push(...redirects(cluster, set, rules.hasher));
    const moved = identityWrites(cluster, stored, formation.groupOf);
    identities.push(...moved);
    followUps.push(...followUpsOf(cluster, moved, stored, rules.hasher));
    purges.push(...purgesOf(cluster, moved, stored, hiddenRelatives));
  }
  const findings = [...formation.findings, ...clusters.flatMap(({ result }) => result.findings)];
  return { persons, identities, followUps, purges, findings, clusters };
}

type DerivedCluster = FormedCluster & { readonly result: GoldenResult };

function compareWithStored(
  { groups }: GroupSet,
  derived: readonly DerivedCluster[],
): readonly DecidedCluster[] {
  const persons = new Map<string, StoredPerson>();
  for (const group of groups) for (const one of group.persons) persons.set(one.personKey, one);
  const [first] = derived;
  if (first !== undefined && derived.length === 1 && first.members.length === 1) {
    const before = persons.get(first.personKey);
    return [{ ...first, before, others: [], isMerged: false, isSplit: isReturn(before) }];
  }
  const partings = findPartings(groups, derived, persons);
  return derived.map((cluster) => {
    const { personKey, members } = cluster;
    const before = persons.get(personKey);
    const others = members.flatMap(({ identityKey }) =>
      identityKey === (personKey as string) ? [] : (persons.get(identityKey) ?? []),
    );
    return {
      ...cluster,
      before,
      others,
      isMerged: others.some(({ golden }) => golden !== null),
      isSplit: isReturn(before) || partings.has(personKey),
    };
  });
}

/** A key that led to another person is one of its own again. */
function isReturn(before: StoredPerson | undefined): boolean {
  return before !== undefined && before.redirectTo !== null;
}

/**
 * Clusters that were one published person, or parts of one, and are persons of their own now. An identity that leaves and is nobody's by itself
 * is only unlinked.
 */
function findPartings(
  groups: GroupSet['groups'],
  derived: readonly DerivedCluster[],
  persons: ReadonlyMap<string, StoredPerson>,
): ReadonlySet<PersonKey> {
  if (derived.length < 2) return new Set();
  const formerKeys = new Map<IdentityKey, PersonKey>();
  for (const group of groups) {
    for (const { identityKey, personKey } of group.identities)
      formerKeys.set(identityKey, personKey);
  }
  const partings = new Set<PersonKey>();
  for (const { personKey, members, result } of derived) {
    if (result.golden === null) continue;
    const own = new Set<string>(members.map(({ identityKey }) => identityKey));
    for (const { identityKey } of members) {
      const former = formerKeys.get(identityKey);
      if (former === undefined || own.has(former)) continue;
      if ((persons.get(former)?.golden ?? null) === null) continue;
      partings.add(personKey).add(former);
    }
  }
  return partings;
}

function identityWrites(
  { personKey, members, result: { isProtected } }: DecidedCluster,
  stored: StoredIdentities,
  groupOf: ReadonlyMap<IdentityKey, IdentityKey>,
): readonly IdentityWrite[] {
  return members.flatMap(({ identityKey }) => {
    const before = stored.get(identityKey);
    const groupKey = groupOf.get(identityKey) ?? identityKey;
    const isAsBefore =
      before?.personKey === personKey &&
      before.groupKey === groupKey &&
      before.isProtected === isProtected;
    return isAsBefore ? [] : [{ identityKey, personKey, groupKey, isProtected }];
  });
}
