import { type Finding, FOUND_ONCE, WORK_ITEM_RULES } from '../identity/work-item.ts';
import type { Identity } from '../person/person-identifier.ts';
import { NO_CHANGES } from './batch-changes.ts';
import type { DecideRules } from './decide-batch.ts';
import type { DecisionRequest, PersonStore } from './ports.ts';
import { rederiveIdentities } from './rederive.ts';
import type { IdentityGroup } from './stored-group.ts';

/** `not-open`: nobody is or was asked that. `not-a-choice`: another kind of item can be answered so. */
export type DecisionOutcome = 'done' | 'not-open' | 'not-a-choice';

/**
 * Stores what somebody decided, as evidence, and derives the persons whom it is about anew, in one transaction. Carried out again, after a crash
 * that came before the answer, it is done.
 *
 * @param identities those of `about.subject` and `about.other`.
 */
export async function applyDecision(
  store: PersonStore,
  request: DecisionRequest,
  identities: readonly Identity[],
  rules: DecideRules,
): Promise<DecisionOutcome> {
  const { about, choice, commandId, decidedAt } = request;
  if (!WORK_ITEM_RULES[about.kind].choices.includes(choice)) return 'not-a-choice';
  try {
    await store.transact(async (transaction) => {
      // First, as everybody does who locks persons: an erasure holds it alone.
      await transaction.readPhase();
      const groups = await transaction.lockKnownGroups(identities);
      const isNew = await transaction.recordDecision(request, flaggedSince(groups, about));
      if (!isNew) return;
      if (!areKnown(groups, about) || !groups.some((group) => isAsked(group, about))) {
        throw NOT_OPEN;
      }
      const reason = { number: commandId, readAt: decidedAt, byRelative: false };
      await rederiveIdentities(transaction, identities, reason, rules);
      // No evidence closes it.
      if (FOUND_ONCE.has(about.kind))
        await transaction.write({ ...NO_CHANGES, items: { opened: [], closed: [about] } });
    });
    return 'done';
  } catch (error) {
    if (error === NOT_OPEN) return 'not-open';
    throw error;
  }
}

/** Since when Master's flag stands that is decided about, as it is under the lock. */
function flaggedSince(groups: readonly IdentityGroup[], { subject }: Finding): number | null {
  for (const { identities } of groups) {
    for (const { identityKey, evidence } of identities) {
      if (identityKey !== subject) continue;
      const master = evidence.find(({ source }) => source === 'master');
      return master?.content?.protectedSince ?? null;
    }
  }
  return null;
}

/** Rolls the decision back. */
const NOT_OPEN = new Error('the work item is not open');

/** Neither was erased since the item was looked at. */
function areKnown(groups: readonly IdentityGroup[], { subject, other }: Finding): boolean {
  const keys = new Set(
    groups.flatMap(({ identities }) => identities.map(({ identityKey }) => identityKey)),
  );
  return keys.has(subject) && (other === null || keys.has(other));
}

/** Asked now, or answered before: whoever decided wrongly can decide again. What is found once is asked until it is answered. */
function isAsked({ openItems, decisions }: IdentityGroup, about: Finding): boolean {
  return (
    FOUND_ONCE.has(about.kind) || [...openItems, ...decisions].some((item) => isSame(item, about))
  );
}

function isSame(a: Finding, b: Finding): boolean {
  return a.kind === b.kind && a.subject === b.subject && a.other === b.other;
}
