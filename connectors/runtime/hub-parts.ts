import type { HubConfig } from '../config/hub-config.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { KafkaClient } from '../kafka/kafka-client.ts';
import type { MappingFiles } from '../mapping-files/load-mapping-files.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { InstanceCounters } from './instance-heartbeat.ts';

/** What the roles share. */
export interface HubParts {
  readonly config: HubConfig;
  readonly files: MappingFiles;
  readonly store: HubStore;
  readonly kafka: KafkaClient;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly counters: InstanceCounters;
  readonly log: Logger;
}
