import type { FieldGroup } from '../../core/golden-record/golden-record.ts';

/**
 * The bit of each field group in `deliveries.told`. Millions of stored rows say by it what a consumer was told, so a bit is never changed and
 * never given to another group; a new group takes the next one.
 */
const BITS: Readonly<Record<FieldGroup, number>> = {
  identities: 0,
  name: 1,
  sex: 2,
  birth: 3,
  protection: 4,
  deregistration: 5,
  'marital-status': 6,
  membership: 7,
  locality: 8,
  addresses: 9,
  contacts: 10,
  relations: 11,
  'contact-persons': 12,
  'paper-preference': 13,
};

const ENTRIES = Object.entries(BITS) as readonly (readonly [FieldGroup, number])[];

/** Field groups as one number, for the ledger. */
export function fieldGroupBits(groups: Iterable<FieldGroup>): number {
  let bits = 0;
  for (const group of groups) bits |= 1 << BITS[group];
  return bits;
}

/** The field groups of a number of {@link fieldGroupBits}. */
export function fieldGroupsOf(bits: number): ReadonlySet<FieldGroup> {
  const groups = new Set<FieldGroup>();
  for (const [group, bit] of ENTRIES) if ((bits & (1 << bit)) !== 0) groups.add(group);
  return groups;
}
