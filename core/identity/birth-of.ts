import type { PersonEvidence } from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';
import type { StoredEvidence } from '../sync/stored-group.ts';

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

/** Equal when both say the same to the same precision. One that only says less (`1954` and `1954-01-31`) contradicts nothing, and proves nothing. */
export function compareBirth(
  a: readonly StoredEvidence[],
  b: readonly StoredEvidence[],
): 'equal' | 'differ' | 'not-known' {
  const [birthA, birthB] = [birthOf(a), birthOf(b)];
  if (birthA === null || birthB === null) return 'not-known';
  if (birthA.value === birthB.value) return 'equal';
  return contradictsBirth(birthA.value, birthB.value) ? 'differ' : 'not-known';
}

/** Whether two birth dates cannot be of one person, by their values (`1954`, `1954-01`, `1954-01-31`). */
export function contradictsBirth(a: string, b: string): boolean {
  return !a.startsWith(b) && !b.startsWith(a);
}
