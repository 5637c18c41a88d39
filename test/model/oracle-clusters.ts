import type { Finding } from '../../core/identity/work-item.ts';
import type { IdentityKey } from '../../core/person/person-identifier.ts';
import { setsOf, settleClaims } from './oracle-claims.ts';
import { answerPairs, type PairAnswer } from './oracle-links.ts';
import { joinRealPeople } from './oracle-real-people.ts';
import {
  anyContent,
  isReal,
  type KnownIdentity,
  type OracleWorld,
  strengthOf,
} from './oracle-world.ts';

export interface OracleClusters {
  /** First seen first, in each. */
  readonly clusters: readonly (readonly KnownIdentity[])[];
  readonly findings: readonly Finding[];
  /** Two numbers of which somebody says that they are one person, and nobody knows whether it is right: asked about, noted, or Master's word alone. */
  readonly doubts: readonly (readonly [IdentityKey, IdentityKey])[];
}

/** Who is one person with whom, and what somebody has to decide about it. */
export function formOracleClusters(world: OracleWorld): OracleClusters {
  const answers = answerPairs(world);
  const joining = answers.filter(({ joins }) => joins);
  const real = joinRealPeople(world.identities, joining);
  const reserve = attachReserveNumbers(world.identities, joining, real.kept);
  const clusters = setsOf(world.identities, reserve.kept).map(byFirstSeen);
  const aboutLinks = [
    ...answers.flatMap((answer) => answer.findings),
    ...real.findings,
    ...reserve.findings,
  ];
  const findings = [...aboutLinks, ...clusters.flatMap(circleOf)];
  return {
    clusters,
    findings: findings.filter((finding) => !isAnswered(world, finding)),
    doubts: [
      ...answers.filter((one) => one.isUnsettled).map(({ a, b }) => [a.key, b.key] as const),
      ...aboutLinks.flatMap(({ subject, other }) =>
        other === null ? [] : [[subject, other] as const],
      ),
    ],
  };
}

/** Whether somebody decided about that kind of finding about these identities. */
export function isAnswered({ decisions }: OracleWorld, finding: Finding): boolean {
  return decisions.some(
    ({ kind, subject, other }) =>
      kind === finding.kind && subject === finding.subject && other === finding.other,
  );
}

/** Reserve numbers never bridge two people: joined ones that more than one of them claims belong to none, but to whom somebody decided on. */
function attachReserveNumbers(
  identities: readonly KnownIdentity[],
  joining: readonly PairAnswer[],
  ofRealPeople: readonly PairAnswer[],
) {
  const amongReserves = joining.filter(({ a, b }) => !isReal(a.identity) && !isReal(b.identity));
  const claims = joining.filter(({ a, b }) => isReal(a.identity) !== isReal(b.identity));
  const sets = setsOf(identities, [...ofRealPeople, ...amongReserves]);
  const kept = [...ofRealPeople, ...amongReserves];
  const findings: Finding[] = [];
  for (const reserves of sets) {
    const settled = settleClaims(reserves, claims, sets, (claimants) => claimants.length > 1);
    kept.push(...settled.kept);
    findings.push(...settled.findings);
  }
  return { kept, findings };
}

/** Of the strongest kind that a register knows: two or more, and all of them have been replaced. */
function circleOf(members: readonly KnownIdentity[]): readonly Finding[] {
  const known = members.filter((member) => anyContent(member) !== undefined);
  const most = Math.max(...known.map(({ identity }) => strengthOf(identity)));
  const strongest = known.filter(({ identity }) => strengthOf(identity) === most);
  if (!strongest.every((member) => anyContent(member)?.deregistration?.reason === 'GN')) return [];
  const [subject, other] = strongest.map(({ key }) => key).sort();
  if (subject === undefined || other === undefined) return [];
  return [{ kind: 'references-in-a-circle', subject, other }];
}

function byFirstSeen(members: readonly KnownIdentity[]): readonly KnownIdentity[] {
  return [...members].sort((x, y) => x.firstSeen - y.firstSeen || (x.key < y.key ? -1 : 1));
}

/** The key that the person of a cluster is known by. */
export function personKeyOfCluster(members: readonly KnownIdentity[]): IdentityKey {
  const [first] = members;
  if (first === undefined) throw new Error('A cluster has a member.');
  return first.key;
}
