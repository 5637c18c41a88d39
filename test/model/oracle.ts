import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { Finding } from '../../core/identity/work-item.ts';
import type { Relation } from '../../core/mapping/person-evidence.ts';
import type { IdentityKey } from '../../core/person/person-identifier.ts';
import { formOracleClusters, personKeyOfCluster } from './oracle-clusters.ts';
import { goldenOf } from './oracle-golden.ts';
import { protectionOf } from './oracle-protection.ts';
import { type KnownIdentity, type OracleWorld, sameIdentity } from './oracle-world.ts';

export interface ExpectedPerson {
  readonly personKey: IdentityKey;
  /** First seen first. */
  readonly members: readonly KnownIdentity[];
  readonly isProtected: boolean;
  /** Null: nobody is told of the person. */
  readonly golden: GoldenRecord | null;
}

export interface ExpectedState {
  readonly persons: readonly ExpectedPerson[];
  readonly items: readonly Finding[];
}

/** What the hub has to hold in the end, whatever the way there. */
export function expectState(world: OracleWorld): ExpectedState {
  const { clusters, findings, doubts } = formOracleClusters(world);
  const isInDoubt = (members: readonly KnownIdentity[], others: readonly KnownIdentity[]) =>
    doubts.some(
      (pair) =>
        members.some(({ key }) => pair.includes(key)) &&
        others.some(({ key }) => pair.includes(key)),
    );
  const protections = clusters.map((members) => ({
    members,
    protection: protectionOf(
      world,
      members,
      clusters.filter((others) => others !== members && isInDoubt(members, others)).flat(),
    ),
  }));
  const hidden = protections
    .filter(({ protection: p }) => p.protectedPerson || p.protectedPopulationRecord)
    .flatMap(({ members }) => members);
  const isHidden = ({ identity }: Relation): boolean =>
    identity !== null && hidden.some((member) => sameIdentity(member.identity, identity));
  const items = [...findings];
  const persons = protections.map(({ members, protection }): ExpectedPerson => {
    const { golden, findings: found } = goldenOf(world, members, protection, isHidden);
    items.push(...protection.findings, ...found);
    return {
      personKey: personKeyOfCluster(members),
      members,
      isProtected: protection.protectedPerson || protection.protectedPopulationRecord,
      golden,
    };
  });
  return { persons, items };
}
