import type { AddressKind, PostalAddress } from '../../mapping/person-evidence.ts';
import type { IdentityType } from '../../person/person-identifier.ts';
import type { DisclosedContact } from '../disclosed-person.ts';
import { addressKindExtension, careOfElement } from './fhir-systems.ts';
import type { FhirAddress, FhirContactPoint } from './fhir-types.ts';

type AddressUse = Pick<FhirAddress, 'use' | 'type'>;

/** SNOMED's Swedish edition, as HL7 Sweden's extension for official kinds of addresses has them (1.1.0). */
const CODE_OF: Readonly<Record<AddressKind, string>> = {
  residential: '63381000052101',
  'special-postal': '63391000052104',
  abroad: '63401000052101',
  given: '63411000052104',
};

/** @param mainType the kind of number that the person is known by. */
export function fhirAddress(
  { kind, careOf, lines, postalCode, city, country }: PostalAddress,
  mainType: IdentityType | undefined,
): FhirAddress {
  const line = careOf === null ? lines : [careOf, ...lines];
  return {
    extension: [addressKindExtension(CODE_OF[kind])],
    ...useOf(kind, mainType),
    ...(line.length > 0 && { line }),
    ...(careOf !== null && { _line: [careOfElement(careOf), ...lines.map(() => null)] }),
    ...(city !== null && { city }),
    ...(postalCode !== null && { postalCode }),
    ...(country !== null && { country }),
  };
}

/**
 * The table of HL7 Sweden's extension, which leaves the residential address free. A special postal address is where post goes; for somebody with a
 * samordningsnummer it is the only one, so it is taken as the home too.
 */
function useOf(kind: AddressKind, mainType: IdentityType | undefined): AddressUse {
  if (kind === 'residential') return { use: 'home', type: 'both' };
  if (kind !== 'special-postal') return { use: 'home' };
  return mainType === 'SNR' ? { use: 'home', type: 'both' } : { type: 'postal' };
}

/** R4 knows mobiles as telephones of that use. */
export function fhirContactPoint({
  channel,
  value,
}: Pick<DisclosedContact, 'channel' | 'value'>): FhirContactPoint {
  if (channel === 'email') return { system: 'email', value };
  return { system: 'phone', value, ...(channel === 'mobile' && { use: 'mobile' }) };
}
