/**
 * The part of FHIR R4 (4.0.1) that a consumer's Patient has, as plain JSON. No library: what is written here is what can be told, and a key that is not
 * here cannot. A key with an underscore carries the extensions of the value beside it, as FHIR's JSON has it.
 */

export interface FhirExtension {
  readonly url: string;
  readonly valueString?: string;
  readonly valueCode?: string;
  readonly valueCodeableConcept?: FhirCodeableConcept;
  readonly valueReference?: FhirIdentifierReference;
}

/** What stands beside a value, or in its place, when there is something to say about it. */
export interface FhirElement {
  readonly extension: readonly FhirExtension[];
}

export interface FhirCoding {
  readonly system: string;
  /** The edition, where a code is in one national edition alone. */
  readonly version?: string;
  readonly code: string;
}

export interface FhirCodeableConcept {
  readonly coding?: readonly FhirCoding[];
  readonly text?: string;
}

export interface FhirIdentifier {
  readonly use?: 'official' | 'old' | 'secondary';
  readonly system: string;
  readonly value: string;
}

/** A reference to somebody of whom only a number is known: no resource is there to be fetched. */
export interface FhirIdentifierReference {
  readonly type: 'RelatedPerson';
  readonly identifier: FhirIdentifier;
}

export interface FhirHumanName {
  readonly extension?: readonly FhirExtension[];
  readonly use?: 'official';
  readonly text?: string;
  readonly family?: string;
  readonly given?: readonly string[];
  /** Beside `given`, place by place. */
  readonly _given?: readonly (FhirElement | null)[];
}

export interface FhirContactPoint {
  readonly system: 'phone' | 'email';
  readonly value: string;
  readonly use?: 'mobile';
}

export interface FhirAddress {
  readonly extension: readonly FhirExtension[];
  readonly use?: 'home';
  readonly type?: 'postal' | 'both';
  readonly line?: readonly string[];
  /** Beside `line`, place by place. */
  readonly _line?: readonly (FhirElement | null)[];
  readonly city?: string;
  readonly postalCode?: string;
  readonly country?: string;
}

/** Parts of a date are left out when they are not known: `2019`, `2019-05`. */
export interface FhirPeriod {
  readonly start?: string;
  readonly end?: string;
}

/** Somebody who belongs to the patient: R4 asks for a name, so an unknown one says that it is unknown. */
export interface FhirPatientContact {
  readonly extension?: readonly FhirExtension[];
  readonly relationship: readonly FhirCodeableConcept[];
  readonly name: FhirHumanName | FhirElement;
  readonly telecom?: readonly FhirContactPoint[];
  readonly period?: FhirPeriod;
}

export interface FhirMeta {
  /** `<generation>.<version>` of the delivery, two numbers: the first is compared first. */
  readonly versionId: string;
  readonly security?: readonly FhirCoding[];
}

interface FhirPatientCommon {
  readonly resourceType: 'Patient';
  /** The person key: never a number of the person. */
  readonly id: string;
  readonly meta: FhirMeta;
  readonly identifier: readonly FhirIdentifier[];
  /** Absent when the person is dead, or when the profile does not have deregistration. */
  readonly active?: boolean;
  readonly name?: readonly FhirHumanName[];
  readonly gender?: 'male' | 'female' | 'other' | 'unknown';
  readonly birthDate?: string;
  readonly deceasedBoolean?: true;
  readonly deceasedDateTime?: string;
}

/** The Patient of a protected person: a type without a place for what is hidden (TKB 5.1 ch. 6.3 rule 3 and ch. 8 profile 1). */
export interface FhirProtectedPatient extends FhirPatientCommon {
  readonly meta: Required<FhirMeta>;
}

/** The Patient of a person who is not protected. */
export interface FhirOpenPatient extends FhirPatientCommon {
  readonly telecom?: readonly FhirContactPoint[];
  readonly address?: readonly FhirAddress[];
  readonly maritalStatus?: FhirCodeableConcept;
  readonly contact?: readonly FhirPatientContact[];
}

/** A Patient resource of FHIR R4 as a consumer gets it. Its keys have one order: equal content has equal text. */
export type FhirPatient = FhirOpenPatient | FhirProtectedPatient;
