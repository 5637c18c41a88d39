import type { Decision, Finding, WorkItemKind } from '../../core/identity/work-item.ts';
import type { StatedLink } from '../../core/mapping/person-evidence.ts';
import type { SourceName, SourcePosition } from '../../core/sync/source-record.ts';
import {
  birthsOf,
  comparePlaces,
  contentOf,
  isReal,
  type KnownIdentity,
  kindOf,
  type OracleWorld,
  sameIdentity,
  strengthOf,
} from './oracle-world.ts';

/** What one record says about two identities. */
interface Statement {
  readonly from: KnownIdentity;
  readonly to: KnownIdentity;
  readonly source: SourceName;
  readonly kind: StatedLink['kind'];
  readonly position: SourcePosition;
  readonly namesOtherAsMain: boolean;
}

/** What becomes of two identities, as far as the two alone can tell. */
export interface PairAnswer {
  readonly a: KnownIdentity;
  readonly b: KnownIdentity;
  readonly joins: boolean;
  /** The decision that the two are one person, if that is the latest. */
  readonly joinedBy: Decision | undefined;
  /** PU refers one of the two to the other, or somebody decided: then their birth dates may differ. */
  readonly isReferred: boolean;
  /** Master says of an SNR and a PNR that they are one person, or of two of one kind whose birth dates it does not tell. */
  readonly isUnsettled: boolean;
  readonly findings: readonly Finding[];
}

type Answer = 'joins' | 'nothing' | 'only-pu' | 'against' | 'denied' | 'contradicted' | 'births';

/** Every pair of identities about which somebody says something. */
export function answerPairs(world: OracleWorld): readonly PairAnswer[] {
  const answers: PairAnswer[] = [];
  world.identities.forEach((a, index) => {
    for (const b of world.identities.slice(index + 1)) answers.push(answerPair(world, a, b));
  });
  return answers;
}

/** Everything that records say about the two, in either direction. */
export function statementsAbout(a: KnownIdentity, b: KnownIdentity): readonly Statement[] {
  const found: Statement[] = [];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const source of ['master', 'pu'] as const) {
      const position = from.records[source]?.position;
      for (const link of contentOf(from, source)?.links ?? []) {
        if (position === undefined || !sameIdentity(link.identity, to.identity)) continue;
        const namesOtherAsMain = source === 'pu' && link.kind === 'linked' && link.primary === true;
        found.push({ from, to, source, kind: link.kind, position, namesOtherAsMain });
      }
    }
  }
  return found;
}

function answerPair(world: OracleWorld, a: KnownIdentity, b: KnownIdentity): PairAnswer {
  const decision = latestAboutPair(world, a, b);
  const statements = statementsAbout(a, b);
  const answers = statements.map((statement) => answerStatement(statement, statements));
  if (decision !== undefined) {
    const joins = decision.choice === 'same-person';
    const joinedBy = joins ? decision : undefined;
    return { a, b, joins, joinedBy, isReferred: joins, isUnsettled: false, findings: [] };
  }
  const joins = answers.includes('joins');
  const findings: Finding[] = [];
  const find = (kind: WorkItemKind, answer: Answer): void => {
    if (answers.includes(answer)) findings.push(aboutPair(kind, a, b));
  };
  if (!joins) find('link-against-hierarchy', 'against');
  if (!joins && birthsOf(a, b) === 'differ') find('birth-data-differ', 'births');
  // A still newer reference settles what two records of one second say.
  const denial = newest(statements, 'ended');
  const reference = newest(statements, 'referred');
  if (denial !== undefined && reference !== undefined && comparePlaces(denial, reference) === 0) {
    find('link-stated-and-denied', 'contradicted');
  }
  const isReferred = statements.some(
    ({ source, kind }, index) =>
      source === 'pu' && kind === 'referred' && answers[index] === 'joins',
  );
  const isUnsettled = answers.some((answer) => answer === 'only-pu' || answer === 'births');
  return { a, b, joins, joinedBy: undefined, isReferred, isUnsettled, findings };
}

/** About the weaker number, or the lower key of two of one kind. */
export function aboutPair(kind: WorkItemKind, a: KnownIdentity, b: KnownIdentity): Finding {
  const order = strengthOf(a.identity) - strengthOf(b.identity) || (a.key < b.key ? -1 : 1);
  const [subject, other] = order < 0 ? [a, b] : [b, a];
  return { kind, subject: subject.key, other: other.key };
}

/** The table, from top to bottom. */
function answerStatement(statement: Statement, all: readonly Statement[]): Answer {
  const { from, to, source, kind } = statement;
  if (kind === 'ended') return 'nothing';
  const denial = newest(all, 'ended');
  if (source === 'pu' && kind === 'referred' && denial !== undefined) {
    const order = comparePlaces(denial, statement.position);
    if (order > 0) return 'denied';
    if (order === 0) return 'contradicted';
  }
  const [kindFrom, kindTo] = [kindOf(from.identity), kindOf(to.identity)];
  if (kindFrom === kindTo) {
    if (kindFrom === 'LRID') return 'against';
    if (kindFrom === 'NRID' || source === 'pu') return 'joins';
    return birthsOf(from, to) === 'equal' ? 'joins' : 'births';
  }
  const isUpwards = strengthOf(from.identity) < strengthOf(to.identity);
  if (source === 'pu') {
    const weaker = isUpwards ? from : to;
    const isDownwards = all.some((one) => one.namesOtherAsMain && one.to === weaker);
    return kind === 'linked' && isDownwards ? 'against' : 'joins';
  }
  if (isReal(from.identity) && isReal(to.identity)) return 'only-pu';
  if (isUpwards) return 'joins';
  // Master's stronger number names the weaker one: it takes somebody who says the same.
  const others = all.filter((one) => one.source === 'pu' || one.from === to);
  return others.some((one) => answerStatement(one, all) === 'joins') ? 'joins' : 'against';
}

function latestAboutPair(world: OracleWorld, a: KnownIdentity, b: KnownIdentity) {
  const [latest] = world.decisions
    .filter(({ choice }) => choice === 'same-person' || choice === 'different-persons')
    .filter(
      ({ subject, other }) =>
        (subject === a.key && other === b.key) || (subject === b.key && other === a.key),
    )
    .sort((x, y) => (x.id > y.id ? -1 : 1));
  return latest;
}

/** The newest position at which PU says that of the two. */
function newest(all: readonly Statement[], kind: Statement['kind']): SourcePosition | undefined {
  const [latest] = all
    .filter((one) => one.source === 'pu' && one.kind === kind)
    .map(({ position }) => position)
    .sort((x, y) => comparePlaces(y, x));
  return latest;
}
