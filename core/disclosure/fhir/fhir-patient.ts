import type { Deregistration, MaritalStatus, Sex } from '../../mapping/person-evidence.ts';
import type { PersonKey } from '../../person/person-identifier.ts';
import type { DisclosedRecord } from '../delivery.ts';
import type { DisclosedPerson, DisclosedProtectedPerson } from '../disclosed-person.ts';
import { fhirAddress, fhirContactPoint } from './fhir-address.ts';
import { contactPersonContact, relationContact } from './fhir-contacts.ts';
import { fhirIdentifiers, mainTypeOf } from './fhir-identifier.ts';
import { fhirPersonName } from './fhir-name.ts';
import {
  ACT_REASON,
  CONFIDENTIALITY,
  concept,
  MARITAL_STATUS,
  SE_MARITAL_STATUS,
  SE_SECURITY_LABEL,
} from './fhir-systems.ts';
import type {
  FhirCoding,
  FhirOpenPatient,
  FhirPatient,
  FhirProtectedPatient,
} from './fhir-types.ts';

/** What a consumer is told of one person, with the two numbers of the delivery that it is compared by. */
interface FhirPatientInput {
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly version: number;
  readonly record: DisclosedRecord;
}

/**
 * What a consumer is told of a person, as a Patient of FHIR R4 (4.0.1) with the extensions and codes of HL7 Sweden's base profiles. Nothing that is not in
 * the record gets into it; what R4 has no place for is left out (docs/fhir.md). Pure, and its keys have one order: equal content has equal text.
 */
export function fhirPatient({ record, ...delivery }: FhirPatientInput): FhirPatient {
  return record.kind === 'protected-person'
    ? protectedPatient(record.person, delivery)
    : openPatient(record.person, delivery);
}

type DeliveryNumbers = Omit<FhirPatientInput, 'record'>;

function openPatient(person: DisclosedPerson, delivery: DeliveryNumbers): FhirOpenPatient {
  const { contacts = [], addresses = [], relations = [], contactPersons = [] } = person;
  const mainType = mainTypeOf(person.identities);
  const security = testLabels(person);
  const contact = [...relations.map(relationContact), ...contactPersons.map(contactPersonContact)];
  return {
    ...headOf(delivery, security.length > 0 ? { security } : {}),
    ...identityOf(person),
    ...(contacts.length > 0 && { telecom: contacts.map(fhirContactPoint) }),
    ...lifeOf(person),
    ...(addresses.length > 0 && {
      address: addresses.map((address) => fhirAddress(address, mainType)),
    }),
    ...(person.maritalStatus && {
      maritalStatus: concept(MARITAL_STATUS_OF[person.maritalStatus]),
    }),
    ...(contact.length > 0 && { contact }),
  };
}

/** Made of what a masked record has, field by field: what does not belong to it is not asked for, even if it were there. */
function protectedPatient(
  person: DisclosedProtectedPerson,
  delivery: DeliveryNumbers,
): FhirProtectedPatient {
  return {
    ...headOf(delivery, { security: [...protectionLabels(person), ...testLabels(person)] }),
    ...identityOf(person),
    ...lifeOf(person),
  };
}

function headOf<M extends object>({ personKey, generation, version }: DeliveryNumbers, meta: M) {
  return {
    resourceType: 'Patient',
    id: personKey,
    meta: { versionId: `${generation}.${version}`, ...meta },
  } as const;
}

type Disclosed = DisclosedPerson | DisclosedProtectedPerson;

function identityOf({ identities, deregistration, name }: Disclosed) {
  const humanName = name && fhirPersonName(name);
  return {
    identifier: fhirIdentifiers(identities),
    ...activityOf(deregistration),
    ...(humanName && { name: [humanName] }),
  };
}

/** The dead are told by `deceased`: R4 lets a record of theirs be in use for a while. */
function activityOf(deregistration: Deregistration | null | undefined) {
  if (deregistration === undefined || deregistration?.reason === 'AV') return {};
  return { active: deregistration === null };
}

function lifeOf({ sex, birthDate, deregistration }: Disclosed) {
  return {
    ...(sex && { gender: GENDER_OF[sex] }),
    ...(birthDate && { birthDate: birthDate.value }),
    ...deathOf(deregistration),
  };
}

function deathOf(deregistration: Deregistration | null | undefined) {
  if (deregistration?.reason !== 'AV') return {};
  const day = deregistration.date ?? deregistration.foundDeadAt;
  return day === null
    ? ({ deceasedBoolean: true } as const)
    : ({ deceasedDateTime: day.value } as const);
}

/** HL7 gives its own "not applicable" as `other` when it leads older messages over to R4. */
const GENDER_OF = {
  male: 'male',
  female: 'female',
  unknown: 'unknown',
  'not-applicable': 'other',
} as const satisfies Readonly<Record<Sex, FhirPatient['gender']>>;

/** HL7 Sweden's set of values: HL7's own codes, and Skatteverket's where HL7 has none. */
const MARITAL_STATUS_OF: Readonly<Record<MaritalStatus, FhirCoding>> = {
  OG: { system: MARITAL_STATUS, code: 'U' },
  G: { system: MARITAL_STATUS, code: 'M' },
  S: { system: MARITAL_STATUS, code: 'D' },
  Ä: { system: MARITAL_STATUS, code: 'W' },
  RP: { system: SE_MARITAL_STATUS, code: 'RP' },
  SP: { system: SE_MARITAL_STATUS, code: 'SP' },
  EP: { system: SE_MARITAL_STATUS, code: 'EP' },
};

/**
 * How confidential the record is, as every FHIR system understands it, and then which of the two flags the person has. `V` is for skyddad folkbokföring, which
 * takes a concrete threat (folkbokföringslagen 16 §), `R` for the rest: also for who is protected by the flag of a linked identity alone.
 */
function protectionLabels({
  protectedPerson,
  protectedPopulationRecord,
}: DisclosedProtectedPerson): readonly FhirCoding[] {
  const label = (code: string): FhirCoding => ({ system: SE_SECURITY_LABEL, code });
  return [
    { system: CONFIDENTIALITY, code: protectedPopulationRecord ? 'V' : 'R' },
    ...(protectedPerson ? [label('sekretessmarkering')] : []),
    ...(protectedPopulationRecord ? [label('skyddadFolkbokforing')] : []),
  ];
}

function testLabels({ testPerson }: Disclosed): readonly FhirCoding[] {
  return testPerson ? [{ system: ACT_REASON, code: 'HTEST' }] : [];
}
