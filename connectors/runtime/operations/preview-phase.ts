import type { GoldenRules, Phase } from '../../../core/golden-record/authority.ts';
import { relatedIdentities } from '../../../core/golden-record/related-identities.ts';
import type { IdentityKey } from '../../../core/person/person-identifier.ts';
import {
  addComparisons,
  comparePhases,
  NO_COMPARISON,
  type PhaseComparison,
} from '../../../core/sync/compare-phases.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';

/** Identities that are read and compared at once. */
const PAGE_IDENTITIES = 2_000;

export interface PreviewOptions {
  readonly from: Phase;
  readonly to: Phase;
  readonly rules: GoldenRules;
  /** Called after each page, with what is counted so far. */
  readonly onPage: (comparison: PhaseComparison) => void;
  readonly signal: AbortSignal;
}

/**
 * Counts what a switch of the phase would change, over everybody, page by page in bounded memory. Writes nothing and locks nobody; persons that
 * change meanwhile are counted as they were or as they are.
 *
 * @returns undefined when the signal ended it before everybody was counted.
 */
export async function previewPhase(
  { groups, persons }: Pick<HubStore, 'groups' | 'persons'>,
  { from, to, rules, onPage, signal }: PreviewOptions,
): Promise<PhaseComparison | undefined> {
  let comparison = NO_COMPARISON;
  let after: IdentityKey | null = null;
  do {
    if (signal.aborted) return undefined;
    const page = await groups.readPage(after, PAGE_IDENTITIES);
    const relatives = relatedIdentities(page.groups.flatMap(({ identities }) => identities));
    const isProtected = await persons.transact((reading) => reading.readProtected(relatives));
    comparison = addComparisons(
      comparison,
      comparePhases(page.groups, isProtected, from, to, rules),
    );
    onPage(comparison);
    after = page.next;
  } while (after !== null);
  return comparison;
}
