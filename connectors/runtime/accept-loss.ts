import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { PersonStore } from '../../core/sync/ports.ts';
import type { CommandStore } from '../hub-store/command-store.ts';
import type { KafkaAdmin } from '../kafka/kafka-admin.ts';
import type { PartitionOffsets } from '../kafka/kafka-message.ts';
import type { Logger } from '../observability/logger.ts';

export interface AcceptLossOptions {
  readonly topic: string;
  readonly instance: string;
  readonly persons: PersonStore;
  readonly commands: Pick<CommandStore, 'list' | 'submit' | 'recordOutcome'>;
  readonly admin: Pick<KafkaAdmin, 'offsets'>;
  readonly log: Logger;
}

/** So many newer commands may stand above one that nobody has answered. */
const LOOK_BACK = 100;
const SOURCE = 'master';

/**
 * Carries out what a person has decided with `hub source accept-loss`: where the raw topic does not hold the stored offset any more, the core
 * goes on from the first offset that is there, and the source reads everything again. Without such a command nothing is touched, and
 * the core stops with the error that names it.
 *
 * The order is safe to be cut anywhere: reading again is asked for before any offset moves, and a command that finds nothing lost is
 * answered too, so that it does not wait to accept a loss that nobody has seen.
 */
export async function acceptLoss(options: AcceptLossOptions): Promise<void> {
  const { topic, instance, persons, commands, admin, log } = options;
  const open = (await commands.list(LOOK_BACK)).filter(
    ({ kind, target, outcomes }) =>
      kind === 'source-accept-loss' && target === SOURCE && outcomes.length === 0,
  );
  const [newest] = open;
  if (newest === undefined) return;

  const offsets = await admin.offsets(topic);
  const isLost = await persons.transact((transaction) => lostOf(transaction, offsets));
  if (isLost.length > 0) {
    await commands.submit({
      kind: 'source-resnapshot',
      target: SOURCE,
      arguments: {},
      reason: `command ${newest.id} accepted the loss of raw records`,
      requestedBy: newest.requestedBy,
      expectedState: null,
    });
    const reset = await persons.transact(async (transaction) => {
      const lost = await lostOf(transaction, offsets);
      for (const { partition, low } of lost) await transaction.resetOffset(topic, partition, low);
      return lost;
    });
    log.warn('goes on after lost records', { topic: safeWord(topic), partitions: reset.length });
  }
  for (const { id } of open) {
    const answer = isLost.length > 0 ? DONE : NOT_APPLICABLE;
    await commands.recordOutcome(id, { instance, ...answer });
  }
}

const DONE = { outcome: 'done', detail: null } as const;
const NOT_APPLICABLE: { readonly outcome: 'refused'; readonly detail: SafeText } = {
  outcome: 'refused',
  detail: safeText('not-applicable'),
};

type OffsetLock = Pick<Parameters<Parameters<PersonStore['transact']>[0]>[0], 'lockOffset'>;

/** The partitions whose stored offset the topic does not hold. One that has no stored offset begins at the first one anyway. */
async function lostOf(
  transaction: OffsetLock,
  offsets: readonly PartitionOffsets[],
): Promise<readonly PartitionOffsets[]> {
  const lost: PartitionOffsets[] = [];
  // In partition order, as every other instance does it: two that lock meet one after the other.
  for (const at of offsets) {
    const stored = await transaction.lockOffset(at.topic, at.partition);
    if (stored > 0 && (stored < at.low || stored > at.high)) lost.push(at);
  }
  return lost;
}
