import type { GoldenRules } from '../../../core/golden-record/authority.ts';
import { deriveGolden } from '../../../core/golden-record/derive-golden.ts';
import { explainGolden } from '../../../core/golden-record/explain-golden.ts';
import type { GoldenProvenance, Withheld } from '../../../core/golden-record/golden-input.ts';
import { relatedIdentities } from '../../../core/golden-record/related-identities.ts';
import {
  type ExplainedLink,
  explainLinks,
  formClusters,
} from '../../../core/identity/form-clusters.ts';
import type { Finding } from '../../../core/identity/work-item.ts';
import type { IdentityKey } from '../../../core/person/person-identifier.ts';
import type { PhaseState } from '../../../core/sync/ports.ts';
import type { StoredPerson } from '../../../core/sync/stored-group.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { LinkPeriod } from '../../hub-store/link-periods.ts';
import type { PersonLineage } from '../../hub-store/person-lineage.ts';

/** Why a person is who and what it is: the same functions as the main path, asked for their reasons. */
export interface PersonExplanation {
  readonly phase: PhaseState;
  readonly rulesVersion: number;
  readonly provenance: GoldenProvenance;
  readonly withheld: Withheld | null;
  /** What is stored under keys that the person was known by before. */
  readonly formerKeys: readonly StoredPerson[];
  /** Every link that an identity of the person is at an end of, with what becomes of it. */
  readonly links: readonly ExplainedLink[];
  /** When links counted, and who stated them. */
  readonly periods: readonly LinkPeriod[];
  readonly openItems: readonly Finding[];
}

/**
 * Explains the person of a lineage, by the rules and the phase of now. Takes the group's locks for a moment, as a batch does, so it is one view of
 * it; changes nothing.
 *
 * @returns undefined when the person was joined with another one meanwhile.
 */
export async function readExplanation(
  { persons, links }: Pick<HubStore, 'persons' | 'links'>,
  { personKey, identities }: PersonLineage,
  rules: GoldenRules,
): Promise<PersonExplanation | undefined> {
  const periods = await links.periodsOf(identities.map(({ identityKey }) => identityKey));
  return await persons.transact(async (reading) => {
    const phase = await reading.readPhase();
    const [group] = await reading.lockGroups(identities.slice(0, 1));
    if (group === undefined) return undefined;
    const { clusters } = formClusters(group.identities, group.decisions);
    const cluster = clusters.find((one) => one.personKey === personKey);
    if (cluster === undefined) return undefined;
    const { members, inDoubt } = cluster;
    const hiddenRelatives = await reading.readProtected(relatedIdentities(members));
    const input = { members, inDoubt, decisions: group.decisions, hiddenRelatives };
    // A group can be several persons.
    const keys = new Set<string>(members.map(({ identityKey }) => identityKey));
    const isAbout = (one: IdentityKey, other: IdentityKey | null | undefined): boolean =>
      keys.has(one) || (other !== null && other !== undefined && keys.has(other));
    return {
      phase,
      rulesVersion: rules.authority.version,
      provenance: explainGolden(input, rules, phase.phase),
      withheld: deriveGolden(input, rules, phase.phase).withheld,
      formerKeys: group.persons.filter(
        (one) => one.personKey !== personKey && keys.has(one.personKey),
      ),
      links: explainLinks(group.identities, group.decisions).filter(({ from, to }) =>
        isAbout(from, to),
      ),
      periods,
      openItems: group.openItems.filter(({ subject, other }) => isAbout(subject, other)),
    };
  });
}
