import { FOUND_ONCE } from '../../core/identity/work-item.ts';
import { type IdentityKey, identityText } from '../../core/person/person-identifier.ts';
import type { FollowUps, PersonTransaction } from '../../core/sync/ports.ts';
import { identityByKey, type PlainState } from './plain-state.ts';

/** Transactions run one after the other here, so that every follow-up is due at once. */
export function createFollowUps(
  state: PlainState,
): FollowUps & Pick<PersonTransaction, 'findNeighbours'> {
  return {
    due: async (limit) =>
      [...state.followUps].slice(0, limit).map(([id, followUp]) => ({ ...followUp, id })),

    findRelatives: async (identityKey) => {
      const about = identityText(identityByKey(state, identityKey).identity);
      return [...state.identities.values()]
        .filter(({ evidence }) =>
          evidence.some(({ content }) =>
            content?.relations.some(({ identity }) => identity && identityText(identity) === about),
          ),
        )
        .map(({ identity }) => identity);
    },

    findNeighbours: async (addressHash, identityKey, limit) => {
      const own = identityByKey(state, identityKey).personKey;
      return [...state.persons]
        .filter(([key, kept]) => key !== own && kept.addressHash === addressHash)
        .map(([key]) => key as string as IdentityKey)
        .slice(0, limit);
    },

    findOpenAbout: async (identityKey) =>
      [...state.items.values()].filter(
        ({ kind, other }) => FOUND_ONCE.has(kind) && other === identityKey,
      ),
  };
}
