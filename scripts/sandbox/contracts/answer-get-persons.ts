import type { PuRecord } from '../../population/pu-record.ts';
import type { SandboxRegister } from '../sandbox-types.ts';
import { ClientFault, TOO_MUCH } from './client-fault.ts';
import type { RequestOf } from './contract-requests.ts';
import { isSameIdentity } from './linked-identities.ts';
import { requestedPersonRecord } from './order-documents.ts';
import { readProfile } from './read-profile.ts';
import { writePersonRecord } from './write-person-record.ts';

/** TKB 5.1 ch. 6.3. */
const MAX_IDENTITIES = 500;

/**
 * GetPersonsForProfile: an answer for each identity that is asked for, in that order; one that PU does not know is answered without a
 * record (TKB 5.1 ch. 6.3 rule 1).
 */
export function answerGetPersons(
  register: SandboxRegister,
  { personId, profile, ignoreReferredIdentity }: RequestOf<'GetPersonsForProfile'>,
  isUnrestricted: boolean,
): string {
  if (personId.length > MAX_IDENTITIES) {
    throw new ClientFault(`${TOO_MUCH}: högst ${MAX_IDENTITIES} identiteter i ett anrop.`);
  }
  const known = readProfile(profile);
  let answer = '';
  for (const identity of personId) {
    const asked = register.find(identity);
    const record =
      asked === undefined || ignoreReferredIdentity ? asked : mainRecord(register, asked);
    answer += requestedPersonRecord(
      identity,
      record && writePersonRecord(record, known, isUnrestricted),
    );
  }
  return answer;
}

/** The record of the main identity: the primary one of the linked identities, and of a number that was replaced the new one. */
function mainRecord(register: SandboxRegister, asked: PuRecord): PuRecord {
  const passed = [asked];
  for (const record of passed) {
    const primary = record.linkedIdentity?.find(({ primaryIdentity }) => primaryIdentity);
    const next = [primary, ...(isReplaced(record) ? currentReferences(record) : [])]
      .flatMap((link) => (link && register.find(link.referredPersonalIdentity)) ?? [])
      .filter((found) =>
        passed.every((each) => !isSameIdentity(each.personalIdentity, found.personalIdentity)),
      );
    // A number that came and went has both its predecessor, which was replaced too, and its successor.
    const main = next.find((found) => !isReplaced(found)) ?? next[0];
    if (main === undefined) return record;
    passed.push(main);
  }
  return asked;
}

function isReplaced({ deregistration }: PuRecord): boolean {
  return deregistration?.deregistrationReasonCode === 'GN';
}

function currentReferences({
  referredPersonalIdentities,
}: PuRecord): NonNullable<PuRecord['referredPersonalIdentities']> {
  return (referredPersonalIdentities ?? []).filter(
    ({ referredPersonalIdentityStatus }) => referredPersonalIdentityStatus !== 'AS',
  );
}
