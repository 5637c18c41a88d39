/** Codes that the updating contracts accept (Informationsspecifikation 5.1). */

/** kv_kön: unknown, man, woman, not applicable. */
export const GENDERS: ReadonlySet<string> = new Set(['0', '1', '2', '9']);
/** Skatteverket's 01006. */
export const DEREGISTRATION_REASONS: ReadonlySet<string> = new Set([
  'AV',
  'UV',
  'GN',
  'AN',
  'FI',
  'OB',
  'TA',
]);
/** Skatteverket's 02003. */
export const RELATIONSHIP_TYPES: ReadonlySet<string> = new Set([
  'B',
  'MO',
  'FA',
  'F',
  'V',
  'VF',
  'M',
  'P',
]);
/** FHIR ContactPointSystem. */
export const CONTACT_TYPES: ReadonlySet<string> = new Set([
  'phone',
  'fax',
  'email',
  'pager',
  'url',
  'sms',
  'other',
]);
/** FHIR ContactPointUse. */
export const CONTACT_USES: ReadonlySet<string> = new Set(['home', 'work', 'temp', 'old', 'mobile']);
