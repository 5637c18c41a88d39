import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import { carryOutConsumerCommand } from './carry-out-consumer-command.ts';
import { runCommandsRole } from './commands-role.ts';
import type { HubParts } from './hub-parts.ts';
import { daysToEnd } from './operations/consumer-agreement.ts';
import { CONSUMERS_TARGET } from './operations/consumer-commands.ts';
import type { Role } from './run-roles.ts';

/** Also the name of the lease. It does not begin as the leases on consumers do, whose names are people's choice. */
const CONSUMER_COMMANDS: SafeText = safeText('consumers-commands');

/** Carries out what is asked about consumers: see {@link runCommandsRole}. Beside it, the metrics tell how their agreements stand. */
export function composeConsumerCommands(
  parts: Pick<HubParts, 'config' | 'store' | 'kafka' | 'metrics' | 'log'>,
): Role {
  const { config, store, kafka, log } = parts;
  const eventTopic = topicName(TOPIC.personEvents, config.kafka.topicPrefix);
  const { consumers } = store;
  tellAgreements(parts);
  return {
    name: CONSUMER_COMMANDS,
    run: (signal) =>
      runCommandsRole({
        name: CONSUMER_COMMANDS,
        target: CONSUMERS_TARGET,
        store,
        instance: config.instance,
        carryOut: (command) =>
          carryOutConsumerCommand(command, { consumers, admin: kafka.admin, eventTopic }),
        log,
        signal,
      }),
  };
}

/** A consumer whose agreement is over is fed on: a person decides, and this is what calls for one. */
function tellAgreements({ store, metrics }: Pick<HubParts, 'store' | 'metrics'>): void {
  let told: readonly SafeText[] = [];
  metrics.beforeCollect(async () => {
    const all = await store.consumers.list();
    const names = all.map(({ name }) => safeWord(name));
    for (const consumer of told) {
      if (!names.includes(consumer)) metrics.forget('hub_consumer_agreement_days', { consumer });
    }
    for (const { name, agreement } of all) {
      const days = daysToEnd(agreement, Date.now());
      metrics.set('hub_consumer_agreement_days', { consumer: safeWord(name) }, days);
    }
    told = names;
  });
}
