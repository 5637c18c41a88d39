import type { IdentityType } from '../person/person-identifier.ts';
import type { SourceName } from '../sync/source-record.ts';
import type { FieldGroup } from './golden-record.ts';

/**
 * How far the move of authority has come (design 4.6). `shadow`: golden records follow Master, PU is kept beside. `step-1`: real personnummer and
 * samordningsnummer follow PU, reserve numbers still Master, as Region Uppsala did it in 2024. `step-2`: reserve numbers follow PU too, by the
 * national format.
 */
export const PHASES = ['shadow', 'step-1', 'step-2'] as const;
export type Phase = (typeof PHASES)[number];

/** Field groups that a register decides. `identities` is the cluster's, `protection` has rules of its own. */
export type DecidedGroup = Exclude<FieldGroup, 'identities' | 'protection'>;
export const DECIDED_GROUPS = [
  'name',
  'sex',
  'birth',
  'deregistration',
  'marital-status',
  'membership',
  'locality',
  'addresses',
  'contacts',
  'relations',
  'contact-persons',
  'paper-preference',
] as const satisfies readonly DecidedGroup[];

/**
 * Who decides a field group, first choice first. The first register that has a record of the identity decides, also when its record leaves the
 * group empty: the two are never mixed within one identity's group, unless a register is not in the list at all.
 */
export type Authority = readonly SourceName[];

/**
 * `mappings/authority.json`, spread out: a cell for every phase, kind of number and group, none missing. Of the list of a cell the registers
 * that have a record of the identity count, in this order.
 */
export interface AuthorityTable {
  /** Rises with every change of the table: a rule has a version. */
  readonly version: number;
  readonly cells: Readonly<
    Record<Phase, Readonly<Record<IdentityType, Readonly<Record<DecidedGroup, Authority>>>>>
  >;
  /**
   * Whose record makes an identity known to consumers, in each phase and for each kind of number. A person is published when one of these
   * registers has a record of one of the person's identities.
   */
  readonly publishes: Readonly<Record<Phase, Readonly<Record<IdentityType, Authority>>>>;
}

/** What golden records are made by, beside the phase. */
export interface GoldenRules {
  readonly authority: AuthorityTable;
  /** True in production: test persons (testIndicator) are told to nobody, and counted (domain 8). */
  readonly dropsTestPersons: boolean;
}
