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

/** The pulls that ask PU for what changed, each on a schedule of its own (Inera's four cases of a local PU). */
export type PuSchedules = Readonly<
  Record<'own-region' | 'known-elsewhere' | 'reserve-identities' | 'moved-out', string>
>;

/** Where PU is and how it is asked. */
export interface PuConfig {
  /** Without a slash at the end. */
  readonly url: string;
  readonly restUrl: string;
  /** PEM texts; without `ca` the system's authorities are trusted. */
  readonly tls: {
    readonly ca: Secret | undefined;
    readonly cert: Secret;
    readonly key: Secret;
  };
  readonly logicalAddress: string;
  readonly contractVersion: SettingValues['PU_CONTRACT_VERSION'];
  readonly callsPerSecond: number;
  /** Cron expressions. */
  readonly schedules: PuSchedules;
  readonly overlapSeconds: number;
  readonly orderWaitMinutes: number;
  readonly pollMs: number;
  readonly lateMinutes: number;
  readonly workDirectory: string;
}

/** How much the role core does at once. */
export interface CoreConfig {
  /** Source records in one transaction. */
  readonly batchRecords: number;
  /** Identities that one transaction derives again. */
  readonly derivationPage: number;
  /** Outbox entries; while more wait, nothing is derived again. */
  readonly derivationBacklog: number;
  /** Above 0, at most 1. */
  readonly maxVanishingShare: number;
}

/** PEM texts. Undefined: the system's authorities; no certificate of our own. */
export interface KafkaTls {
  readonly ca: Secret | undefined;
  readonly cert: Secret | undefined;
  readonly key: Secret | undefined;
}

/** Where the look-up is served. PEM texts; null: in plain text, for this machine alone. */
export interface LookUpConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: {
    readonly cert: Secret;
    readonly key: Secret;
    /** Who signs the certificates of callers; undefined: they show tokens. */
    readonly ca: Secret | undefined;
  } | null;
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
  /** Null when MASTER_URL is not set. An instance with the role source has Master or PU or both; an operator's may lack both. */
  readonly master: MasterConfig | null;
  /** Null when PU_URL is not set. */
  readonly pu: PuConfig | null;
  readonly core: CoreConfig;
  readonly publisher: { readonly batchEntries: number; readonly alarmSeconds: number };
  readonly consumers: {
    /** Persons that are told to a consumer at once. */
    readonly batchPersons: number;
    /** JSON: the address of the database of each consumer that gets a table set. Undefined: none gets one. */
    readonly databases: Secret | undefined;
  };
  readonly lookUp: LookUpConfig;
  readonly health: { readonly stallSeconds: number };
  readonly http: { readonly port: number };
  readonly log: { readonly level: SettingValues['HUB_LOG_LEVEL'] };
}
