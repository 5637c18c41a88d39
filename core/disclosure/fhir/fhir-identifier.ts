import type { GoldenIdentity } from '../../golden-record/golden-record.ts';
import { classifyRoot, STRENGTH_OF } from '../../person/identity-type.ts';
import type { Identity, IdentityType } from '../../person/person-identifier.ts';
import type { FhirIdentifier } from './fhir-types.ts';

/** As HL7 Sweden's base profiles (1.1.0) name them. A region's own kind of number has no such name, only its root. */
const SYSTEM_OF: Readonly<Record<Exclude<IdentityType, 'LRID'>, string>> = {
  PNR: 'http://electronichealth.se/identifier/personnummer',
  SNR: 'http://electronichealth.se/identifier/samordningsnummer',
  NRID: 'http://electronichealth.se/identifier/nationelltReservnummer',
};

/** All numbers of a person, in their order, with what each is to the consumer. */
export function fhirIdentifiers(identities: readonly GoldenIdentity[]): readonly FhirIdentifier[] {
  const main = mainTypeOf(identities);
  return identities.map((identity) => ({
    use: useOf(identity, main),
    ...fhirIdentifier(identity),
  }));
}

export function fhirIdentifier(identity: Identity): FhirIdentifier {
  const type = classifyRoot(identity.root);
  const system = type === 'LRID' ? `urn:oid:${identity.root}` : SYSTEM_OF[type];
  return { system, value: identity.extension };
}

/** The kind of number that the consumer knows the person by. */
export function mainTypeOf(identities: readonly GoldenIdentity[]): IdentityType | undefined {
  return identities.find(({ main }) => main)?.type;
}

/**
 * A number of Skatteverket that stands beside one as strong, or a stronger one, was replaced by it. A reserve number beside another number is none the less
 * a number that the person may be found by, and so is one that the consumer has only put last.
 */
function useOf({ main, type }: GoldenIdentity, mainType: IdentityType | undefined) {
  if (main) return 'official';
  const isReplaced =
    STRENGTH_OF[type] >= STRENGTH_OF.SNR &&
    mainType !== undefined &&
    STRENGTH_OF[type] <= STRENGTH_OF[mainType];
  return isReplaced ? 'old' : 'secondary';
}
