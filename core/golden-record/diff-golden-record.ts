import type { FieldGroup, GoldenRecord } from './golden-record.ts';

type View = Readonly<Partial<Record<FieldGroup, unknown>>>;

/**
 * The field groups in which two golden records differ, in the fixed order of the groups. A group that one of the two types cannot
 * hold counts as empty there.
 */
export function changedGroups(
  before: GoldenRecord | null,
  after: GoldenRecord | null,
): readonly FieldGroup[] {
  const old = before === null ? {} : viewByGroup(before);
  const now = after === null ? {} : viewByGroup(after);
  return ORDER.filter((group) => text(old[group]) !== text(now[group]));
}

const ORDER: readonly FieldGroup[] = [
  'identities',
  'name',
  'sex',
  'birth',
  'protection',
  'deregistration',
  'marital-status',
  'membership',
  'locality',
  'addresses',
  'contacts',
];

/** Golden records are built with one key order, so equal content has equal text. Empty and absent are the same here. */
function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.length === 0) return '';
  return JSON.stringify(value);
}

function viewByGroup(golden: GoldenRecord): View {
  const common = {
    identities: golden.identities,
    name: golden.name,
    sex: golden.sex,
    birth: golden.birthDate,
    deregistration: golden.deregistration,
    membership: golden.membership,
  };
  if (golden.kind === 'protected-person') {
    return {
      ...common,
      protection: [golden.protectedPerson, golden.protectedPopulationRecord],
    };
  }
  return {
    ...common,
    'marital-status': golden.maritalStatus,
    locality:
      golden.parishCode === null && golden.propertyDesignation === null
        ? null
        : [golden.parishCode, golden.propertyDesignation],
    addresses: golden.addresses,
    contacts: golden.contacts,
  };
}
