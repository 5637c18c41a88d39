import type { StatedLink } from '../mapping/person-evidence.ts';
import { classifyRoot } from '../person/identity-type.ts';
import type { IdentityKey, IdentityType } from '../person/person-identifier.ts';
import { identityText } from '../person/person-identifier.ts';
import type { SourceName, SourcePosition } from '../sync/source-record.ts';
import type { StoredEvidence } from '../sync/stored-group.ts';
import type { Member } from './form-clusters.ts';
import type { Decision } from './work-item.ts';

/** An identity that links are about. Those of the members stand first, each under the member's own number. */
export interface LinkNode {
  readonly type: IdentityType;
  /** Undefined: somebody links to it, and it is none of the members. */
  readonly identityKey: IdentityKey | undefined;
  readonly evidence: readonly StoredEvidence[];
}

/** A link of a record, between two nodes by their numbers. */
export interface PairLink {
  readonly from: number;
  readonly to: number;
  readonly source: SourceName;
  readonly kind: StatedLink['kind'];
  readonly position: SourcePosition;
  /** PU says that the other identity is the main one. */
  readonly namesMain: boolean;
}

/** All that is said about two identities. */
export interface LinkPair {
  /** The lower number. */
  readonly a: number;
  readonly b: number;
  readonly links: readonly PairLink[];
  /** The latest decision whether the two are one person; undefined: nobody decided. */
  readonly decision: Decision | undefined;
}

export interface LinkPairs {
  readonly nodes: readonly LinkNode[];
  readonly pairs: readonly LinkPair[];
}

interface OpenPair {
  readonly a: number;
  readonly b: number;
  readonly links: PairLink[];
  decision: Decision | undefined;
}

/** Above any number of nodes; a pair of numbers is one number below 2^53 with it. */
const PAIR_BASE = 2 ** 26;

/** Everything that the members' records and the decisions state about two identities, by pair. */
export function collectPairs(
  members: readonly Member[],
  decisions: readonly Decision[],
): LinkPairs {
  const nodes: LinkNode[] = members.map(({ identity, identityKey, evidence }) => ({
    type: classifyRoot(identity.root),
    identityKey,
    evidence,
  }));
  const numbers = new Map(members.map(({ identity }, index) => [identityText(identity), index]));
  const pairs = new Map<number, OpenPair>();
  const numberOf = (identity: StatedLink['identity']): number => {
    const text = identityText(identity);
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, nodes.length);
    return nodes.push(outsider(identity)) - 1;
  };
  members.forEach(({ evidence }, from) => {
    for (const { source, position, content } of evidence) {
      for (const { kind, identity, primary } of content?.links ?? []) {
        const to = numberOf(identity);
        // A record that refers to itself says nothing.
        if (to === from) continue;
        const namesMain = source === 'pu' && kind === 'linked' && primary === true;
        const link = { from, to, source, kind, position, namesMain };
        pairOf(pairs, from, to).links.push(link);
      }
    }
  });
  addDecisions(pairs, members, decisions);
  return { nodes, pairs: [...pairs.values()] };
}

function outsider({ root }: StatedLink['identity']): LinkNode {
  return { type: classifyRoot(root), identityKey: undefined, evidence: [] };
}

function pairOf(pairs: Map<number, OpenPair>, x: number, y: number): OpenPair {
  const [a, b] = x < y ? [x, y] : [y, x];
  const key = a * PAIR_BASE + b;
  const known = pairs.get(key);
  if (known !== undefined) return known;
  const pair: OpenPair = { a, b, links: [], decision: undefined };
  pairs.set(key, pair);
  return pair;
}

/** A decision about somebody who is not here says nothing; of two about a pair the one with the higher id counts. */
function addDecisions(
  pairs: Map<number, OpenPair>,
  members: readonly Member[],
  decisions: readonly Decision[],
): void {
  const linking = decisions.filter(isAboutPair);
  if (linking.length === 0) return;
  const numbers = new Map(members.map(({ identityKey }, index) => [identityKey, index]));
  for (const decision of linking) {
    const subject = numbers.get(decision.subject);
    const other = decision.other === null ? undefined : numbers.get(decision.other);
    if (subject === undefined || other === undefined || subject === other) continue;
    const pair = pairOf(pairs, subject, other);
    if (pair.decision === undefined || pair.decision.id < decision.id) pair.decision = decision;
  }
}

function isAboutPair({ choice }: Decision): boolean {
  return choice === 'same-person' || choice === 'different-persons';
}
