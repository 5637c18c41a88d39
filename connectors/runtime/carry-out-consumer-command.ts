import type { StoredCommand } from '../hub-store/command-store.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { KafkaAdmin } from '../kafka/kafka-admin.ts';
import type { CommandResult } from './command-loop.ts';
import { standingOf } from './operations/consumer-agreement.ts';
import { type ConsumerCommand, readConsumerCommand } from './operations/consumer-commands.ts';

/** What commands about consumers change and look at. */
export interface ConsumerCommandPorts {
  readonly consumers: HubStore['consumers'];
  readonly admin: Pick<KafkaAdmin, 'offsetsSince'>;
  /** `person.events.v1` with its prefix. */
  readonly eventTopic: string;
}

/**
 * Carries out a command about a consumer. Each is kept with the consumer by its number, so doing it again, after a crash that came before the answer,
 * changes nothing and gives the same answer.
 *
 * @throws HubError, retriable, when the store or Kafka is away: the command stays unanswered and is done again.
 */
export async function carryOutConsumerCommand(
  stored: StoredCommand,
  ports: ConsumerCommandPorts,
): Promise<CommandResult> {
  const command = readConsumerCommand(stored);
  if (command === undefined) return 'unknown-command';
  const { consumers } = ports;
  switch (command.kind) {
    case 'consumer-add':
      // By the day on which it was asked for: an instance that was away meanwhile does not make it another question.
      if (standingOf(command.consumer.agreement, stored.requestedAt).kind === 'over') {
        return 'agreement-over';
      }
      return await consumers.add(command.consumer, stored.id);
    case 'consumer-renew':
      if (standingOf(command.agreement, stored.requestedAt).kind === 'over') {
        return 'agreement-over';
      }
      return await consumers.renew(command.name, command.agreement, stored.id);
    case 'consumer-change': {
      const { name, profile, seen } = command;
      return await consumers.startWalk(name, { kind: 'change', profile }, seen, stored.id);
    }
    case 'consumer-pause':
      return await consumers.pause(command.name, stored.id);
    case 'consumer-resume':
      return await consumers.resume(command.name, stored.id);
    case 'consumer-replay':
      return await replay(command, stored.id, ports);
    case 'consumer-touch':
      return await consumers.touch(command.name, command.personKeys, true, stored.id);
    case 'consumer-drop':
      return await consumers.startWalk(command.name, { kind: 'drop' }, command.seen, stored.id);
  }
}

async function replay(
  { name, what, seen }: Extract<ConsumerCommand, { kind: 'consumer-replay' }>,
  commandId: bigint,
  { consumers, admin, eventTopic }: ConsumerCommandPorts,
): Promise<CommandResult> {
  if (what === 'all') return await consumers.startWalk(name, { kind: 'replay' }, seen, commandId);
  if (what === 'repair') {
    return await consumers.startWalk(name, { kind: 'repair' }, seen, commandId);
  }
  const found = await admin.offsetsSince(eventTopic, what.since);
  const offsets = found.map(({ partition, offset }) => ({ partition, nextOffset: offset }));
  return await consumers.replaySince(name, offsets, seen, commandId);
}
