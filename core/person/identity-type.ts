import { type IdentityType, OID_NRID, OID_PNR, OID_SNR, type Oid } from './person-identifier.ts';

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
