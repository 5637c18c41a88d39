import { classifyRoot } from '../../../core/person/identity-type.ts';
import { parseOid } from '../../../core/person/person-identifier.ts';
import type { PuIdentity, PuRecord } from '../../population/pu-record.ts';
import type { SandboxRegister } from '../sandbox-types.ts';
import { allowedActor, checkVersion } from './allowed-update.ts';
import { DEREGISTRATION_REASONS, GENDERS, RELATIONSHIP_TYPES } from './code-tables.ts';
import type { UpdatePersonRequest } from './contract-requests.ts';
import type { FullRecord } from './person-types.ts';
import { newReserveIdentity } from './reserve-number.ts';
import { writePersonRecord } from './write-person-record.ts';
import { Refusal, writeResult } from './write-result.ts';

/**
 * UpdatePerson (TKB 5.1 ch. 6.12): without an identity a new national reserve identity is taken out; a reserve identity that PU knows is
 * updated, and a region's own that it does not know is registered. Personal and coordination numbers are Skatteverket's alone.
 */
export function answerUpdatePerson(
  register: SandboxRegister,
  request: UpdatePersonRequest,
): string {
  return writeResult({ name: 'updatePersonResult', isWrapper: true }, () => {
    checkCodes(request);
    const changed = withFields(baseRecord(register, request), request, register.now());
    const [stored = changed] = register.put([changed]);
    return `<personRecord>${writePersonRecord(stored, 'P4', false)}</personRecord>`;
  });
}

/** The record that the fields are put into. */
function baseRecord(
  register: SandboxRegister,
  { personId, birth, gender, versionToUpdate }: UpdatePersonRequest,
): PuRecord {
  if (personId === undefined) {
    const isUsed = (identity: PuIdentity): boolean => register.find(identity) !== undefined;
    return newRecord(newReserveIdentity(birth?.dateOfBirth, gender, isUsed));
  }
  const root = parseOid(personId.root);
  if (root === undefined) throw new Refusal('Identitetens rot är ingen OID.');
  const type = classifyRoot(root);
  if (type === 'PNR' || type === 'SNR') {
    throw new Refusal('Bara reservidentiteter kan uppdateras.');
  }
  const known = register.find(personId);
  if (known !== undefined) {
    checkVersion(known, versionToUpdate);
    return known;
  }
  if (type === 'NRID') {
    throw new Refusal('Nationella reservidentiteter skapas bara av personuppgiftstjänsten.');
  }
  return newRecord(personId);
}

function newRecord(personalIdentity: PuIdentity): PuRecord {
  return {
    personalIdentity,
    protectedPersonIndicator: false,
    testIndicator: false,
    primaryIdentity: true,
  };
}

function checkCodes({ gender, deregistration, relationship }: UpdatePersonRequest): void {
  const reason = deregistration?.deregistrationReasonCode;
  if (gender !== undefined && !GENDERS.has(gender)) throw new Refusal('Könet finns inte.');
  if (reason !== undefined && !DEREGISTRATION_REASONS.has(reason)) {
    throw new Refusal('Avregistreringsorsaken finns inte.');
  }
  if (relationship?.some(({ relationshipType }) => !RELATIONSHIP_TYPES.has(relationshipType))) {
    throw new Refusal('Relationstypen finns inte.');
  }
}

/** What is sent replaces everything that the contract can send: a field that is not there is deleted. */
function withFields(
  record: PuRecord,
  { actor, personId, versionToUpdate, givenAddress, addressAbroad, ...sent }: UpdatePersonRequest,
  now: number,
): PuRecord {
  const {
    gender,
    name,
    birth,
    relationship,
    deregistration,
    administrativeInformation,
    confirmedIdentity,
    addressInformation,
    ...kept
  }: PuRecord & Pick<FullRecord, 'confirmedIdentity'> = record;
  const {
    givenAddress: formerAddress,
    addressAbroad: formerAddressAbroad,
    ...keptAddresses
  } = addressInformation ?? {};
  const addresses = {
    ...keptAddresses,
    ...(givenAddress && { givenAddress }),
    ...(addressAbroad && { addressAbroad }),
  };
  return {
    ...kept,
    ...sent,
    ...(Object.keys(addresses).length > 0 && { addressInformation: addresses }),
    updatePersonActor: allowedActor(actor, now),
  };
}
