import { classifyRoot, STRENGTH_OF } from '../person/identity-type.ts';
import { latestRecord } from './birth-of.ts';
import type { Member } from './form-clusters.ts';
import type { Finding } from './work-item.ts';

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
    return [{ identityKey, strength: STRENGTH_OF[classifyRoot(identity.root)], isReplaced }];
  });
  const most = known.reduce((highest, { strength }) => Math.max(highest, strength), -1);
  const strongest = known.filter(({ strength }) => strength === most);
  if (!strongest.every(({ isReplaced }) => isReplaced)) return undefined;
  const [subject, other] = strongest.map(({ identityKey }) => identityKey).sort();
  if (subject === undefined || other === undefined) return undefined;
  return { kind: 'references-in-a-circle', subject, other };
}
