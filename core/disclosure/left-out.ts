import type { GoldenRecord } from '../golden-record/golden-record.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import type { LeftOutReason } from './disclosed-person.ts';

/** How a consumer stands to a person now. */
export interface Standing {
  /** The consumer has named the person in its list. */
  readonly isListed: boolean;
  /** The consumer has the person: what it was sent last about them, under any generation of its profile, was a record and no tombstone. */
  readonly wasSent: boolean;
}

/**
 * Why a consumer gets nothing of a published person, by the profile's rules about whom it gets. Protection comes first, so that of a consumer that gets
 * nobody protected it holds of everyone protected, wherever they live.
 *
 * @returns undefined when the consumer gets the person.
 */
export function whyLeftOut(
  golden: GoldenRecord,
  { persons, protectedPersons }: ConsumerProfile,
  standing: Standing,
): LeftOutReason | undefined {
  if (golden.kind === 'protected-person' && protectedPersons === 'left-out') return 'protected';
  switch (persons.kind) {
    case 'all':
      return undefined;
    case 'membership':
      return isInArea(golden, persons.counties, standing) ? undefined : 'not-in-the-area';
    case 'list':
      return standing.isListed ? undefined : 'not-listed';
  }
}

/**
 * Whoever is deregistered belongs nowhere, and a consumer that has the person must still learn of the death or the emigration; the same with a protected
 * person of whom PU does not give the county. So these two stay where they are, and come to nobody new.
 */
function isInArea(
  golden: GoldenRecord,
  counties: ReadonlySet<string>,
  { wasSent }: Standing,
): boolean {
  if (golden.membership !== null) return counties.has(golden.membership.countyCode);
  const hasNoPlace = golden.deregistration !== null || golden.kind === 'protected-person';
  return hasNoPlace && wasSent;
}
