import type { ErrorCodeEntry } from './hub-error.ts';

/** Codes of identifiers and of mapping a source record: the record is parked, the rest go on. */
export const PERSON_CODES = {
  HUB_PERSON_IDENTITY_MALFORMED: {
    disposition: 'rejected',
    happened: 'The identity does not follow the format of its declared type.',
    safe: 'The record is parked with its payload encrypted; what is published of the person stays as it was.',
    next: 'Correct the identity at the source. A newer, correct record from there clears the parked one.',
  },
} as const satisfies Record<`HUB_PERSON_${string}`, ErrorCodeEntry>;
