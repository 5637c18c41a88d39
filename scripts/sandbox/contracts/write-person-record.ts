import type { PuRecord } from '../../population/pu-record.ts';
import { PROFILES, type Profile } from '../sandbox-types.ts';
import { type FullRecord, PERSON_RECORD } from './person-types.ts';
import { isInProfile } from './profile-fields.ts';
import { createElementWriter, type ElementWriter } from './write-element.ts';

const WRITERS = Object.fromEntries(
  PROFILES.map((profile) => [
    profile,
    createElementWriter<FullRecord>(PERSON_RECORD, (path) => isInProfile(path, profile)),
  ]),
) as Readonly<Record<Profile, ElementWriter<FullRecord>>>;

/** Sekretessmarkering or skyddad folkbokföring: both hide a person alike (TKB 5.1 ch. 6.3). */
export function isProtected(
  record: Pick<PuRecord, 'protectedPersonIndicator' | 'protectedPopulationRecord'>,
): boolean {
  return record.protectedPersonIndicator || record.protectedPopulationRecord === true;
}

/**
 * The content of a PersonRecordType element in the order of the schema, with what the profile has. Everybody who is protected is written
 * as P1, whatever was asked, unless the contract is an Unrestricted one (TKB 5.1 ch. 6.3).
 */
export function writePersonRecord(
  record: PuRecord,
  profile: Profile,
  isUnrestricted: boolean,
): string {
  const shown = !isUnrestricted && isProtected(record) ? 'P1' : profile;
  return WRITERS[shown](record);
}
