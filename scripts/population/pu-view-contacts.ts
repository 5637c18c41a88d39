import type { PuActor, PuRecord } from './pu-record.ts';
import type { SyntheticPerson } from './synthetic-person.ts';

/** Nobody's HSA-id: no organisation has the number 0000000000. */
const CARE_GIVER = { root: '1.2.752.29.6.10.1', extension: 'SE0000000000-A1' };
const CLERK = { root: '1.2.752.29.6.2.1', extension: 'SE0000000000-B1' };

/** Who last wrote the record of a reserve identity. */
export const RESERVE_RECORD_ACTOR: PuActor = {
  id: CLERK,
  professional: { organizationId: CARE_GIVER },
};

/** PU has no contact data of protected persons, nor of who did not agree that they are shared: presence is consent. */
function areShared({
  masterConsent,
  protectedPerson,
  protectedPopulationRecord,
}: SyntheticPerson): boolean {
  const isRefused = masterConsent === 'no' || masterConsent === 'this-care-giver';
  return !isRefused && !protectedPerson && !protectedPopulationRecord;
}

export function contactsInPu(person: SyntheticPerson): Partial<PuRecord> {
  const { contacts, contactPersons, optoutPaper, protectedPerson, protectedPopulationRecord } =
    person;
  if (protectedPerson || protectedPopulationRecord) return {};
  return {
    ...(contacts.length > 0 && areShared(person) ? { contactInformation: contacts } : {}),
    ...(contactPersons.length > 0 ? { contactPerson: contactPersons } : {}),
    ...(optoutPaper && areShared(person) ? { optoutPaperNotification: true } : {}),
  };
}

export function contactsActor(person: SyntheticPerson): Partial<PuRecord> {
  if (person.contacts.length === 0 || !areShared(person)) return {};
  return { updatePersonContactInformationActor: { id: CLERK, updateTime: person.version } };
}
