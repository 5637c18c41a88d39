import { STRENGTH_OF } from '../person/identity-type.ts';
import type { IdentityType } from '../person/person-identifier.ts';
import { comparePositions, type SourceName, type SourcePosition } from '../sync/source-record.ts';
import { compareBirth } from './birth-of.ts';
import type { LinkVerdict } from './form-clusters.ts';
import type { LinkNode, LinkPair, PairLink } from './link-pairs.ts';
import type { Finding, WorkItemKind } from './work-item.ts';

/** A pair with what becomes of each of its links, before it is known who else wants the same number. */
export interface JudgedPair {
  readonly pair: LinkPair;
  /** Of `pair.links`, in their order. */
  readonly verdicts: readonly LinkVerdict[];
  /** Whether the two are one person, as far as the two alone can tell. */
  readonly joins: boolean;
  readonly findings: readonly Finding[];
}

/** What two identities are to each other, by their kinds. */
type PairRule =
  | 'two-local-numbers'
  | 'two-national-reserve-numbers'
  | 'reserve-and-stronger'
  | 'coordination-and-person-number'
  | 'two-of-one-real-kind';

const RULE_OF: Readonly<Record<IdentityType, Readonly<Record<IdentityType, PairRule>>>> = {
  LRID: {
    LRID: 'two-local-numbers',
    NRID: 'reserve-and-stronger',
    SNR: 'reserve-and-stronger',
    PNR: 'reserve-and-stronger',
  },
  NRID: {
    LRID: 'reserve-and-stronger',
    NRID: 'two-national-reserve-numbers',
    SNR: 'reserve-and-stronger',
    PNR: 'reserve-and-stronger',
  },
  SNR: {
    LRID: 'reserve-and-stronger',
    NRID: 'reserve-and-stronger',
    SNR: 'two-of-one-real-kind',
    PNR: 'coordination-and-person-number',
  },
  PNR: {
    LRID: 'reserve-and-stronger',
    NRID: 'reserve-and-stronger',
    SNR: 'coordination-and-person-number',
    PNR: 'two-of-one-real-kind',
  },
};

/** Skatteverket's numbers; the others are reserve numbers. */
export function isReal(type: IdentityType): boolean {
  return STRENGTH_OF[type] >= STRENGTH_OF.SNR;
}

/** The weaker of two numbers; undefined when they are of one kind. */
export function weakerOf(nodes: readonly LinkNode[], a: number, b: number): number | undefined {
  const strengthA = STRENGTH_OF[nodes[a]?.type ?? 'LRID'];
  const strengthB = STRENGTH_OF[nodes[b]?.type ?? 'LRID'];
  if (strengthA === strengthB) return undefined;
  return strengthA < strengthB ? a : b;
}

/** What a rule looks at beside the link itself. */
interface PairContext {
  readonly weaker: number | undefined;
  /** PU names the weaker one as the main identity. Its list is symmetric: what one of the two records says of the link holds for both. */
  readonly isListedDownwards: boolean;
  readonly birth: () => ReturnType<typeof compareBirth>;
}

/** `if-confirmed`: joins when the weaker one or PU states it too. */
type LinkRule = (link: PairLink, context: PairContext) => LinkVerdict | 'if-confirmed';

const joins: LinkRule = () => 'joins';
const againstHierarchy: LinkRule = () => 'against-hierarchy';
const unlessListedDownwards: LinkRule = ({ kind }, { isListedDownwards }) =>
  kind === 'linked' && isListedDownwards ? 'against-hierarchy' : 'joins';

/**
 * What a register's link between two identities does, unless it has ended or somebody decided about the two. A total table: no pair of
 * kinds and no register is without a rule.
 */
const RULES: Readonly<Record<PairRule, Readonly<Record<SourceName, LinkRule>>>> = {
  'two-local-numbers': { pu: againstHierarchy, master: againstHierarchy },
  'two-national-reserve-numbers': { pu: joins, master: joins },
  'reserve-and-stronger': {
    pu: unlessListedDownwards,
    master: ({ from }, { weaker }) => (from === weaker ? 'joins' : 'if-confirmed'),
  },
  'coordination-and-person-number': {
    pu: unlessListedDownwards,
    master: () => 'only-pu-may-state',
  },
  'two-of-one-real-kind': {
    pu: joins,
    master: (_link, { birth }) => (birth() === 'equal' ? 'joins' : 'birth-data-differ'),
  },
};

