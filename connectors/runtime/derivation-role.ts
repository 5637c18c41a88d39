import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { DecideCounts, DecideRules } from '../../core/sync/decide-batch.ts';
import type { Derivation, Outbox, PersonStore } from '../../core/sync/ports.ts';
import { stepDerivation } from '../../core/sync/rederive.ts';
import type { CoreConfig } from '../config/hub-config.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { WakeUp } from './cancellable-wait.ts';
import { GO_ON, idleFor, keepLooking, type Look } from './keep-looking.ts';

export const DERIVATION: SafeText = safeText('derivation');

const LOOK_MS = 5_000;
/** While another instance is at a page, or publishing is behind. */
const SOON_MS = 1_000;
/** So few persons may vanish whatever their share: in a small store one is much. */
const LEAST_VANISHING = 20;

export interface DerivationRoleOptions {
  readonly store: PersonStore;
  readonly derivations: Pick<HubStore['derivations'], 'show'>;
  readonly outbox: Pick<Outbox, 'backlog'>;
  readonly rules: DecideRules;
  readonly limits: Omit<CoreConfig, 'batchRecords'>;
  readonly onPage: (counts: DecideCounts) => void;
  /** Ends the wait for a walk. */
  readonly wakeUp: WakeUp;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Derives everybody again, page by page, while a switch of the phase or a rebuild is under way, until the signal. Several instances take turns:
 * a page is one's own. It waits for the publishers, so that what the registers say now does not have to wait behind a whole population.
 */
export async function runDerivationRole(options: DerivationRoleOptions): Promise<void> {
  const { wakeUp, health, log, signal } = options;
  const told = new Set<number>();
  const look = (): Promise<Look> => lookForPage(options, told);
  await keepLooking({ name: DERIVATION, look, wakeUp, health, log, signal });
}

async function lookForPage(options: DerivationRoleOptions, told: Set<number>): Promise<Look> {
  const { store, derivations, outbox, rules, limits, log, onPage } = options;
  const walk = await derivations.show();
  if (walk === undefined || walk.state === 'done') return idleFor(LOOK_MS);
  if (walk.state === 'stopped' && !walk.acceptsVanishing) return stopped(walk, told, log);
  const backlog = await outbox.backlog();
  const waiting = backlog.reduce((sum, partition) => sum + partition.waiting, 0);
  if (waiting > limits.derivationBacklog) return idleFor(SOON_MS);
  const step = await stepDerivation(store, rules, {
    pageIdentities: limits.derivationPage,
    maxVanishingShare: limits.maxVanishingShare,
    leastVanishing: LEAST_VANISHING,
  });
  switch (step.kind) {
    case 'idle':
      return idleFor(SOON_MS);
    case 'stopped':
      return stopped(step.derivation, told, log);
    case 'page': {
      onPage(step.counts);
      const { id, state, persons, changed, vanished } = step.derivation;
      if (state === 'done') {
        log.info('everybody is derived again', { walk: id, persons, changed, vanished });
      }
      return GO_ON;
    }
  }
}

/** In every instance, and again after a start: the alarm stays until somebody decides. The log says it once. */
function stopped({ id, persons, vanished }: Derivation, told: Set<number>, log: Logger): Look {
  if (!told.has(id)) {
    told.add(id);
    log.warn('too many persons would vanish: HUB_SYNC_DERIVATION_STOPPED', {
      walk: id,
      persons,
      vanished,
    });
  }
  return { state: { kind: 'alarm', reason: STOPPED }, againInMs: LOOK_MS };
}

const STOPPED = safeText('HUB_SYNC_DERIVATION_STOPPED');
