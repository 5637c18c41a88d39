/**
 * The identities of one person that PU has joined. Each record of such a group lists all the others, and exactly one of the group is the
 * main identity (`primaryIdentity`).
 */
import { classifyRoot } from '../../../core/person/identity-type.ts';
import type { IdentityType, Oid } from '../../../core/person/person-identifier.ts';
import type { PuIdentity, PuRecord } from '../../population/pu-record.ts';

export type FindRecord = (identity: PuIdentity) => PuRecord | undefined;

/** From the weakest to the strongest (TKB 5.1 ch. 6.13). */
const HIERARCHY: readonly IdentityType[] = ['LRID', 'NRID', 'SNR', 'PNR'];

export function identityType({ personalIdentity }: PuRecord): IdentityType {
  return classifyRoot(personalIdentity.root as Oid);
}

/** A personal or coordination number. */
export function isStateIdentity(record: PuRecord): boolean {
  return rank(record) >= HIERARCHY.indexOf('SNR');
}

export function rank(record: PuRecord): number {
  return HIERARCHY.indexOf(identityType(record));
}

export function isSameIdentity(a: PuIdentity, b: PuIdentity): boolean {
  return a.root === b.root && a.extension === b.extension;
}

/** The record and all that its links lead to, itself first. */
export function linkedGroup(record: PuRecord, find: FindRecord): readonly PuRecord[] {
  const members = [record];
  for (const member of members) {
    for (const { referredPersonalIdentity } of member.linkedIdentity ?? []) {
      const isListed = members.some(({ personalIdentity }) =>
        isSameIdentity(personalIdentity, referredPersonalIdentity),
      );
      const linked = isListed ? undefined : find(referredPersonalIdentity);
      if (linked !== undefined) members.push(linked);
    }
  }
  return members;
}

/**
 * The records with links between all of them. Links that exist keep their level; a new one is `level4` between numbers of Skatteverket's,
 * which only Skatteverket joins, and else `level3` (TKB 5.1 ch. 6.13).
 */
export function asLinkedGroup(records: readonly PuRecord[], main: PuRecord): readonly PuRecord[] {
  const isMain = ({ personalIdentity }: PuRecord): boolean =>
    isSameIdentity(personalIdentity, main.personalIdentity);
  return records.map((record) => {
    const { linkedIdentity, ...kept } = record;
    const links = records
      .filter((other) => other !== record)
      .map((other) => ({
        referredPersonalIdentity: other.personalIdentity,
        assuranceLevel:
          linkedIdentity?.find(({ referredPersonalIdentity }) =>
            isSameIdentity(referredPersonalIdentity, other.personalIdentity),
          )?.assuranceLevel ??
          (isStateIdentity(record) && isStateIdentity(other) ? 'level4' : 'level3'),
        primaryIdentity: isMain(other),
      }));
    return {
      ...kept,
      primaryIdentity: isMain(record),
      ...(links.length > 0 && { linkedIdentity: links }),
    };
  });
}

/** The main identity of a group: the strongest kind, among equals the one that was main, among those the first. */
export function chooseMain(records: readonly PuRecord[]): PuRecord {
  return records.reduce((main, record) => {
    const difference = rank(record) - rank(main);
    const isChosen =
      difference > 0 || (difference === 0 && record.primaryIdentity && !main.primaryIdentity);
    return isChosen ? record : main;
  });
}
