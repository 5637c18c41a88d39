import type {
  BatchChanges,
  EvidenceWrite,
  IdentityWrite,
  PersonWrite,
} from '../../core/sync/batch-changes.ts';
import { comparePositions } from '../../core/sync/source-record.ts';
import { findingText, identityByKey, joinText, type PlainState } from './plain-state.ts';

/**
 * Writes everything that a batch changes, and refuses what no store could take: a version that does not rise, a person or evidence that is
 * called new and is not, or a key that nobody has.
 */
export function writeChanges(state: PlainState, changes: BatchChanges): void {
  for (const write of changes.evidence) writeEvidence(state, write);
  for (const write of changes.identities) writeIdentity(state, write);
  for (const write of changes.persons) writePerson(state, write);
  for (const join of changes.links.ended) state.joins.delete(joinText(join));
  for (const join of changes.links.begun) state.joins.set(joinText(join), join);
  for (const item of changes.items.closed) state.items.delete(findingText(item));
  for (const item of changes.items.opened) {
    identityByKey(state, item.subject);
    state.items.set(findingText(item), item);
  }
  for (const followUp of changes.followUps) {
    state.single.followUp += 1n;
    state.followUps.set(state.single.followUp, followUp);
  }
  state.purges.push(...changes.purges);
  writeParked(state, changes);
}

function writeEvidence(state: PlainState, { identityKey, evidence, isNew }: EvidenceWrite): void {
  const kept = identityByKey(state, identityKey);
  const { source } = evidence;
  const others = kept.evidence.filter((stored) => stored.source !== source);
  if (isNew !== (others.length === kept.evidence.length)) {
    throw new Error(`Evidence of ${source} about ${identityKey} is not as its writer believes.`);
  }
  state.identities.set(identityKey, { ...kept, evidence: [...others, evidence] });
}

function writeIdentity(state: PlainState, { identityKey, ...change }: IdentityWrite): void {
  state.identities.set(identityKey, { ...identityByKey(state, identityKey), ...change });
}

function writePerson(
  state: PlainState,
  { person, isNew, events, cause, membership, addressHash }: PersonWrite,
): void {
  const { personKey, version } = person;
  const before = state.persons.get(personKey)?.person;
  if (isNew !== (before === undefined) || version <= (before?.version ?? 0)) {
    throw new Error(`Version ${version} of ${personKey} does not follow ${before?.version}.`);
  }
  state.persons.set(personKey, { person, cause, addressHash });
  state.events.push(...events.map((event) => ({ personKey, version, event })));
  if (membership !== null) state.memberships.push({ personKey, ...membership });
}

function writeParked(state: PlainState, { cleared, parked }: BatchChanges): void {
  for (const { identityHash, position } of cleared) {
    const parkedAt = state.parked.get(identityHash)?.position;
    if (!parkedAt || comparePositions(position, parkedAt) >= 0) state.parked.delete(identityHash);
  }
  for (const record of parked) {
    const { identityHash, topic, partition, offset } = record;
    state.parked.set(identityHash || `${topic} ${partition} ${offset}`, record);
  }
}
