import type { ErrorCodeEntry } from './error-code-entry.ts';

const PARKED =
  'The record is parked with its payload encrypted; what is published of the person stays as it was. Only a flag of protection that the record sets counts at once, when its identity is sound.';

/** Codes of identifiers and of mapping a source record: the record is parked, the rest go on. */
export const PERSON_CODES = {
  HUB_PERSON_IDENTITY_MALFORMED: {
    disposition: 'rejected',
    happened: 'The identity does not follow the format of its declared type.',
    safe: PARKED,
    next: 'Correct the identity at the source. A newer, correct record from there clears the parked one.',
  },
  HUB_PERSON_IDENTITY_AMBIGUOUS: {
    disposition: 'rejected',
    happened:
      'The source states no type for the identity, and more than one configured format fits it.',
    safe: PARKED,
    next: 'Let the source state the type, or remove formats that cannot occur in it from mappings/reserve-numbers/formats.json. Then let the source send its records again: `hub source resnapshot master` or `hub source reload pu`.',
  },
  HUB_PERSON_IDENTITY_UNCLASSIFIED: {
    disposition: 'rejected',
    happened: 'The source states no type for the identity, and no configured format fits it.',
    safe: PARKED,
    next: 'Correct the identity at the source, or add its format with example rows to mappings/reserve-numbers/. Then let the source send its records again: `hub source resnapshot master` or `hub source reload pu`.',
  },
  HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED: {
    disposition: 'rejected',
    happened: 'The format of the identity is known, but not the OID of its issuer.',
    safe: PARKED,
    next: "Ask the issuing region for the OID and set it as the format's root in mappings/reserve-numbers/formats.json. Then let the source send its records again: `hub source resnapshot master` or `hub source reload pu`.",
  },
  HUB_PERSON_REQUIRED_MISSING: {
    disposition: 'rejected',
    happened: 'A value that the mapping says is required is null or empty.',
    safe: PARKED,
    next: "Fill in the named field at the source, or correct `required` in mappings/master.json when it is Master's.",
  },
  HUB_PERSON_UNKNOWN_CODE: {
    disposition: 'rejected',
    happened: 'A code is not in the code table of its field.',
    safe: PARKED,
    next: 'Correct the code at the source, or add it under `codes` in mappings/master.json or mappings/pu.json (areas: mappings/code-tables/). Then let the source send its records again: `hub source resnapshot master` or `hub source reload pu`.',
  },
  HUB_PERSON_DATE_INVALID: {
    disposition: 'rejected',
    happened: 'A date is not one that exists.',
    safe: PARKED,
    next: 'Correct the named field at the source.',
  },
  HUB_PERSON_POSTAL_CODE_INVALID: {
    disposition: 'rejected',
    happened: 'The postal code of a Swedish address does not have five digits.',
    safe: PARKED,
    next: 'Correct the address at the source, or its kind when it is an address abroad.',
  },
  HUB_PERSON_TEXT_DAMAGED: {
    disposition: 'rejected',
    happened: 'A text was read or written in the wrong code page, or holds control characters.',
    safe: PARKED,
    next: 'Check the collation of the named column and the code page of whoever wrote it; correct the text at the source.',
  },
} as const satisfies Record<`HUB_PERSON_${string}`, ErrorCodeEntry>;
