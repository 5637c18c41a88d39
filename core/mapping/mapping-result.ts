import type { Identity } from '../person/person-identifier.ts';
import type { PersonEvidence } from './person-evidence.ts';
import type { RejectedRecord } from './raised-protection.ts';

/** What became of one source message. Every outcome is expected; nothing is thrown. */
export type MappingResult =
  | { readonly kind: 'mapped'; readonly evidence: PersonEvidence }
  | { readonly kind: 'removed'; readonly identity: Identity }
  /** The source was asked and does not know the identity. */
  | { readonly kind: 'unknown'; readonly identity: Identity }
  | RejectedRecord;
