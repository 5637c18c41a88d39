import { safeWord } from '../../core/errors/log-safe.ts';
import type { PersonStore, PersonTransaction } from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type CommandStore, MOST_UNANSWERED } from '../hub-store/command-store.ts';
import type { KafkaAdmin } from '../kafka/kafka-admin.ts';
import type { PartitionOffsets } from '../kafka/kafka-message.ts';
import type { Logger } from '../observability/logger.ts';
import { ACCEPT_LOSS, READ_AGAIN } from './operations/source-commands.ts';

export interface AcceptLossOptions {
  /** Whose raw topic it is. */
  readonly source: SourceName;
  readonly topic: string;
  readonly instance: string;
  readonly persons: PersonStore;
  readonly commands: Pick<CommandStore, 'unanswered' | 'submit' | 'recordOutcome'>;
  readonly admin: Pick<KafkaAdmin, 'offsets'>;
  readonly log: Logger;
}

/**
 * Carries out what a person has decided with `hub source accept-loss`: where the raw topic does not hold the stored offset any more, the core
 * goes on from the first offset that is there, and the source reads everything again. Without such a command nothing is touched, and
 * the core stops with the error that names it.
 *
 * The order is safe to be cut anywhere: reading again is asked for before any offset moves, and a command that finds nothing lost is
 * answered too, so that it does not wait to accept a loss that nobody has seen.
 */
export async function acceptLoss(options: AcceptLossOptions): Promise<void> {
  const { source, topic, instance, persons, commands, admin, log } = options;
  const open = (await commands.unanswered(MOST_UNANSWERED)).filter(
    ({ kind, target }) => kind === ACCEPT_LOSS && target === source,
  );
  const newest = open.at(-1);
  if (newest === undefined) return;

  const offsets = await admin.offsets(topic);
  const isLost = (await persons.transact((to) => findLost(to, offsets))).length > 0;
  if (isLost) {
    await commands.submit({
      kind: READ_AGAIN[source],
      target: source,
      arguments: {},
      reason: `command ${newest.id} accepted the loss of raw records`,
      requestedBy: newest.requestedBy,
      expectedState: null,
    });
    const partitions = await persons.transact(async (transaction) => {
      const lost = await findLost(transaction, offsets);
      for (const { partition, low } of lost) await transaction.resetOffset(topic, partition, low);
      return lost.length;
    });
    log.warn('the loss of raw records was accepted', { topic: safeWord(topic), partitions });
  }
  for (const { id } of open) {
    await commands.recordOutcome(id, {
      instance,
      outcome: isLost ? 'done' : 'refused',
      detail: isLost ? null : 'not-applicable',
    });
  }
}

/** The partitions that do not hold their stored offset. One without a stored offset begins at its first record anyway. */
async function findLost(
  transaction: PersonTransaction,
  offsets: readonly PartitionOffsets[],
): Promise<readonly PartitionOffsets[]> {
  const lost: PartitionOffsets[] = [];
  // In partition order: two instances that start at once meet one after the other.
  for (const at of offsets) {
    const stored = await transaction.lockOffset(at.topic, at.partition);
    if (stored > 0 && (stored < at.low || stored > at.high)) lost.push(at);
  }
  return lost;
}
