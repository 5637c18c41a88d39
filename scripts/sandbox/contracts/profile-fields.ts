import { PROFILES, type Profile } from '../sandbox-types.ts';
import type { FullRecord } from './person-types.ts';

/**
 * The smallest profile in which a field of a person's record is sent, with everything in it (TKB 5.1 ch. 8). A protected person is sent as
 * P1 in the restricted contracts whatever was asked (ch. 6.3), so this is the masking table too: only what says P1 here is ever said of
 * one.
 */
const FIRST_PROFILE: Readonly<Record<keyof FullRecord, Profile>> = {
  personalIdentity: 'P1',
  identityLevel: 'P1',
  identityLevelDate: 'P1',
  gender: 'P1',
  protectedPersonIndicator: 'P1',
  testIndicator: 'P1',
  primaryIdentity: 'P1',
  version: 'P1',
  name: 'P1',
  linkedIdentity: 'P1',
  referredPersonalIdentities: 'P1',
  birth: 'P1',
  populationRegistrationLocality: 'P2',
  populationRegistrationRecord: 'P1',
  addressInformation: 'P2',
  contactInformation: 'P3',
  contactPerson: 'P3',
  confirmedIdentity: 'P2',
  administrativeInformation: 'P2',
  deregistration: 'P1',
  maritalStatus: 'P4',
  immigration: 'P4',
  citizenship: 'P4',
  relationship: 'P4',
  coOrdinationNumberData: 'P1',
  personalIdentityStatus: 'P1',
  updatePersonActor: 'P3',
  updatePersonContactInformationActor: 'P3',
  attachment: 'P2',
  optoutPaperNotification: 'P3',
  protectedPopulationRecord: 'P1',
};

/** Parts that are sent in another profile than the field that they stand in; null: in none. */
const PARTS: Readonly<Record<string, Profile | null>> = {
  'birth.placeOfBirthSweden': 'P4',
  'birth.birthAbroad': 'P4',
  'populationRegistrationLocality.countyCode': 'P1',
  // Only the former places of registration have times (TKB 5.1 ch. 8).
  'populationRegistrationLocality.localRegistrationTime': null,
  'populationRegistrationLocality.localRegistrationEndTime': null,
  'populationRegistrationRecord.historicalRecords': 'P5',
};

/**
 * @param path names from the record down, for example `['birth', 'dateOfBirth']`.
 * @returns null for what no profile has.
 */
export function firstProfile(path: readonly string[]): Profile | null {
  for (let length = path.length; length > 1; length--) {
    const part = PARTS[path.slice(0, length).join('.')];
    if (part !== undefined) return part;
  }
  return FIRST_PROFILE[path[0] as keyof FullRecord] ?? null;
}

/** Whether a field is sent when `profile` is asked for. */
export function isInProfile(path: readonly string[], profile: Profile): boolean {
  const first = firstProfile(path);
  return first !== null && PROFILES.indexOf(first) <= PROFILES.indexOf(profile);
}
