import type { SafeText } from '../../core/errors/log-safe.ts';
import type { Secret } from './secret.ts';
import type { HubRole, SettingValues } from './settings.ts';

/** Who asks: an instance with its roles, or a command of an operator, which has none and needs nothing for them. */
export type ConfigPurpose = 'instance' | 'operator';

/** Where Master is and how it is read. */
export interface MasterConfig {
  readonly url: Secret;
  readonly dialect: 'mssql' | 'pg';
  readonly mode: SettingValues['MASTER_MODE'];
  readonly pollMs: number;
  readonly chunkRows: number;
  readonly maxRowBytes: number;
  /** Above 0, at most 1. */
  readonly maxRemovalShare: number;
}

/** PEM texts. Undefined: the system's authorities; no certificate of our own. */
export interface KafkaTls {
  readonly ca: Secret | undefined;
  readonly cert: Secret | undefined;
  readonly key: Secret | undefined;
}

/** The resolved configuration: checked, without contradictions, frozen to the bottom. Made only by `load-config.ts`. */
export interface HubConfig {
  readonly environment: SettingValues['HUB_ENVIRONMENT'];
  /** The name of this instance, its own among all instances. */
  readonly instance: SafeText;
  readonly roles: readonly HubRole[];
  readonly secret: Secret;
  readonly mappingsDirectory: string;
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly schemaRegistryUrl: string;
    readonly topicPrefix: string;
    /** With the prefix. */
    readonly consumerGroup: string;
    readonly personTopicPartitions: number;
    readonly topicReplicas: number;
    /** Null: in plain text. */
    readonly tls: KafkaTls | null;
    /** Null: no SASL. The mechanism is SCRAM-SHA-512. */
    readonly login: { readonly user: string; readonly password: Secret } | null;
  };
  readonly store: { readonly url: Secret };
  /** Null when MASTER_URL is not set; never null in an instance with the role source. An operator's may be null whatever the roles. */
  readonly master: MasterConfig | null;
  readonly core: { readonly batchRecords: number };
  readonly publisher: { readonly batchEntries: number; readonly alarmSeconds: number };
  readonly health: { readonly stallSeconds: number };
  readonly http: { readonly port: number };
  readonly log: { readonly level: SettingValues['HUB_LOG_LEVEL'] };
}
