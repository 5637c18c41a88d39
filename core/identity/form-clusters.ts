import {
  type Identity,
  type IdentityKey,
  type PersonKey,
  personKeyOf,
} from '../person/person-identifier.ts';
import type { SourceName } from '../sync/source-record.ts';
import type { StoredEvidence } from '../sync/stored-group.ts';
import { joinRealNumbers } from './birth-conflicts.ts';
import { claimReserveNumbers } from './claimed-twice.ts';
import { collectPairs, type LinkNode, type LinkPair } from './link-pairs.ts';
import { type JudgedPair, judgePair, weakerOf } from './link-verdicts.ts';
import { findDoubts } from './links-in-doubt.ts';
import { findCircle } from './reference-circles.ts';
import { createUnionFind, type UnionFind } from './union-find.ts';
import type { Decision, Finding } from './work-item.ts';

/** What clusters are formed from: an identity with its evidence as it will be. Where it belonged before makes no difference. */
export interface Member {
  readonly identity: Identity;
  readonly identityKey: IdentityKey;
  /** When it was first seen, in microseconds since 1970; of two of the same moment the lower key was first. */
  readonly firstSeen: number;
  readonly evidence: readonly StoredEvidence[];
}

/** Two identities that are one person, and who says so. */
export interface Join {
  readonly from: IdentityKey;
  readonly to: IdentityKey;
  readonly source: SourceName | 'decision';
}

/** Identities that are one person. */
export interface FormedCluster {
  /** The key of its first-seen identity. */
  readonly personKey: PersonKey;
  /** First seen first. */
  readonly members: readonly Member[];
  readonly joins: readonly Join[];
  /**
   * Identities of other persons of whom a link says that they are this one, and nobody knows whether it is right: {@link findDoubts}. First
   * seen first. What protects one of them protects this person too, until somebody knows.
   */
  readonly inDoubt: readonly Member[];
}

export interface Formation {
  /** Every member is in exactly one of them; ordered by person key. */
  readonly clusters: readonly FormedCluster[];
  /** Of each member, by its key: the key of the first-seen identity among all that any link connects with it, whether it counts or not. */
  readonly groupOf: ReadonlyMap<IdentityKey, IdentityKey>;
  readonly findings: readonly Finding[];
}

/** Why a stated link joins two identities, or does not. */
export type LinkVerdict =
  | 'joins'
  | 'against-hierarchy'
  | 'only-pu-may-state'
  | 'claimed-twice'
  | 'birth-data-differ'
  | 'stated-and-denied'
  | 'ended'
  | 'decided-against';

export interface ExplainedLink {
  readonly from: IdentityKey;
  /** Undefined: the identity is none of the members. */
  readonly to: IdentityKey | undefined;
  readonly source: Join['source'];
  readonly kind: 'linked' | 'referred' | 'ended' | 'decision';
  readonly verdict: LinkVerdict;
}

/**
 * The persons among identities: a pure function of their evidence and of what was decided, whatever the order of either.
 *
 * A link is judged in this order; the first line that fits decides.
 *
 * | What is stated | What becomes of it |
 * |---|---|
 * | a link in a removed record | it is not stated any more |
 * | a reference of PU that has ended (`ended`) | joins nobody; denies PU's `referred` about the pair in any record that is not newer |
 * | any link, and the latest decision about the two is `different-persons` | does not count; the two can still be one person through a third |
 * | any pair, and the latest decision is `same-person` | joined, as if PU had stated it; an LRID and an LRID too, since a person answers for it |
 * | PU's `referred`, and a newer record of PU says that it ended | does not count |
 * | PU's `referred`, and a record of the same second says so | does not count: `link-stated-and-denied` |
 * | LRID – LRID | never joins: `link-against-hierarchy` |
 * | NRID – NRID | joins |
 * | reserve number – stronger, PU | joins, unless PU's `linked` names the weaker one as main: `link-against-hierarchy` |
 * | reserve number → stronger, Master | joins |
 * | stronger → reserve number, Master | joins when the weaker one or PU states it too; else `link-against-hierarchy` |
 * | SNR – PNR, PU | joins, unless PU's `linked` names the SNR as main: `link-against-hierarchy` |
 * | SNR – PNR, Master | does not count |
 * | PNR – PNR, SNR – SNR, PU | joins |
 * | PNR – PNR, SNR – SNR, Master | joins when both birth dates are known and equal; both known and contradicting: `birth-data-differ` |
 *
 * Then what these joins make together:
 *
 * | What would become one person | What becomes of it |
 * |---|---|
 * | PNRs, joined from one to the next by PU's `referred` or by `same-person` | one person, whatever the birth dates: a nucleus |
 * | nuclei with contradicting birth dates, through an SNR, or SNRs that are joined | the SNRs belong to none: `identity-claimed-twice` about each SNR – PNR |
 * | nuclei with contradicting birth dates, by a link of PU or Master between two PNRs | stay apart: `birth-data-differ` about the link |
 * | nuclei with contradicting birth dates, through a chain of the two that pass over birth dates that are not known | all of the chain stay apart, each with the finding above |
 * | people who share nothing but reserve numbers | these belong to none: `identity-claimed-twice` about each reserve number – stronger |
 *
 * {@link joinRealNumbers} and {@link claimReserveNumbers} do that. A number that would belong to none goes to the one with which the latest
 * `same-person` is about it, and nobody is asked. At last {@link findCircle}. A pair that is joined otherwise has no finding about the
 * hierarchy or birth data, and a finding that somebody answered is not made again. One about two is about the weaker number, or the lower key
 * of one kind, whoever states the link.
 *
 * An identity that only links speak of is a member without evidence, and counts. One that is not among the members joins nobody: it is the
 * caller's duty to pass everybody whom {@link linkTargets} names, of every record of every member, and so on until nobody is new. With less
 * than a whole group the answer is about other people than the evidence is.
 */
