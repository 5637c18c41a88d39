import type { FieldGroup } from './golden-record.ts';

/** What the record of a protected person has no place for (TKB 5.1 ch. 8, profile 1). */
export const HIDDEN_GROUPS: ReadonlySet<FieldGroup> = new Set([
  'marital-status',
  'locality',
  'addresses',
  'contacts',
  'relations',
  'contact-persons',
  'paper-preference',
]);
