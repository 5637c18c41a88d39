import type { PuIdentity, PuRecord } from '../../population/pu-record.ts';
import type { SandboxRegister } from '../sandbox-types.ts';
import { allowedActor, checkVersion } from './allowed-update.ts';
import { CONTACT_TYPES, CONTACT_USES } from './code-tables.ts';
import type { UpdateContactsRequest } from './contract-requests.ts';
import { CONTACT_INFORMATION_RECORD, type FullRecord } from './person-types.ts';
import type { ValuesOf } from './schema-types.ts';
import { createElementWriter } from './write-element.ts';
import { isProtected } from './write-person-record.ts';
import { Refusal, writeResult } from './write-result.ts';

type ContactRecord = ValuesOf<(typeof CONTACT_INFORMATION_RECORD)['members']>;
const writeContactRecord = createElementWriter<ContactRecord>(CONTACT_INFORMATION_RECORD);

/** GetPersonContactInformation: an unknown identity has no record, and the restricted contract tells nothing of protected persons' contacts. */
export function answerGetContacts(
  register: SandboxRegister,
  personId: PuIdentity,
  isUnrestricted: boolean,
): string {
  const record = register.find(personId);
  if (record === undefined) return '';
  const content = writeContactRecord(contactRecord(record, register.madeAt, isUnrestricted));
  return `<r:contactInformationRecord>${content}</r:contactInformationRecord>`;
}

/** UpdatePersonContactInformation (TKB 5.1 ch. 6.11): what is sent replaces all that was there. */
export function answerUpdateContacts(
  register: SandboxRegister,
  request: UpdateContactsRequest,
): string {
  const result = { name: 'updatePersonContactInformationResult', isWrapper: true };
  return writeResult(result, () => {
    const record = register.find(request.personId);
    if (record === undefined) throw new Refusal('Personen finns inte.');
    if (isProtected(record)) {
      throw new Refusal('Kontaktuppgifter kan inte ändras för personer med skyddade uppgifter.');
    }
    checkVersion(record, request.versionToUpdate);
    const [stored = record] = register.put([
      withContacts(record, request, allowedActor(request.actor, register.now())),
    ]);
    const content = writeContactRecord(contactRecord(stored, register.madeAt, false));
    return `<contactInformationRecord>${content}</contactInformationRecord>`;
  });
}

function contactRecord(record: PuRecord, madeAt: string, isUnrestricted: boolean): ContactRecord {
  const { contactInformation, contactPerson, ...rest }: FullRecord = record;
  const flags = {
    version: rest.version ?? madeAt,
    personId: rest.personalIdentity,
    protectedPersonIndicator: rest.protectedPersonIndicator,
    protectedPopulationRecord: rest.protectedPopulationRecord ?? false,
  };
  if (!isUnrestricted && isProtected(record)) return flags;
  return {
    ...flags,
    ...(contactInformation && { contactInformation }),
    ...(contactPerson && { contactPerson }),
    optoutPaperNotification: rest.optoutPaperNotification ?? false,
    ...(rest.updatePersonContactInformationActor && {
      updatePersonContactInformationActor: rest.updatePersonContactInformationActor,
    }),
  };
}

function withContacts(
  record: PuRecord,
  request: UpdateContactsRequest,
  actor: NonNullable<PuRecord['updatePersonContactInformationActor']>,
): PuRecord {
  const contacts = request.contactInformation?.filter(({ value }) => value !== undefined) ?? [];
  const contactPersons = request.contactPerson ?? [];
  for (const { contactType, use } of contacts) {
    if (!CONTACT_TYPES.has(contactType)) throw new Refusal('Kontakttypen finns inte.');
    if (use !== undefined && !CONTACT_USES.has(use)) {
      throw new Refusal('Användningen av kontaktuppgiften finns inte.');
    }
  }
  const isOptedOut = request.optoutPaperNotification === true;
  if (isOptedOut && !contacts.some(({ digitalNotification }) => digitalNotification === true)) {
    throw new Refusal(
      'Avisering på papper kan väljas bort bara av den som har en kontaktuppgift för digital avisering.',
    );
  }
  const { contactInformation, contactPerson, optoutPaperNotification, ...kept } = record;
  return {
    ...kept,
    ...(contacts.length > 0 && { contactInformation: contacts }),
    ...(contactPersons.length > 0 && { contactPerson: contactPersons }),
    ...(request.optoutPaperNotification !== undefined && {
      optoutPaperNotification: request.optoutPaperNotification,
    }),
    updatePersonContactInformationActor: actor,
  };
}