export function formClusters(
  members: readonly Member[],
  decisions: readonly Decision[],
): Formation {
  // A million persons have one identity: nothing can be joined with it.
  const [only] = members;
  if (only === undefined || members.length === 1) return formAlone(only);
  const judgement = judge(members, decisions);
  const clusters = buildClusters(judgement);
  const circles = clusters.flatMap((cluster) => findCircle(cluster.members) ?? []);
  return {
    clusters,
    groupOf: buildGroups(judgement),
    findings: unanswered([...judgement.findings, ...circles], decisions),
  };
}

/** Every stated link of these identities and every decision about two of them, with what becomes of it: by the same path as {@link formClusters}. */
export function explainLinks(
  members: readonly Member[],
  decisions: readonly Decision[],
): readonly ExplainedLink[] {
  const { nodes, judged, lost } = judge(members, decisions);
  const keyOf = (index: number): IdentityKey | undefined => nodes[index]?.identityKey;
  const explained: ExplainedLink[] = [];
  for (const one of judged) {
    const { links, decision } = one.pair;
    const held = (verdict: LinkVerdict): LinkVerdict =>
      verdict === 'joins' && lost.has(one) ? whyLost(nodes, one) : verdict;
    links.forEach(({ from, to, source, kind }, index) => {
      const [fromKey, verdict] = [keyOf(from), one.verdicts[index]];
      if (fromKey === undefined || verdict === undefined) return;
      explained.push({ from: fromKey, to: keyOf(to), source, kind, verdict: held(verdict) });
    });
    if (decision === undefined) continue;
    explained.push({
      from: decision.subject,
      to: decision.other ?? undefined,
      source: 'decision',
      kind: 'decision',
      verdict: held(decision.choice === 'same-person' ? 'joins' : 'decided-against'),
    });
  }
  return inTextOrder(explained, ({ from, to, source, kind }) => `${from} ${to} ${source} ${kind}`);
}

/** Numbers of different kinds lose a join when somebody else claims the weaker one, two personnummer because of birth dates. */
function whyLost(nodes: readonly LinkNode[], { pair }: JudgedPair): LinkVerdict {
  return weakerOf(nodes, pair.a, pair.b) === undefined ? 'birth-data-differ' : 'claimed-twice';
}

/** What all answers are read from. */
export interface Judgement {
  /** First seen first; a member's number is that of its node. */
  readonly members: readonly Member[];
  readonly nodes: readonly LinkNode[];
  readonly judged: readonly JudgedPair[];
  /** Pairs that would join, but not beside the others. */
  readonly lost: ReadonlySet<JudgedPair>;
  readonly persons: UnionFind;
  readonly findings: readonly Finding[];
}

function judge(unordered: readonly Member[], decisions: readonly Decision[]): Judgement {
  const members = [...unordered].sort(compareFirstSeen);
  const { nodes, pairs } = collectPairs(members, decisions);
  const judged = pairs.map((pair) => judgePair(nodes, pair));
  const persons = createUnionFind(members.length);
  const joined = judged.filter(({ joins, pair }) => joins && isAmong(members, pair));
  const real = joinRealNumbers(nodes, joined, persons);
  const reserve = claimReserveNumbers(nodes, joined, persons);
  const findings = [
    ...judged.flatMap((one) => one.findings),
    ...real.findings,
    ...reserve.findings,
  ];
  const lost = new Set([...real.lost, ...reserve.lost]);
  return { members, nodes, judged, lost, persons, findings };
}

