import { safeWord } from '../../core/errors/log-safe.ts';
import { topicName } from '../kafka/topics.ts';
import { acceptLoss } from './accept-loss.ts';
import { WakeUp } from './cancellable-wait.ts';
import { carryOutCoreCommand } from './carry-out-core-command.ts';
import { composeConsumerCommands } from './consumer-commands-role.ts';
import { CORE_COMMANDS, runCoreCommandsRole } from './core-commands-role.ts';
import { CORE, runCoreRole } from './core-role.ts';
import { countDecisions } from './count-decisions.ts';
import { DERIVATION, runDerivationRole } from './derivation-role.ts';
import { createTraceFinder } from './find-source-traces.ts';
import { FOLLOW_UPS, runFollowUpRole } from './follow-up-role.ts';
import type { HubParts } from './hub-parts.ts';
import { observeSince } from './observe-since.ts';
import { decideRules, processRules, RAW_TOPIC } from './process-rules.ts';
import { composePurgeAcks, PURGE_ACKS } from './purge-ack-role.ts';
import type { Role } from './run-roles.ts';
import { SOURCES } from './source-role.ts';
import { runUpkeepRole, UPKEEP } from './upkeep-role.ts';

/** What the core calls itself when it reports its health. */
export const CORE_HEALTH_NAMES = [CORE, DERIVATION, FOLLOW_UPS, UPKEEP, PURGE_ACKS];

/** The main path, and beside it what makes persons anew without a record of a register: walks, follow-ups, commands. */
export function composeCore(parts: HubParts): readonly Role[] {
  const { config, store, metrics, health, log } = parts;
  const rules = decideRules(parts.files, config.environment);
  const derivationWakeUp = new WakeUp();
  const findTraces = createTraceFinder(parts, store);
  return [
    {
      name: UPKEEP,
      run: (signal) => runUpkeepRole({ store, metrics, health, log, signal }),
    },
    {
      name: FOLLOW_UPS,
      run: (signal) => runFollowUpRole({ store, rules, health, log, signal }),
    },
    {
      name: DERIVATION,
      run: (signal) =>
        runDerivationRole({
          store: store.persons,
          derivations: store.derivations,
          outbox: store.outbox,
          rules,
          limits: config.core,
          onPage: (counts) => {
            metrics.add('hub_derivation_persons_total', {}, counts.clusters);
            countDecisions(metrics, counts);
          },
          wakeUp: derivationWakeUp,
          health,
          log,
          signal,
        }),
    },
    {
      name: CORE_COMMANDS,
      run: (signal) =>
        runCoreCommandsRole({
          store,
          instance: config.instance,
          carryOut: async (command) => {
            const result = await carryOutCoreCommand(command, store, rules, findTraces);
            derivationWakeUp.call();
            return result;
          },
          log,
          signal,
        }),
    },
    // Here and not with the consumers: both need rights that the login of those who talk to consumers does not have.
    composePurgeAcks(parts),
    composeConsumerCommands(parts),
    composeMainPath(parts),
  ];
}

function composeMainPath(parts: HubParts): Role {
  const { config, store, kafka, metrics, counters, health, log } = parts;
  const rules = processRules(parts.files, config.environment);
  // Both, whatever registers this instance reads: another one may read the other.
  const sources = SOURCES.map((source) => ({
    source,
    topic: topicName(RAW_TOPIC[source], config.kafka.topicPrefix),
    rules: rules[source],
  }));
  const sourceOf = new Map(sources.map(({ topic, source }) => [topic, source]));
  return {
    name: CORE,
    run: (signal) =>
      runCoreRole({
        groupId: config.kafka.consumerGroup,
        rules: new Map(sources.map(({ topic, rules }) => [topic, rules])),
        batchRecords: config.core.batchRecords,
        store: store.persons,
        storedOffset: async (topic, partition) => {
          const offset = await store.persons.transact((tx) => tx.lockOffset(topic, partition));
          return offset === 0 ? undefined : offset;
        },
        acceptLoss: async () => {
          for (const { source, topic } of sources) {
            await acceptLoss({
              source,
              topic,
              instance: config.instance,
              persons: store.persons,
              commands: store.commands,
              admin: kafka.admin,
              log,
            });
          }
        },
        runConsumer: (options) => kafka.runConsumer(options),
        stallMs: config.health.stallSeconds * 1_000,
        onRestart: () => metrics.add('hub_core_consumer_restarts_total', {}),
        onBatchDone: (batch, outcome, lag) => {
          counters.committed += batch.records.length;
          counters.lag.set(`${batch.topic}/${batch.partition}`, lag);
          const source = sourceOf.get(batch.topic) ?? 'master';
          metrics.add('hub_core_records_total', { source }, batch.records.length);
          metrics.add('hub_core_batches_total', {});
          countDecisions(metrics, outcome);
          const at = { topic: safeWord(batch.topic), partition: batch.partition };
          metrics.set('hub_core_consumer_lag_records', at, lag);
          metrics.add('hub_erased_records_refused_total', { source }, outcome.refused);
          for (const code of outcome.parked) metrics.add('hub_core_parked_total', { code });
          const readAt = batch.records.flatMap(({ message }) => message?.readAt ?? []);
          observeSince(metrics, 'hub_read_to_committed_seconds', readAt);
        },
        health,
        log,
        signal,
      }),
  };
}