/** The rules for what is said about two identities. */
export function judgePair(nodes: readonly LinkNode[], pair: LinkPair): JudgedPair {
  const context = contextOf(nodes, pair);
  const denial = newest(
    pair.links.filter(({ source, kind }) => source === 'pu' && kind === 'ended'),
  );
  const rule = RULES[RULE_OF[typeOf(nodes, pair.a)][typeOf(nodes, pair.b)]];
  const first = pair.links.map((link): LinkVerdict | 'if-confirmed' => {
    if (link.kind === 'ended') return 'ended';
    if (pair.decision?.choice === 'different-persons') return 'decided-against';
    return deniedBy(denial, link) ?? rule[link.source](link, context);
  });
  const isConfirmed = pair.decision?.choice === 'same-person' || first.includes('joins');
  const verdicts = first.map((verdict) => {
    if (verdict !== 'if-confirmed') return verdict;
    return isConfirmed ? 'joins' : 'against-hierarchy';
  });
  const judged = { pair, verdicts, joins: isConfirmed };
  return { ...judged, findings: findingsOf(nodes, judged, denial, context) };
}

function typeOf(nodes: readonly LinkNode[], index: number): IdentityType {
  return nodes[index]?.type ?? 'LRID';
}

function contextOf(nodes: readonly LinkNode[], { a, b, links }: LinkPair): PairContext {
  const weaker = weakerOf(nodes, a, b);
  return {
    weaker,
    isListedDownwards: links.some(({ to, namesMain }) => namesMain && to === weaker),
    birth: () => compareBirth(nodes[a]?.evidence ?? [], nodes[b]?.evidence ?? []),
  };
}

function newest(links: readonly PairLink[]): SourcePosition | undefined {
  let latest: SourcePosition | undefined;
  for (const { position } of links) {
    if (latest === undefined || comparePositions(position, latest) > 0) latest = position;
  }
  return latest;
}

/** A reference of PU that ended says so in a newer record than the one that states it; PU's own links do not end so. */
function deniedBy(denial: SourcePosition | undefined, link: PairLink): LinkVerdict | undefined {
  if (denial === undefined || link.source !== 'pu' || link.kind !== 'referred') return undefined;
  const order = comparePositions(denial, link.position);
  if (order > 0) return 'ended';
  return order === 0 ? 'stated-and-denied' : undefined;
}

function findingsOf(
  nodes: readonly LinkNode[],
  { pair, verdicts, joins: isJoined }: Omit<JudgedPair, 'findings'>,
  denial: SourcePosition | undefined,
  { birth }: PairContext,
): readonly Finding[] {
  if (pair.decision !== undefined || verdicts.every((verdict) => verdict === 'joins')) return [];
  const findings: Finding[] = [];
  const add = (kind: WorkItemKind, verdict: LinkVerdict): void => {
    const finding = findingAbout(
      nodes,
      kind,
      pair.links.filter((_, i) => verdicts[i] === verdict),
    );
    if (finding !== undefined) findings.push(finding);
  };
  if (!isJoined) add('link-against-hierarchy', 'against-hierarchy');
  if (!isJoined && verdicts.includes('birth-data-differ') && birth() === 'differ') {
    add('birth-data-differ', 'birth-data-differ');
  }
  if (isInDoubt(pair.links, denial)) add('link-stated-and-denied', 'stated-and-denied');
  return findings;
}

/** Whether PU's newest reference between the two is as old as its newest word that it ended. A still newer reference settles it. */
function isInDoubt(links: readonly PairLink[], denial: SourcePosition | undefined): boolean {
  const stated = newest(links.filter(({ source, kind }) => source === 'pu' && kind === 'referred'));
  return denial !== undefined && stated !== undefined && comparePositions(denial, stated) === 0;
}

/**
 * One finding for a pair, about the weaker number; about the lower key when both are of one kind: whoever states the link, so that an answer
 * stays one. None where one end is not among the members.
 */
export function findingAbout(
  nodes: readonly LinkNode[],
  kind: WorkItemKind,
  [link]: readonly PairLink[],
): Finding | undefined {
  if (link === undefined) return undefined;
  const { from, to } = link;
  const [keyFrom, keyTo] = [nodes[from]?.identityKey, nodes[to]?.identityKey];
  if (keyFrom === undefined || keyTo === undefined) return undefined;
  const weaker = weakerOf(nodes, from, to);
  const isFrom = weaker === undefined ? keyFrom < keyTo : weaker === from;
  return isFrom
    ? { kind, subject: keyFrom, other: keyTo }
    : { kind, subject: keyTo, other: keyFrom };
}
