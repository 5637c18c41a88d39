import type { Finding } from '../identity/work-item.ts';
import { NO_CHANGES } from './batch-changes.ts';
import type { DecideRules } from './decide-batch.ts';
import type { DueFollowUp, FollowUps, PersonStore, PersonTransaction } from './ports.ts';
import { rederiveIdentities } from './rederive.ts';

/** More people than this at one address is a home or a campus, which gives nobody away. */
const MOST_NEIGHBOURS = 500;

/**
 * Carries out what waits since protection came or went: whoever states a relation with the person is derived again, without it or with it, and
 * whoever lives where the person was published before becomes a work item. Each in a transaction of its own; a crash does it once more, which
 * changes nothing.
 *
 * @param now ISO 8601 in UTC, for latency figures.
 * @returns how many were carried out.
 */
export async function carryOutFollowUps(
  store: PersonStore,
  followUps: FollowUps,
  rules: DecideRules,
  limit: number,
  now: string,
): Promise<number> {
  const due = await followUps.due(limit);
  for (const followUp of due) {
    await lookAtRelatives(store, followUps, followUp, rules, now);
    await lookAtNeighbours(store, followUps, followUp);
  }
  return due.length;
}

async function lookAtRelatives(
  store: PersonStore,
  followUps: FollowUps,
  { id, identityKey }: DueFollowUp,
  rules: DecideRules,
  readAt: string,
): Promise<void> {
  const relatives = await followUps.findRelatives(identityKey);
  if (relatives.length === 0) return;
  await store.transact((transaction) =>
    rederiveIdentities(transaction, relatives, { number: id, readAt, byRelative: true }, rules),
  );
}

/**
 * Ends the follow-up in the same transaction: what another instance has found meanwhile is not found again, and an erasure takes the follow-up of the
 * person along. Neighbours are looked for while the phase is held, so that none of them is erased before the item about them is there to be erased too.
 */
async function lookAtNeighbours(
  store: PersonStore,
  followUps: FollowUps,
  { id, identityKey, addressHash, isProtected }: DueFollowUp,
): Promise<void> {
  const closed = isProtected ? [] : await followUps.findOpenAbout(identityKey);
  await store.transact(async (transaction) => {
    await transaction.readPhase();
    if (!(await transaction.finishFollowUp(id))) return;
    const opened = isProtected ? await neighbourItems(transaction, identityKey, addressHash) : [];
    await transaction.write({ ...NO_CHANGES, items: { opened, closed } });
  });
}

async function neighbourItems(
  transaction: PersonTransaction,
  other: DueFollowUp['identityKey'],
  addressHash: DueFollowUp['addressHash'],
): Promise<readonly Finding[]> {
  if (addressHash === null) return [];
  const neighbours = await transaction.findNeighbours(addressHash, other, MOST_NEIGHBOURS + 1);
  if (neighbours.length > MOST_NEIGHBOURS) return [];
  return neighbours.map((subject) => ({ kind: 'same-address-as-protected', subject, other }));
}
