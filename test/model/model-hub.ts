import type { Phase } from '../../core/golden-record/authority.ts';
import type { Decision, Finding } from '../../core/identity/work-item.ts';
import type { IdentityKey, PersonKey } from '../../core/person/person-identifier.ts';
import type { PurgeOrder } from '../../core/sync/batch-changes.ts';
import type { FollowUps, PersonStore, PhaseState } from '../../core/sync/ports.ts';
import type { StoredIdentity, StoredPerson } from '../../core/sync/stored-group.ts';

/** A store under test, with what a person or a command does to it. */
export interface ModelHub {
  readonly store: PersonStore;
  readonly followUps: FollowUps;
  /** With the consent of somebody who has seen how many vanish. */
  switchPhase(phase: Phase): Promise<void>;
  askForRebuild(): Promise<void>;
  /** How many wait, due or not. */
  countFollowUps(): Promise<number>;
  /** What the publisher would send of every key with a change: its state as it is now. */
  readPublished(): Promise<readonly StoredPerson[]>;
  /** Everything that consumers were told to forget. */
  readPurges(): Promise<readonly OrderedPurge[]>;
}

export interface OrderedPurge extends PurgeOrder {
  readonly personKey: PersonKey;
}

/** Everything that a hub holds at one moment, read through the port alone. */
export interface HubView {
  readonly phase: PhaseState;
  /** Somebody is still to be derived again. */
  readonly isWalking: boolean;
  readonly identities: readonly StoredIdentity[];
  readonly persons: readonly StoredPerson[];
  readonly openItems: readonly Finding[];
  readonly decisions: readonly Decision[];
}

export async function lookInto({ store }: ModelHub): Promise<HubView> {
  return await store.transact(async (transaction) => {
    const phase = await transaction.readPhase();
    const isWalking = (await transaction.lockDerivation()) !== undefined;
    const identities: StoredIdentity[] = [];
    const persons: StoredPerson[] = [];
    const openItems: Finding[] = [];
    const decisions = new Map<bigint, Decision>();
    let after: IdentityKey | null = null;
    do {
      const page = await transaction.lockGroupPage(after, 3);
      for (const group of page.groups) {
        identities.push(...group.identities);
        persons.push(...group.persons);
        openItems.push(...group.openItems);
        for (const decision of group.decisions) decisions.set(decision.id, decision);
      }
      after = page.next;
    } while (after !== null);
    return { phase, isWalking, identities, persons, openItems, decisions: [...decisions.values()] };
  });
}
