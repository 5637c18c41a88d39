import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import type { GoldenRules, Phase } from '../../../core/golden-record/authority.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { PhaseComparison } from '../../../core/sync/compare-phases.ts';
import type { HubConfig } from '../../config/hub-config.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { PersonLineage } from '../../hub-store/person-lineage.ts';
import { AvroCodec } from '../../kafka/avro-codec.ts';
import type { KafkaClient } from '../../kafka/kafka-client.ts';
import { TOPIC, type TopicSpec } from '../../kafka/topics.ts';
import { loadMappingFiles } from '../../mapping-files/load-mapping-files.ts';
import type { PuSourceConfig } from '../../sources/pu/pu-source-config.ts';
import { openKafka, openStore, topicsOf } from '../open-parts.ts';
import { decideRules } from '../process-rules.ts';
import { pullScopeOf, puSourceSettings } from '../pu-source-settings.ts';
import { type ConsumerOperator, createConsumerOperator } from './consumer-operator.ts';
import { type EraseProof, proveErasure } from './erase-proof.ts';
import type { PreflightCheck } from './preflight.ts';
import { preflightChecks } from './preflight-checks.ts';
import { type DisclosurePreview, previewDisclosure } from './preview-disclosure.ts';
import { previewPhase } from './preview-phase.ts';
import type { UncoveredReport } from './print-uncovered.ts';
import { type PersonExplanation, readExplanation } from './read-explanation.ts';
import { type FreshnessReport, readFreshnessReport } from './read-freshness.ts';
import type { ReadRecordsPorts } from './read-records.ts';

/** What the commands of an operator work with. Everything connects at its first use, so a command needs only what it asks. */
export interface Operator extends AsyncDisposable {
  readonly store: HubStore;
  readonly kafka: KafkaClient;
  readonly topicTable: readonly TopicSpec[];
  readonly recordPorts: ReadRecordsPorts;
  readonly preflightChecks: readonly PreflightCheck[];
  /** One of our topics by its name without the prefix, any other topic as it is. */
  topicName(name: string): string;
  readFreshness(): Promise<FreshnessReport>;
  /** Undefined: PU is not configured. @param after where the page of persons begins; null: at the beginning. */
  readUncovered(after: PersonKey | null, limit: number): Promise<UncoveredReport | undefined>;
  /** Undefined: the signal ended it. @param onPage called now and then with what is counted so far. */
  previewPhase(
    to: Phase,
    onPage: (comparison: PhaseComparison) => void,
    signal: AbortSignal,
  ): Promise<{ readonly from: Phase; readonly comparison: PhaseComparison } | undefined>;
  /** The profiles in the files, by name. */
  readConsumers(): Promise<ReadonlyMap<string, ConsumerProfile>>;
  /** What is done for consumers that were added, or are to be. */
  readonly consumers: ConsumerOperator;
  /** Undefined: nobody has this key. */
  previewDisclosure(
    profile: ConsumerProfile,
    key: PersonKey,
  ): Promise<DisclosurePreview | undefined>;
  /** Undefined: nobody has or had this key, or the signal ended it. @param values what to search for, as people write it. */
  proveErasure(
    key: PersonKey,
    values: readonly string[],
    signal: AbortSignal,
  ): Promise<EraseProof | undefined>;
  /** Undefined: nobody has this key. */
  explain(
    key: PersonKey,
  ): Promise<
    { readonly lineage: PersonLineage; readonly explanation: PersonExplanation } | undefined
  >;
}

/** Few: an operator asks one thing after the other, beside instances that need the connections more. */
const POOL_SIZE = 3;

/** Opens the hub for an operator: the same store and topics as the instances with this configuration, and no role. */
export function createOperator(config: HubConfig): Operator {
  const store = openStore(config, POOL_SIZE);
  const kafka = openKafka(config);
  const avro = new AvroCodec({
    registryUrl: config.kafka.schemaRegistryUrl,
    clientId: safeText('hub-operator'),
  });
  const topicTable = topicsOf(config);
  const recordPorts: ReadRecordsPorts = {
    readTopic: (options) => kafka.readTopic(options),
    decodeAvro: async (value) => {
      const decoded = await avro.decode(value);
      return decoded.kind === 'tombstone' ? null : decoded.record;
    },
  };
  return {
    store,
    kafka,
    topicTable,
    recordPorts,
    preflightChecks: preflightChecks(config, { store, kafka, topicTable }),
    topicName: (name) => {
      const isOurs = Object.values(TOPIC).some((topic) => topic === name);
      return isOurs ? `${config.kafka.topicPrefix}${name}` : name;
    },
    readFreshness: async () => {
      return await readFreshnessReport(store, (await readPuSettings(config)) ?? null, Date.now());
    },
    readUncovered: async (after, limit) => {
      const settings = await readPuSettings(config);
      if (settings === undefined) return undefined;
      const coverage = store.pullCoverage(pullScopeOf(settings));
      return { ...(await coverage.count()), page: await coverage.page(after, limit) };
    },
    previewPhase: async (to, onPage, signal) => {
      const rules = await readRules(config);
      const { phase } = await store.phases.read();
      const comparison = await previewPhase(store, { from: phase, to, rules, onPage, signal });
      return comparison && { from: phase, comparison };
    },
    readConsumers: async () => (await loadMappingFiles(config.mappingsDirectory)).consumers,
    consumers: createConsumerOperator(config, { store, kafka, avro }),
    previewDisclosure: async (profile, key) => await previewDisclosure(store, profile, key),
    proveErasure: async (key, values, signal) => {
      const { decodeAvro } = recordPorts;
      const { topicPrefix } = config.kafka;
      const topics = topicTable.map(({ topic }) => topic);
      return await proveErasure(
        { store, kafka, decodeAvro, topicPrefix, topics },
        key,
        values,
        signal,
      );
    },
    explain: async (key) => {
      const lineage = await store.readLineage(key);
      if (lineage === undefined) return undefined;
      const explanation = await readExplanation(store, lineage, await readRules(config));
      return explanation && { lineage, explanation };
    },
    async [Symbol.asyncDispose]() {
      await kafka.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function readPuSettings(config: HubConfig): Promise<PuSourceConfig | undefined> {
  if (config.pu === null) return undefined;
  const files = await loadMappingFiles(config.mappingsDirectory);
  return puSourceSettings(config.environment, config.pu, files);
}

async function readRules(config: HubConfig): Promise<GoldenRules> {
  const files = await loadMappingFiles(config.mappingsDirectory);
  return decideRules(files, config.environment).golden;
}
