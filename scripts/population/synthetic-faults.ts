import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { withWrongCheckDigit } from './check-digits.ts';
import type { LegacyRows, PersonRow } from './legacy-rows.ts';

/** What can be wrong with a row that was made wrong on purpose, and the code under which the hub has to park it. */
export const FAULT_CODES = {
  'wrong-check-digit': 'HUB_PERSON_IDENTITY_MALFORMED',
  'unknown-civil-status': 'HUB_PERSON_UNKNOWN_CODE',
  'broken-text': 'HUB_PERSON_TEXT_DAMAGED',
  'missing-sex': 'HUB_PERSON_REQUIRED_MISSING',
  'impossible-birth-date': 'HUB_PERSON_DATE_INVALID',
  'unknown-municipality': 'HUB_PERSON_UNKNOWN_CODE',
  'ambiguous-reserve-number': 'HUB_PERSON_IDENTITY_AMBIGUOUS',
} as const satisfies Record<string, ErrorCode>;
export type FaultKind = keyof typeof FAULT_CODES;

/** In the order in which they come round. */
export const FAULT_KINDS = Object.keys(FAULT_CODES) as readonly FaultKind[];

/**
 * True for this record when one of the records is due to be malformed: evenly spread, so that a population of any size has
 * exactly its share (rounded).
 */
export function isMalformed(index: number, share: number): boolean {
  return Math.round((index + 1) * share) > Math.round(index * share);
}

/** What is wrong with this record; the kinds come round one after the other. Null: nothing. */
export function faultOf(index: number, share: number): FaultKind | null {
  if (!isMalformed(index, share)) return null;
  return FAULT_KINDS[Math.round(index * share) % FAULT_KINDS.length] ?? null;
}

/** The same rows with one thing wrong. */
export function spoil(rows: LegacyRows, kind: FaultKind): LegacyRows {
  switch (kind) {
    case 'wrong-check-digit':
      return withIdentity(rows, rows.person.IdTyp, withWrongCheckDigit(rows.person.PersonId));
    case 'ambiguous-reserve-number':
      // Blekinge's and Sörmland's forms are the same, and the row does not say whose it is.
      return withIdentity(rows, 'RES', `${rows.person.PersonId.slice(0, 8)}AB3C`);
    case 'unknown-civil-status':
      return withPerson(rows, { Civilstand: 'ZZ' });
    case 'broken-text':
      return withPerson(rows, { Efternamn: readInWrongCodePage('Sjöberg-Åström') });
    case 'missing-sex':
      return withPerson(rows, { Kon: '' });
    case 'impossible-birth-date':
      return withPerson(rows, { Fodelsedatum: `${rows.person.PersonId.slice(0, 4)}1345` });
    case 'unknown-municipality':
      return withPerson(rows, { Lan: '03', Kommun: '99' });
  }
}

/** What becomes of UTF-8 that some program took for Windows-1252: `Ã¶` for `ö`. */
export function readInWrongCodePage(text: string): string {
  return new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
}

function withPerson(rows: LegacyRows, changed: Partial<PersonRow>): LegacyRows {
  return { ...rows, person: { ...rows.person, ...changed } };
}

function withIdentity(rows: LegacyRows, IdTyp: string, PersonId: string): LegacyRows {
  const identity = { IdTyp, PersonId };
  return {
    person: { ...rows.person, ...identity },
    addresses: rows.addresses.map((row) => ({ ...row, ...identity })),
    contacts: rows.contacts.map((row) => ({ ...row, ...identity })),
  };
}
