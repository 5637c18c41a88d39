import { identityText } from '../../core/person/person-identifier.ts';
import type { PersonTransaction } from '../../core/sync/ports.ts';
import { createFollowUps } from './plain-follow-ups.ts';
import { groupPage, groupsOf } from './plain-groups.ts';
import type { PlainState } from './plain-state.ts';
import { writeChanges } from './plain-write.ts';

/** A transaction on the state itself; whoever runs it keeps a copy to go back to. */
export function createTransaction(state: PlainState): PersonTransaction {
  const { offsets, single } = state;
  return {
    lockOffset: async (topic, partition) => offsets.get(`${topic} ${partition}`) ?? 0,
    readPhase: async () => single.phase,
    lockGroups: async (identities) => groupsOf(state, identities),
    lockKnownGroups: async (identities) =>
      groupsOf(
        state,
        identities.filter((identity) => state.keys.has(identityText(identity))),
      ),
    readProtected: async (identities) =>
      new Set(
        identities.map(identityText).filter((text) => {
          const key = state.keys.get(text);
          return key !== undefined && state.identities.get(key)?.isProtected;
        }),
      ),
    // Nobody is ever erased here.
    findErased: async () => undefined,
    recordDecision: async ({ commandId, about, choice }, flaggedSince) => {
      if (state.decisions.some((decision) => decision.commandId === commandId)) return false;
      const id = BigInt(state.decisions.length + 1);
      state.decisions.push({
        id,
        commandId,
        ...about,
        choice,
        flaggedSince,
      });
      return true;
    },
    finishFollowUp: async (id) => state.followUps.delete(id),
    findNeighbours: createFollowUps(state).findNeighbours,
    lockDerivation: async () =>
      single.derivation?.state === 'running' ? single.derivation : undefined,
    saveDerivation: async (derivation) => {
      single.derivation = derivation;
    },
    lockGroupPage: async (after, limit) => groupPage(state, after, limit),
    write: async (changes) => writeChanges(state, changes),
    advanceOffset: async (topic, partition, nextOffset) => {
      offsets.set(`${topic} ${partition}`, nextOffset);
    },
    resetOffset: async (topic, partition, offset) => {
      offsets.set(`${topic} ${partition}`, offset);
    },
  };
}
