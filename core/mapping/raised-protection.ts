import type { Identity } from '../person/person-identifier.ts';
import type { SourceRow } from '../sync/source-record.ts';
import type { PersonEvidence } from './person-evidence.ts';
import type { Rejection, RowReader } from './row-reader.ts';

/** Sekretessmarkering (01003) and skyddad folkbokföring (01020). */
export type ProtectionFlags = Pick<PersonEvidence, 'protectedPerson' | 'protectedPopulationRecord'>;

/**
 * Of a record that is parked: its identity is sound, and at least one flag is set. A fault elsewhere in a record must not leave an address
 * published that the register has protected.
 */
export interface RaisedProtection extends ProtectionFlags {
  readonly identity: Identity;
}

/** A record that is parked, and what of it counts all the same. */
export interface RejectedRecord extends Rejection {
  readonly raises?: RaisedProtection;
}

/** @param read what could be read of the record; null: not even its identity. A flag that cannot be read is not set here: it raises nothing. */
export function rejectedRecord(
  rejection: Rejection,
  read: RaisedProtection | null,
): RejectedRecord {
  if (read === null) return rejection;
  const { identity, protectedPerson, protectedPopulationRecord } = read;
  if (!protectedPerson && !protectedPopulationRecord) return rejection;
  return { ...rejection, raises: { identity, protectedPerson, protectedPopulationRecord } };
}

/** By the names that the rows of all sources share. */
const FLAGS = ['protectedPerson', 'protectedPopulationRecord'] satisfies (keyof ProtectionFlags)[];

/** The flags of a row that are set: what protects somebody goes with the key of a record that must not be passed on. */
export function setFlagsOf(row: SourceRow): SourceRow {
  return Object.fromEntries(FLAGS.flatMap((flag) => (row[flag] === '1' ? [[flag, '1']] : [])));
}

export function readProtection(reader: RowReader): ProtectionFlags {
  return {
    protectedPerson: reader.flag('protectedPerson'),
    protectedPopulationRecord: reader.flag('protectedPopulationRecord'),
  };
}

/** Both flags of either. Raising never lifts. */
export function eitherFlag(a: ProtectionFlags, b: ProtectionFlags): ProtectionFlags {
  return {
    protectedPerson: a.protectedPerson || b.protectedPerson,
    protectedPopulationRecord: a.protectedPopulationRecord || b.protectedPopulationRecord,
  };
}
