import { findHubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';

/** What a role says of itself, whenever something happens: it needs no timer of its own. */
export type RoleState =
  /** It has been asked for and has got nowhere yet. What does not get going stalls like what stopped moving. */
  | { readonly kind: 'starting' }
  /** It did something: committed a batch, published, read. */
  | { readonly kind: 'progress' }
  /** It looked and there is nothing to do; good for as long as it says, then it must have looked again. */
  | { readonly kind: 'idle'; readonly forMs: number }
  /** A person paused it. Nothing is expected until it says otherwise. */
  | { readonly kind: 'paused' }
  /** It found something that a person must see, although it goes on. Stays until it reports again. */
  | { readonly kind: 'alarm'; readonly reason: SafeText }
  /** It is over: another instance does the work now, or the role has ended in order. */
  | { readonly kind: 'stopped' };

export interface RoleHealth {
  readonly role: SafeText;
  readonly healthy: boolean;
  readonly state: RoleState['kind'] | 'stalled';
  readonly reason: SafeText | null;
  /** Since the last report. */
  readonly quietSeconds: number;
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly roles: readonly RoleHealth[];
}

/**
 * Health from progress, not from being alive: a role that neither moves nor says that it has nothing to do is unhealthy after
 * the stall time, although its process answers.
 */
export interface Health {
  report(role: SafeText, state: RoleState): void;
  read(): HealthReport;
}

export interface HealthOptions {
  readonly stallMs: number;
  /** What the instance is there for. Each counts as begun now: one that never says a word is no healthy one. */
  readonly roles: readonly SafeText[];
  /** Milliseconds that only rise; a parameter so that a test needs no waiting. */
  readonly now?: () => number;
}

export function createHealth(options: HealthOptions): Health {
  return new ProgressHealth(options);
}

/** What a role reports that waits because of a fault: the alarm with the code of it. */
export function alarmOf(error: unknown): RoleState {
  return { kind: 'alarm', reason: safeWord(findHubError(error)?.code ?? 'unknown') };
}

class ProgressHealth implements Health {
  readonly #stallMs: number;
  readonly #now: () => number;
  readonly #reports = new Map<SafeText, { readonly state: RoleState; readonly at: number }>();

  constructor({ stallMs, roles, now = () => performance.now() }: HealthOptions) {
    this.#stallMs = stallMs;
    this.#now = now;
    for (const role of roles) this.report(role, { kind: 'starting' });
  }

  report(role: SafeText, state: RoleState): void {
    this.#reports.set(role, { state, at: this.#now() });
  }

  read(): HealthReport {
    const now = this.#now();
    const roles = [...this.#reports].map(([role, { state, at }]) =>
      this.#judge(role, state, now - at),
    );
    return { healthy: roles.every((role) => role.healthy), roles };
  }

  #judge(role: SafeText, state: RoleState, quietMs: number): RoleHealth {
    const about = { role, quietSeconds: Math.floor(quietMs / 1_000) };
    switch (state.kind) {
      case 'starting':
      case 'progress':
      case 'idle': {
        const allowedMs = this.#stallMs + (state.kind === 'idle' ? state.forMs : 0);
        if (quietMs <= allowedMs) {
          return { ...about, healthy: true, state: state.kind, reason: null };
        }
        return { ...about, healthy: false, state: 'stalled', reason: STALLED };
      }
      case 'paused':
      case 'stopped':
        return { ...about, healthy: true, state: state.kind, reason: null };
      case 'alarm':
        return { ...about, healthy: false, state: 'alarm', reason: state.reason };
    }
  }
}

const STALLED = safeText('no progress and no word that there is nothing to do');
