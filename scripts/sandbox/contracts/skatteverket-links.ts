import type { PuIdentity, PuRecord } from '../../population/pu-record.ts';
import {
  asLinkedGroup,
  type FindRecord,
  isSameIdentity,
  isStateIdentity,
  linkedGroup,
} from './linked-identities.ts';

/**
 * PU's own linking: two numbers of Skatteverket's are joined when each refers to the other and exactly one of them is active (PU wiki,
 * Automatkoppling). The active one becomes the main identity, and every reserve identity that was linked to either follows
 * along. To be done with all records that Skatteverket changes, before they are put into the register.
 *
 * @param records as Skatteverket states them now.
 * @param find the register as it is before.
 * @returns the records, and those that get other links through them.
 */
export function withSkatteverketLinks(
  records: readonly PuRecord[],
  find: FindRecord,
): readonly PuRecord[] {
  const changed = new Map(records.map((record) => [identityKey(record.personalIdentity), record]));
  const findNow: FindRecord = (identity) => changed.get(identityKey(identity)) ?? find(identity);
  for (const { personalIdentity, referredPersonalIdentities } of records) {
    for (const { referredPersonalIdentity } of referredPersonalIdentities ?? []) {
      const record = findNow(personalIdentity);
      const other = findNow(referredPersonalIdentity);
      if (record === undefined || other === undefined || !areJoined(record, other)) continue;
      const main = isActive(record) ? record : other;
      for (const member of asLinkedGroup(bothGroups(record, other, findNow), main)) {
        changed.set(identityKey(member.personalIdentity), member);
      }
    }
  }
  return [...changed.values()];
}

function areJoined(record: PuRecord, other: PuRecord): boolean {
  return (
    isStateIdentity(record) &&
    isStateIdentity(other) &&
    refersTo(record, other) &&
    refersTo(other, record) &&
    isActive(record) !== isActive(other)
  );
}

function refersTo({ referredPersonalIdentities }: PuRecord, other: PuRecord): boolean {
  return (referredPersonalIdentities ?? []).some(
    ({ referredPersonalIdentity, referredPersonalIdentityStatus }) =>
      referredPersonalIdentityStatus !== 'AS' &&
      isSameIdentity(referredPersonalIdentity, other.personalIdentity),
  );
}

function isActive({ deregistration }: PuRecord): boolean {
  return deregistration?.deregistrationReasonCode === undefined;
}

function bothGroups(record: PuRecord, other: PuRecord, find: FindRecord): readonly PuRecord[] {
  const group = linkedGroup(record, find);
  const added = linkedGroup(other, find).filter(
    ({ personalIdentity }) =>
      !group.some((member) => isSameIdentity(member.personalIdentity, personalIdentity)),
  );
  return [...group, ...added];
}

function identityKey({ root, extension }: PuIdentity): string {
  return `${root};${extension}`;
}
