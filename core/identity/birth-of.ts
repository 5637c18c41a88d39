import type { PersonEvidence } from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';
import type { StoredEvidence } from '../sync/ports.ts';

/** What the registers say of one identity: PU's record, else Master's. Null: neither has one. */
export function latestRecord(evidence: readonly StoredEvidence[]): PersonEvidence | null {
  let latest: PersonEvidence | null = null;
  for (const { source, content } of evidence) {
    if (content !== null && (latest === null || source === 'pu')) latest = content;
  }
  return latest;
}

/** When the bearer of an identity was born, by that record alone: a date that it leaves out is not taken from the other register. */
export function birthOf(evidence: readonly StoredEvidence[]): PartialDate | null {
  return latestRecord(evidence)?.birthDate ?? null;
}

/** Dates are equal when both say the same to the same precision. */
export function compareBirth(
  a: readonly StoredEvidence[],
  b: readonly StoredEvidence[],
): 'equal' | 'differ' | 'not-known' {
  const [birthA, birthB] = [birthOf(a), birthOf(b)];
  if (birthA === null || birthB === null) return 'not-known';
  return birthA.value === birthB.value ? 'equal' : 'differ';
}
