import { PlainStore } from '../scenarios/plain-store.ts';
import type { ModelHub } from './model-hub.ts';

/** A hub whose store is maps, and one transaction after the other. */
export function createPlainHub(): ModelHub {
  const store = new PlainStore();
  return {
    store,
    followUps: store.followUps,
    switchPhase: async (phase) => store.switchPhase(phase),
    askForRebuild: async () => store.askForDerivation('rebuild'),
    countFollowUps: async () => store.state.followUps.size,
    readPublished: async () => store.persons,
    readPurges: async () => store.state.purges,
  };
}
