import { FIELD_GROUPS, type FieldGroup, type GoldenRecord } from './golden-record.ts';

type View = Readonly<Partial<Record<FieldGroup, unknown>>>;

/**
 * The field groups in which two golden records differ, in the fixed order of the groups. A group that one of the two types cannot
 * hold counts as empty there.
 */
export function changedGroups(
  before: GoldenRecord | null,
  after: GoldenRecord | null,
): readonly FieldGroup[] {
  if (before === null) return after === null ? [] : filledGroups(after);
  if (after === null) return filledGroups(before);
  const old = viewByGroup(before);
  const now = viewByGroup(after);
  return FIELD_GROUPS.filter((group) => text(old[group]) !== text(now[group]));
}

/** The groups that say something: what comes, or goes, with the whole record. Without a comparison there is no need for text: a first load is made of these. */
export function filledGroups(golden: GoldenRecord): readonly FieldGroup[] {
  const view = viewByGroup(golden);
  return FIELD_GROUPS.filter((group) => !isEmpty(view[group]));
}

/** Golden records are built with one key order, so equal content has equal text. Empty and absent are the same here. */
function text(value: unknown): string {
  return isEmpty(value) ? '' : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
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
    relations: golden.relations,
    'contact-persons': golden.contactPersons,
    'paper-preference': golden.paperOptOut,
  };
}
