import type { AddressKind, PostalAddress } from './person-evidence.ts';
import type { RowReader } from './row-reader.ts';

const ADDRESS_LINES = ['line1', 'line2', 'line3'] as const;
const NO_POSTAL_CODE = /^0+$/;
const FIVE_DIGITS = /^\d{5}$/;

/** The address in the row that the reader stands on; null when the row says nothing but its kind, or that kind is not known. */
export function readPostalAddress(
  reader: RowReader,
  kind: AddressKind | null,
): PostalAddress | null {
  const careOf = reader.text('careOf');
  const lines = ADDRESS_LINES.map((field) => reader.text(field)).filter((line) => line !== null);
  const postalCode = kind === 'abroad' ? reader.text('postalCode') : readSwedishPostalCode(reader);
  const city = reader.text('city');
  const country = reader.text('country');
  const isEmpty = careOf === null && lines.length === 0 && city === null && country === null;
  if (kind === null || (isEmpty && postalCode === null)) return null;
  return { kind, careOf, lines, postalCode, city, country };
}

/** `753 10` and `75310` are the same; 0 is how registers write that there is none. */
function readSwedishPostalCode(reader: RowReader): string | null {
  const value = reader.value('postalCode')?.replaceAll(' ', '') ?? null;
  if (value === null || NO_POSTAL_CODE.test(value)) return null;
  return FIVE_DIGITS.test(value)
    ? value
    : reader.reject('HUB_PERSON_POSTAL_CODE_INVALID', 'postalCode');
}
