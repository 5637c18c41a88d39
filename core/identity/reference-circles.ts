import { classifyRoot } from '../person/identity-type.ts';
import type { IdentityType } from '../person/person-identifier.ts';
import { latestRecord } from './birth-of.ts';
import type { Member } from './form-clusters.ts';
import type { Finding } from './work-item.ts';

const STRONGEST_FIRST: readonly IdentityType[] = ['PNR', 'SNR', 'NRID', 'LRID'];

/**
 * Numbers of one person that have all been replaced: among those of the strongest kind that a register has a record of, two or more, and
 * every one is deregistered as an old number (GN) by that record. Then none of them is the present one.
 */
export function findCircle(members: readonly Member[]): Finding | undefined {
  if (members.length < 2) return undefined;
  const known = members.flatMap(({ identity, identityKey, evidence }) => {
    const record = latestRecord(evidence);
    if (record === null) return [];
    const isReplaced = record.deregistration?.reason === 'GN';
    return [{ identityKey, type: classifyRoot(identity.root), isReplaced }];
  });
  const type = STRONGEST_FIRST.find((kind) => known.some((one) => one.type === kind));
  const strongest = known.filter((one) => one.type === type);
  if (!strongest.every(({ isReplaced }) => isReplaced)) return undefined;
  const [subject, other] = strongest.map(({ identityKey }) => identityKey).sort();
  if (subject === undefined || other === undefined) return undefined;
  return { kind: 'references-in-a-circle', subject, other };
}