function compareFirstSeen(a: Member, b: Member): number {
  return a.firstSeen - b.firstSeen || (a.identityKey < b.identityKey ? -1 : 1);
}

/** Whether both ends are members: `b` is the higher number, and members come first. */
function isAmong(members: readonly Member[], { b }: LinkPair): boolean {
  return b < members.length;
}

function formAlone(member: Member | undefined): Formation {
  if (member === undefined) return { clusters: [], groupOf: new Map(), findings: [] };
  const { identityKey } = member;
  return {
    clusters: [{ personKey: personKeyOf(identityKey), members: [member], joins: [], inDoubt: [] }],
    groupOf: new Map([[identityKey, identityKey]]),
    findings: [],
  };
}

interface ClusterParts {
  readonly members: Member[];
  readonly joins: Join[];
}

function buildClusters(judgement: Judgement): FormedCluster[] {
  const { members, nodes, judged, lost, persons } = judgement;
  const bySet = new Map<number, ClusterParts>();
  const setOf = (index: number): ClusterParts => {
    const root = persons.find(index);
    const known = bySet.get(root);
    if (known !== undefined) return known;
    const set = { members: [], joins: [] };
    bySet.set(root, set);
    return set;
  };
  members.forEach((member, index) => {
    setOf(index).members.push(member);
  });
  for (const one of judged) {
    if (!one.joins || lost.has(one) || !isAmong(members, one.pair)) continue;
    setOf(one.pair.a).joins.push(...joinsOf(nodes, one));
  }
  const doubts = findDoubts(judgement);
  const clusters = [...bySet].flatMap(([root, set]): FormedCluster[] => {
    const [first] = set.members;
    if (first === undefined) return [];
    const joins = inTextOrder(set.joins, ({ from, to, source }) => `${from} ${to} ${source}`);
    const others = [...(doubts.get(root) ?? [])].flatMap((other) => setOf(other).members);
    const inDoubt = others.sort(compareFirstSeen);
    return [{ personKey: personKeyOf(first.identityKey), members: set.members, joins, inDoubt }];
  });
  return inTextOrder(clusters, ({ personKey }) => personKey);
}

/** One join for each register that states it and counts, from the weaker number to the stronger, or the lower key: whoever states it. */
function joinsOf(nodes: readonly LinkNode[], { pair, verdicts }: JudgedPair): readonly Join[] {
  const [keyA, keyB] = [nodes[pair.a]?.identityKey, nodes[pair.b]?.identityKey];
  if (keyA === undefined || keyB === undefined) return [];
  const weaker = weakerOf(nodes, pair.a, pair.b);
  const isUpwards = weaker === undefined ? keyA < keyB : weaker === pair.a;
  const [from, to] = isUpwards ? [keyA, keyB] : [keyB, keyA];
  const sources = new Set<Join['source']>();
  pair.links.forEach(({ source }, index) => {
    if (verdicts[index] === 'joins') sources.add(source);
  });
  if (pair.decision?.choice === 'same-person') sources.add('decision');
  return [...sources].map((source) => ({ from, to, source }));
}

function buildGroups({ members, judged }: Judgement): ReadonlyMap<IdentityKey, IdentityKey> {
  const groups = createUnionFind(members.length);
  for (const { pair } of judged) if (isAmong(members, pair)) groups.join(pair.a, pair.b);
  const firstOf = new Map<number, IdentityKey>();
  const groupOf = new Map<IdentityKey, IdentityKey>();
  members.forEach(({ identityKey }, index) => {
    const root = groups.find(index);
    const first = firstOf.get(root) ?? identityKey;
    firstOf.set(root, first);
    groupOf.set(identityKey, first);
  });
  return groupOf;
}

function unanswered(
  findings: readonly Finding[],
  decisions: readonly Decision[],
): readonly Finding[] {
  const textOf = ({ kind, subject, other }: Finding): string => `${kind} ${subject} ${other}`;
  const answered = new Set(decisions.map(textOf));
  return inTextOrder(
    findings.filter((finding) => !answered.has(textOf(finding))),
    textOf,
  );
}

function inTextOrder<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  if (items.length < 2) return [...items];
  const keyed = items.map((item) => ({ text: textOf(item), item }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ item }) => item);
}
