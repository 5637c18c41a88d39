import type {
  CountyMembership,
  GoldenIdentity,
  GoldenPerson,
  GoldenProtectedPerson,
  GoldenRecord,
} from '../golden-record/golden-record.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import { disclosableContacts } from './contacts.ts';
import type {
  DisclosedPerson,
  DisclosedProtectedPerson,
  Disclosure,
  LeftOutReason,
} from './disclosed-person.ts';
import { type Standing, whyLeftOut } from './left-out.ts';
import { nameMainIdentity } from './main-identity.ts';

/**
 * What one consumer gets of one person: the golden record seen through the consumer's profile. Everything that leaves the hub for a consumer comes from
 * here, so that whatever is shown, sent or looked up is the same. The fields of the result have one order, whatever the order in the profile: equal
 * content has equal text.
 *
 * @param golden null: nobody is published under the key.
 */
export function disclose(
  golden: GoldenRecord | null,
  profile: ConsumerProfile,
  standing: Standing,
): Disclosure {
  if (golden === null) return leftOut('not-published');
  const reason = whyLeftOut(golden, profile, standing);
  if (reason !== undefined) return leftOut(reason);
  const identities = nameMainIdentity(golden.identities, profile.mainIdentity);
  if (identities === undefined) return leftOut('no-usable-identity');
  return golden.kind === 'protected-person'
    ? { kind: 'protected-person', person: maskedPerson(golden, identities, profile) }
    : { kind: 'person', person: wholePerson(golden, identities, profile) };
}

function leftOut(reason: LeftOutReason): Disclosure {
  return { kind: 'left-out', reason };
}

function wholePerson(
  golden: GoldenPerson,
  identities: readonly GoldenIdentity[],
  { groups, contacts, relations }: ConsumerProfile,
): DisclosedPerson {
  return {
    identities,
    ...commonFields(golden, groups),
    ...(groups.has('marital-status') && { maritalStatus: golden.maritalStatus }),
    ...(groups.has('membership') && { membership: golden.membership }),
    ...(groups.has('locality') && {
      parishCode: golden.parishCode,
      propertyDesignation: golden.propertyDesignation,
    }),
    ...(groups.has('addresses') && { addresses: golden.addresses }),
    ...(groups.has('contacts') &&
      contacts !== null && { contacts: disclosableContacts(golden.contacts, contacts) }),
    ...(groups.has('relations') && {
      relations: golden.relations.filter(({ kind }) => relations.has(kind)),
    }),
    ...(groups.has('contact-persons') && { contactPersons: golden.contactPersons }),
  };
}

/** Field by field, and never a copy of the record: what somebody may add to it later is not told before it is written here. */
function maskedPerson(
  golden: GoldenProtectedPerson,
  identities: readonly GoldenIdentity[],
  { groups }: ConsumerProfile,
): DisclosedProtectedPerson {
  const { protectedPerson, protectedPopulationRecord, membership } = golden;
  return {
    identities,
    ...commonFields(golden, groups),
    protectedPerson,
    protectedPopulationRecord,
    ...(groups.has('membership') && { membership: membership && countyOnly(membership) }),
  };
}

function countyOnly({ level, countyCode, reason, from }: CountyMembership): CountyMembership {
  return { level, countyCode, reason, from };
}

function commonFields(golden: GoldenRecord, groups: ConsumerProfile['groups']) {
  return {
    testPerson: golden.testPerson,
    ...(groups.has('name') && { name: golden.name }),
    ...(groups.has('sex') && { sex: golden.sex }),
    ...(groups.has('birth') && { birthDate: golden.birthDate }),
    ...(groups.has('deregistration') && { deregistration: golden.deregistration }),
  };
}
