import {
  type Identity,
  OID_NRID,
  OID_PNR,
  OID_SNR,
  type Oid,
} from '../../core/person/person-identifier.ts';
import { TEST_PNR } from '../support/person-builder.ts';

/**
 * Everybody whom a model world can hold: official test numbers of years in which nobody living was born, published examples of reserve
 * numbers, and two regions' local numbers that look the same.
 */
export const MODEL_IDENTITIES: readonly Identity[] = [
  { root: OID_PNR, extension: TEST_PNR[0] },
  { root: OID_PNR, extension: TEST_PNR[1] },
  { root: OID_PNR, extension: TEST_PNR[2] },
  { root: OID_SNR, extension: '189001619817' },
  { root: OID_NRID, extension: '22790814AA01' },
  { root: OID_NRID, extension: '22950606FH20' },
  // Blekinge and Sörmland: one shape, one text, two people.
  { root: '1.2.752.74.9.5' as Oid, extension: '18500501AA8A' },
  { root: '1.2.752.266.1.1.1' as Oid, extension: '18500501AA8A' },
];

/** A model speaks of identities by their number in {@link MODEL_IDENTITIES}. */
export function modelIdentity(who: number): Identity {
  const identity = MODEL_IDENTITIES[who % MODEL_IDENTITIES.length];
  if (identity === undefined) throw new Error('A model has identities.');
  return identity;
}
