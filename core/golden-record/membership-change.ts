import type { PartialDate } from '../person/partial-date.ts';
import type { MembershipChange } from '../sync/batch-changes.ts';
import type { GoldenRecord, Membership } from './golden-record.ts';

/**
 * How the membership differs between two golden records, for its history.
 * @returns null when it is as before.
 */
export function membershipChange(
  before: GoldenRecord | null,
  after: GoldenRecord | null,
): MembershipChange | null {
  const was = membershipOf(before);
  const is = membershipOf(after);
  if (isSame(was, is)) return null;
  return { before: was, after: is, endsOn: was === null ? null : endOf(was, after) };
}

/** The day on which a membership ended in the world: with the deregistration, or where one at another place begins (domain 8: emigrated). */
function endOf(was: Membership, after: GoldenRecord | null): PartialDate | null {
  if (after === null) return null;
  const { deregistration, membership } = after;
  if (deregistration !== null) return deregistration.date ?? deregistration.foundDeadAt;
  const is = membershipOf(after);
  return is !== null && isElsewhere(was, is) ? (membership?.from ?? null) : null;
}

/** Not when only less, or more, is told of the same place. */
function isElsewhere(was: Membership, is: Membership): boolean {
  if (was.countyCode !== is.countyCode) return true;
  const [from, to] = [was.municipalityCode, is.municipalityCode];
  return from !== null && to !== null && from !== to;
}

/** A protected person's has no municipality. */
function membershipOf(golden: GoldenRecord | null): Membership | null {
  if (golden === null || golden.membership === null) return null;
  if (golden.kind === 'person') return golden.membership;
  const { level, countyCode, reason, from } = golden.membership;
  return { level, countyCode, municipalityCode: null, reason, from };
}

function isSame(a: Membership | null, b: Membership | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.level === b.level &&
    a.countyCode === b.countyCode &&
    a.municipalityCode === b.municipalityCode &&
    a.reason === b.reason &&
    a.from?.value === b.from?.value
  );
}
