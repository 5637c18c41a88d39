import { dispositionOf, findHubError } from '../../core/errors/hub-error.ts';
import type { SafeText } from '../../core/errors/log-safe.ts';
import { alarmOf, type Health, type RoleState } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { WakeUp, waitMs } from './cancellable-wait.ts';

const BACK_OFF_MS = 1_000;
/** About so long two instances that met in the store keep apart. */
const CONFLICT_MS = 50;

/** What a look for work found, and in how many milliseconds to look again: 0 is at once. */
export interface Look {
  readonly state: RoleState;
  readonly againInMs: number;
}

export interface LookingRole {
  readonly name: SafeText;
  /** Looks for work, and does a piece of it. */
  readonly look: () => Promise<Look>;
  /** Ends the wait before a look. */
  readonly wakeUp?: WakeUp;
  /** However often it is woken, two looks of which the first found nothing are at least so far apart. */
  readonly leastMs?: number;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Looks for work again and again until the signal. When two instances meet in the store it looks again, when a service is away it waits and goes
 * on; only a fault that no waiting mends ends it.
 */
export async function keepLooking(role: LookingRole): Promise<void> {
  const { name, health, signal, wakeUp = new WakeUp(), leastMs = 0 } = role;
  while (!signal.aborted) {
    const againInMs = await lookOnce(role);
    if (againInMs > 0) await waitMs(Math.min(leastMs, againInMs), signal);
    await wakeUp.wait(Math.max(0, againInMs - leastMs), signal);
  }
  health.report(name, { kind: 'stopped' });
}

/** @returns after how many milliseconds to look again. */
async function lookOnce({ name, look, health, log }: LookingRole): Promise<number> {
  try {
    const { state, againInMs } = await look();
    health.report(name, state);
    return againInMs;
  } catch (error) {
    // Without a word to health: what meets others for ever stalls.
    if (findHubError(error)?.code === 'HUB_STORE_CONFLICT')
      return CONFLICT_MS * (1 + Math.random());
    if (dispositionOf(error) !== 'retriable') throw error;
    health.report(name, alarmOf(error));
    log.error('work waits for a service', error, { role: name });
    return BACK_OFF_MS;
  }
}

/** Nothing to do; look again after so long. */
export function idleFor(milliseconds: number): Look {
  return { state: { kind: 'idle', forMs: milliseconds }, againInMs: milliseconds };
}

/** Something was done, and there may be more. */
export const GO_ON: Look = { state: { kind: 'progress' }, againInMs: 0 };
