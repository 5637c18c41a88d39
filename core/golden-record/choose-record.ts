import type { PersonEvidence } from '../mapping/person-evidence.ts';
import type { SourceName } from '../sync/source-record.ts';
import type { StoredEvidence } from '../sync/stored-group.ts';
import type { Authority } from './authority.ts';
import type { GoldenInput } from './golden-input.ts';

/** One identity of a cluster with its evidence. */
export type GoldenMember = GoldenInput['members'][number];

/** A record that a register has: not removed, and not the answer that the identity is unknown. */
export interface RegisterRecord extends StoredEvidence {
  readonly content: PersonEvidence;
}

export function isRecord(evidence: StoredEvidence): evidence is RegisterRecord {
  return evidence.content !== null;
}

/** @returns undefined when the register has no record of the identity. */
export function recordBy(member: GoldenMember, source: SourceName): RegisterRecord | undefined {
  for (const evidence of member.evidence) {
    if (evidence.source === source && isRecord(evidence)) return evidence;
  }
  return undefined;
}

/**
 * The record that decides: that of the first register of the list that has one. The registers are never mixed within a group of fields.
 * @returns undefined when no register of the list has a record: then nobody says anything.
 */
export function chooseRecord(
  member: GoldenMember,
  authority: Authority,
): RegisterRecord | undefined {
  for (const source of authority) {
    const record = recordBy(member, source);
    if (record !== undefined && record.content.isOnlyFlags !== true) return record;
  }
  return undefined;
}
