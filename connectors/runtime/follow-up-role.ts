import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { DecideRules } from '../../core/sync/decide-batch.ts';
import { carryOutFollowUps } from '../../core/sync/follow-up.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { WakeUp } from './cancellable-wait.ts';
import { GO_ON, idleFor, keepLooking, type Look } from './keep-looking.ts';

export const FOLLOW_UPS: SafeText = safeText('follow-ups');

/** Carried out between two looks. */
const AT_ONCE = 100;
const LOOK_MS = 5_000;
/** While some wait for transactions that ran when protection changed. */
const SOON_MS = 1_000;

export interface FollowUpRoleOptions {
  readonly store: Pick<HubStore, 'persons' | 'followUps' | 'notices'>;
  readonly rules: DecideRules;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Looks again at the relatives and neighbours of whoever became protected, or is no longer, until the signal. Several instances may do the same
 * one at once: the second finds nothing to change.
 */
export async function runFollowUpRole(options: FollowUpRoleOptions): Promise<void> {
  const { store, rules, health, log, signal } = options;
  const wakeUp = new WakeUp();
  // Protection that changes writes to the outbox; most of what does is something else, so it looks seldom all the same.
  using _listening = store.notices.on('outbox', () => wakeUp.call());
  const look = async (): Promise<Look> => {
    const now = new Date().toISOString();
    const done = await carryOutFollowUps(store.persons, store.followUps, rules, AT_ONCE, now);
    if (done > 0) return GO_ON;
    return idleFor((await store.followUps.countWaiting()) > 0 ? SOON_MS : LOOK_MS);
  };
  await keepLooking({
    name: FOLLOW_UPS,
    look,
    wakeUp,
    leastMs: SOON_MS / 2,
    health,
    log,
    signal,
  });
}
