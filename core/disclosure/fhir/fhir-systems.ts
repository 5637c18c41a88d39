/** The code systems and extensions that a Patient uses, each by the address that its publisher gave it. */
import type { FhirCodeableConcept, FhirCoding, FhirElement, FhirExtension } from './fhir-types.ts';

const HL7 = 'http://hl7.org/fhir/StructureDefinition';
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';
/** HL7 Sweden's base profiles for R4, 1.1.0. */
const HL7_SWEDEN = 'http://hl7.se/fhir/ig/base';

export const CONFIDENTIALITY = `${TERMINOLOGY}/v3-Confidentiality`;
export const ACT_REASON = `${TERMINOLOGY}/v3-ActReason`;
export const MARITAL_STATUS = `${TERMINOLOGY}/v3-MaritalStatus`;
export const ROLE_CODE = `${TERMINOLOGY}/v3-RoleCode`;
export const CONTACT_ROLE = `${TERMINOLOGY}/v2-0131`;
export const SE_MARITAL_STATUS = `${HL7_SWEDEN}/CodeSystem/se-base-marital-status`;
export const SE_SECURITY_LABEL = `${HL7_SWEDEN}/CodeSystem/SecurityLabel`;
export const SNOMED = 'http://snomed.info/sct';
/** SNOMED's Swedish edition: codes of its own are in no other. */
export const SNOMED_SWEDISH = 'http://snomed.info/sct/45991000052106';

const SE_MIDDLE_NAME = `${HL7_SWEDEN}/StructureDefinition/SEBaseMiddleNameExtension`;
const SE_OWN_FAMILY = `${HL7_SWEDEN}/StructureDefinition/SEBaseOwnFamilyExtension`;
const SE_ADDRESS = `${HL7_SWEDEN}/StructureDefinition/SEBaseAddressPersonExtension`;

export const middleNameExtension = (valueString: string): FhirExtension => ({
  url: SE_MIDDLE_NAME,
  valueString,
});

export const ownFamilyExtension = (valueString: string): FhirExtension => ({
  url: SE_OWN_FAMILY,
  valueString,
});

/** @param code of SNOMED's Swedish edition. */
export const addressKindExtension = (code: string): FhirExtension => ({
  url: SE_ADDRESS,
  valueCodeableConcept: { coding: [{ system: SNOMED, version: SNOMED_SWEDISH, code }] },
});

/** On the given name, or each of them, that the person goes by (tilltalsnamn). */
export const CALLED_NAME: FhirElement = {
  extension: [{ url: `${HL7}/iso21090-EN-qualifier`, valueCode: 'CL' }],
};

/** On the line that says at whose home the person gets post. */
export const careOfElement = (valueString: string): FhirElement => ({
  extension: [{ url: `${HL7}/iso21090-ADXP-careOf`, valueString }],
});

export const UNKNOWN: FhirElement = {
  extension: [{ url: `${HL7}/data-absent-reason`, valueCode: 'unknown' }],
};

export const RELATED_PERSON = `${HL7}/patient-relatedPerson`;

export function concept(coding: FhirCoding | undefined, text?: string): FhirCodeableConcept {
  return { ...(coding && { coding: [coding] }), ...(text !== undefined && { text }) };
}
