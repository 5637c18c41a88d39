import type { GoldenRules, Phase } from '../golden-record/authority.ts';
import type { EventRules } from '../golden-record/derive-events.ts';
import { deriveGolden } from '../golden-record/derive-golden.ts';
import type { Withheld } from '../golden-record/golden-input.ts';
import { relatedIdentities } from '../golden-record/related-identities.ts';
import { formClusters } from '../identity/form-clusters.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type { BatchChanges } from './batch-changes.ts';
import { type DecidedCluster, decideSet, type SetDecision } from './decide-set.ts';
import { itemChanges } from './item-changes.ts';
import { linkChanges } from './link-changes.ts';
import type { ContentHasher } from './ports.ts';
import type { GroupSet } from './take-in.ts';

/** What persons are decided by, beside the phase. */
export interface DecideRules {
  readonly hasher: ContentHasher;
  readonly events: EventRules;
  readonly golden: GoldenRules;
}

/** What was decided, in counts of persons unless it says otherwise. */
export interface DecideCounts {
  /** Looked at: how many clusters. */
  readonly clusters: number;
  /** Keys that got a new version: persons and redirects. */
  readonly persons: number;
  /** Business events. */
  readonly events: number;
  readonly merged: number;
  readonly split: number;
  /** Became protected. */
  readonly raised: number;
  /** Were published and are no more, without being redirected. */
  readonly vanished: number;
  /** Somebody has evidence of them, and nobody is told. */
  readonly withheld: Readonly<Record<Withheld, number>>;
  /** The register that should decide has no record, so the other one does. */
  readonly fallsBack: number;
}

export type Decided = Pick<
  BatchChanges,
  'identities' | 'persons' | 'links' | 'items' | 'followUps' | 'purges'
> & { readonly counts: DecideCounts };

/** Whom the records of these sets state relations with, or what was told of them: the store knows which of them are protected. */
export function relativesOf(sets: readonly GroupSet[]): readonly Identity[] {
  const relatives = new Map<string, Identity>();
  for (const { members, groups } of sets) {
    for (const identity of relatedIdentities(members)) {
      relatives.set(identityText(identity), identity);
    }
    for (const { persons } of groups) {
      for (const { golden } of persons) {
        if (golden?.kind !== 'person') continue;
        for (const { identity } of golden.relations) {
          if (identity !== null) relatives.set(identityText(identity), identity);
        }
      }
    }
  }
  return [...relatives.values()];
}

/**
 * What becomes of sets of groups: a new version of each person whose golden record has other content than before, redirects of keys that ended, links,
 * work items and follow-ups. Pure; decided again on its own result it decides nothing.
 *
 * @param isProtected of {@link relativesOf}, as the store has it.
 * @param byRelative the sets are looked at again because the protection of a relative came or went.
 */
export function decideBatch(
  sets: readonly GroupSet[],
  isProtected: ReadonlySet<string>,
  phase: Phase,
  rules: DecideRules,
  byRelative = false,
): Decided {
  const hidden = withThisBatch(sets, isProtected, phase, rules);
  const decided = sets.map((set) => decideSet(set, hidden, phase, byRelative, rules));
  const persons = decided.flatMap((one) => one.persons);
  const purges = decided.flatMap((one) => one.purges);
  const hides = new Set(purges.map(({ personKey }) => personKey));
  return {
    identities: decided.flatMap((one) => one.identities),
    // What hides goes first.
    persons: [
      ...persons.filter(({ person }) => hides.has(person.personKey)),
      ...persons.filter(({ person }) => !hides.has(person.personKey)),
    ],
    links: linkChanges(sets, decided),
    items: itemChanges(sets, decided),
    followUps: decided.flatMap((one) => one.followUps),
    purges,
    counts: count(decided),
  };
}

/** Relatives whose protection this batch changes count as they will be. */
function withThisBatch(
  sets: readonly GroupSet[],
  isProtected: ReadonlySet<string>,
  phase: Phase,
  rules: DecideRules,
): ReadonlySet<string> {
  const relatives = new Set(relativesOf(sets).map(identityText));
  if (relatives.size === 0) return isProtected;
  const hidden = new Set(isProtected);
  for (const { members, groups } of sets) {
    if (!members.some(({ identity }) => relatives.has(identityText(identity)))) continue;
    const decisions = groups.flatMap((group) => group.decisions);
    for (const cluster of formClusters(members, decisions).clusters) {
      const input = { ...cluster, decisions, hiddenRelatives: NOBODY };
      const isHidden = deriveGolden(input, rules.golden, phase).isProtected;
      for (const { identity } of cluster.members) {
        if (isHidden) hidden.add(identityText(identity));
        else hidden.delete(identityText(identity));
      }
    }
  }
  return hidden;
}

const NOBODY: ReadonlySet<string> = new Set();

function count(decided: readonly SetDecision[]): DecideCounts {
  const clusters = decided.flatMap((one) => one.clusters);
  const persons = decided.flatMap((one) => one.persons);
  const withheld = { 'not-leading': 0, 'test-person': 0 };
  for (const { result } of clusters) if (result.withheld !== null) withheld[result.withheld] += 1;
  const countClusters = (fits: (cluster: DecidedCluster) => boolean): number =>
    clusters.filter(fits).length;
  return {
    clusters: clusters.length,
    persons: persons.length,
    events: persons.reduce((sum, { events }) => sum + events.length, 0),
    merged: countClusters(({ isMerged }) => isMerged),
    split: countClusters(({ isSplit }) => isSplit),
    raised: persons.filter(({ events }) => events.some(({ type }) => type === 'protection-raised'))
      .length,
    vanished: countClusters(
      ({ before, result }) => (before?.golden ?? null) !== null && result.golden === null,
    ),
    withheld,
    fallsBack: countClusters(({ result }) => result.fallsBack),
  };
}

/** The sum of two parts. */
export function addCounts(a: DecideCounts, b: DecideCounts): DecideCounts {
  return {
    clusters: a.clusters + b.clusters,
    persons: a.persons + b.persons,
    events: a.events + b.events,
    merged: a.merged + b.merged,
    split: a.split + b.split,
    raised: a.raised + b.raised,
    vanished: a.vanished + b.vanished,
    withheld: {
      'not-leading': a.withheld['not-leading'] + b.withheld['not-leading'],
      'test-person': a.withheld['test-person'] + b.withheld['test-person'],
    },
    fallsBack: a.fallsBack + b.fallsBack,
  };
}
