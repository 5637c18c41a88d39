import { type IdentityType, OID_NRID, OID_PNR, OID_SNR, type Oid } from './person-identifier.ts';

/** From the weakest to the strongest: links go upwards only, and the strongest number leads (TKB 5.1 ch. 6.13). */
export const STRENGTH_OF: Readonly<Record<IdentityType, number>> = {
  LRID: 0,
  NRID: 1,
  SNR: 2,
  PNR: 3,
};

/** The kind of an identity, by its root alone: every other root is a region's own. */
export function classifyRoot(root: Oid): IdentityType {
  switch (root) {
    case OID_PNR:
      return 'PNR';
    case OID_SNR:
      return 'SNR';
    case OID_NRID:
      return 'NRID';
    default:
      return 'LRID';
  }
}
