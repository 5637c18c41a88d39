/** What must not compile: a hidden value or a row of a child table of somebody protected. Checked by the compiler alone. */
import type { PersonRows } from '../../connectors/sinks/consumers/table/person-rows.ts';

type MaskedRows = Extract<PersonRows, { readonly kind: 'protected-person' }>;
declare const masked: MaskedRows;

export const withMunicipality: MaskedRows['person'] = {
  ...masked.person,
  // @ts-expect-error a municipality tells where somebody protected lives
  membership_municipality: '0380',
};
export const withAddress: MaskedRows['children'] = {
  ...masked.children,
  // @ts-expect-error there is no place for addresses
  hub_address: [],
};
// @ts-expect-error rows of somebody unprotected are no rows of somebody protected
export const unmasked: MaskedRows = masked as PersonRows as Exclude<PersonRows, MaskedRows>;
