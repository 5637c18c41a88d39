/**
 * Every setting of the hub, once. From this table come the parsing, `.env.example`, `hub config` and the list in
 * `hub run --help`; a test fails when one of them lags behind.
 */
import {
  cronText,
  folder,
  hostPorts,
  hsaId,
  httpsUrl,
  httpUrl,
  oneOf,
  readableFile,
  type Setting,
  type SettingEntry,
  secretKey,
  secretText,
  secretUrl,
  share,
  someOf,
  technicalName,
  wholeNumber,
} from './setting-kinds.ts';

/** What an instance does. One process may have all of them; several processes share them. */
export const HUB_ROLES = ['source', 'core', 'publisher', 'consumers', 'look-up'] as const;
export type HubRole = (typeof HUB_ROLES)[number];

/** The services that can be named in HUB_ALLOW_PLAINTEXT. */
export const PLAINTEXT_SERVICES = ['kafka', 'registry', 'store', 'master'] as const;
export type PlaintextService = (typeof PLAINTEXT_SERVICES)[number];

export const SETTINGS = {
  KAFKA_BROKERS: {
    section: 'Services',
    kind: hostPorts(),
    description: 'The Kafka brokers to begin with. The others are found through them.',
  },
  SCHEMA_REGISTRY_URL: {
    section: 'Services',
    kind: httpUrl(),
    description: 'The schema registry, with the path of its Confluent-compatible API.',
  },
  DATABASE_URL: {
    section: 'Services',
    kind: secretUrl(['postgres:', 'postgresql:']),
    description: "The hub's own store, a PostgreSQL database.",
  },
  MASTER_URL: {
    section: 'Services',
    optional: true,
    kind: secretUrl(['mssql:', 'postgres:', 'postgresql:']),
    description:
      'Master, with a login that can only read. The dialect follows from the scheme. The role source reads Master, PU or both.',
  },
  HUB_ALLOW_PLAINTEXT: {
    section: 'Services',
    default: '',
    kind: someOf(PLAINTEXT_SERVICES),
    description:
      'Services on other machines that may be reached without TLS in production, because the network protects the way.',
  },
  HUB_ENVIRONMENT: {
    section: 'Instance',
    default: 'production',
    kind: oneOf(['production', 'test', 'demo']),
    description:
      'Production refuses what is fit only for tests, such as a plain-text way to Master.',
  },
  HUB_ROLES: {
    section: 'Instance',
    default: 'source,core,publisher,consumers',
    kind: someOf(HUB_ROLES),
    description:
      'What this instance does: read Master and PU into Kafka, make persons of it, publish them, tell each consumer, answer look-ups. Any number of instances may share a role.',
  },
  HUB_INSTANCE: {
    section: 'Instance',
    optional: true,
    kind: technicalName(1, 80),
    description:
      'The name of this instance in logs, leases and commands; must be its own. Not set: made from host, process id and chance.',
  },
  HUB_SECRET: {
    section: 'Instance',
    kind: secretKey(32),
    description:
      'The key for the HMAC of identities and for parked payloads. The same for all instances, and for ever: another key makes strangers of all raw records.',
  },
  MAPPINGS_DIR: {
    section: 'Instance',
    optional: true,
    kind: folder(),
    description: "The region's mapping files. Not set: the folder mappings of this installation.",
  },
  MASTER_MODE: {
    section: 'Master',
    default: 'change-tracking',
    kind: oneOf(['change-tracking', 'rowversion', 'snapshot-diff']),
    description:
      'How changes are found. `hub preflight` names the modes that this Master can do, and why not the others.',
  },
  MASTER_POLL_MS: {
    section: 'Master',
    default: '50',
    kind: wholeNumber(10, 600_000, 'ms'),
    description: 'The pause between two looks for changes when the last one found none.',
  },
  MASTER_CHUNK_ROWS: {
    section: 'Master',
    default: '2000',
    kind: wholeNumber(10, 50_000, 'rows'),
    description: 'Rows in one read, in the first load and in the stream.',
  },
  MASTER_MAX_ROW_BYTES: {
    section: 'Master',
    default: '1000000',
    kind: wholeNumber(1_000, 1_000_000, 'bytes'),
    description:
      'A person with more than this is parked instead of sent. A Kafka message takes no more than the largest value.',
  },
  MASTER_MAX_REMOVAL_SHARE: {
    section: 'Master',
    default: '0.01',
    kind: share(),
    description:
      'When more than this share of the persons would be removed at once, the source stops and a person decides.',
  },
  PU_URL: {
    section: 'PU',
    optional: true,
    kind: httpsUrl(),
    description:
      'PU, up to where /strategicresourcemanagement begins. Not set: PU is not read, and the other settings of PU are not needed.',
  },
  PU_REST_URL: {
    section: 'PU',
    optional: true,
    kind: httpsUrl(),
    description: 'The REST service of PU, which takes files of identities. Needed with PU_URL.',
  },
  PU_CERT: {
    section: 'PU',
    optional: true,
    kind: readableFile(),
    description:
      'A PEM file with the certificate of this hub, which holds its HSA-id. Needed with PU_URL.',
  },
  PU_KEY: {
    section: 'PU',
    optional: true,
    kind: readableFile(),
    description: 'A PEM file with the key of PU_CERT. Needed with PU_URL.',
  },
  PU_CA: {
    section: 'PU',
    optional: true,
    kind: readableFile(),
    description:
      'A PEM file with the authorities that sign the certificate of PU. Not set: the ones of the system.',
  },
  PU_LOGICAL_ADDRESS: {
    section: 'PU',
    default: 'SE165565594230-1000',
    kind: hsaId(),
    description: 'The logical address of PU in every call.',
  },
  PU_CONTRACT_VERSION: {
    section: 'PU',
    default: '5',
    kind: oneOf(['5']),
    description: "The major version of PU's contracts that this hub asks in.",
  },
  PU_CALLS_PER_SECOND: {
    section: 'PU',
    default: '10',
    kind: wholeNumber(1, 10, 'calls'),
    description: 'At most so many calls to PU in a second, by all instances together.',
  },
  PU_SCHEDULE_OWN_REGION: {
    section: 'PU',
    default: '*/15 * * * *',
    kind: cronText(),
    description: 'When changes of persons in the own counties are asked for, in Swedish time.',
  },
  PU_SCHEDULE_KNOWN_ELSEWHERE: {
    section: 'PU',
    default: '5 * * * *',
    kind: cronText(),
    description: 'When changes of known persons in other counties are asked for.',
  },
  PU_SCHEDULE_RESERVE: {
    section: 'PU',
    default: '*/30 * * * *',
    kind: cronText(),
    description: 'When changes of reserve identities are asked for.',
  },
  PU_SCHEDULE_MOVED_OUT: {
    section: 'PU',
    default: '35 * * * *',
    kind: cronText(),
    description: 'When persons who left the own counties are asked for.',
  },
  PU_OVERLAP_SECONDS: {
    section: 'PU',
    default: '600',
    kind: wholeNumber(0, 86_400, 's'),
    description:
      'Each pull asks again from so long before its last one, since PU may show a change later than its time says.',
  },
  PU_ORDER_WAIT_MINUTES: {
    section: 'PU',
    default: '120',
    kind: wholeNumber(1, 10_080, 'min'),
    description: 'An order that is not ready after so long is placed again.',
  },
  PU_POLL_MS: {
    section: 'PU',
    default: '5000',
    kind: wholeNumber(100, 600_000, 'ms'),
    description: 'The pause between two questions whether an order is ready.',
  },
  PU_LATE_MINUTES: {
    section: 'PU',
    default: '120',
    kind: wholeNumber(1, 10_080, 'min'),
    description:
      'When a pull has not finished so long after it was due, the instance that reads PU is unhealthy.',
  },
  PU_WORK_DIR: {
    section: 'PU',
    optional: true,
    kind: folder(),
    description:
      'Where files of PU lie while they are read; personal data, so a folder of this user alone. Not set: the temporary folder of the system.',
  },
  KAFKA_TLS: {
    section: 'Kafka',
    default: 'off',
    kind: oneOf(['off', 'on']),
    description: 'Whether the brokers are reached with TLS.',
  },
  KAFKA_TLS_CA: {
    section: 'Kafka',
    optional: true,
    kind: readableFile(),
    description:
      "A PEM file with the authorities that sign the brokers' certificates. Not set: the ones of the system.",
  },
  KAFKA_TLS_CERT: {
    section: 'Kafka',
    optional: true,
    kind: readableFile(),
    description:
      'A PEM file with the certificate of this hub, where the brokers ask for one. Goes with KAFKA_TLS_KEY.',
  },
  KAFKA_TLS_KEY: {
    section: 'Kafka',
    optional: true,
    kind: readableFile(),
    description: 'A PEM file with the key of KAFKA_TLS_CERT.',
  },
  KAFKA_USER: {
    section: 'Kafka',
    optional: true,
    kind: technicalName(1, 120),
    description:
      'The user for SASL/SCRAM-SHA-512, where the brokers ask for one. Goes with KAFKA_PASSWORD.',
  },
  KAFKA_PASSWORD: {
    section: 'Kafka',
    optional: true,
    kind: secretText(),
    description: 'The password of KAFKA_USER.',
  },
  HUB_TOPIC_PREFIX: {
    section: 'Kafka',
    default: '',
    kind: technicalName(0, 60),
    description: 'Stands before every topic name, where several hubs share a cluster.',
  },
  HUB_CONSUMER_GROUP: {
    section: 'Kafka',
    default: 'hub.core',
    kind: technicalName(1, 120),
    description: 'The consumer group of the role core, after the prefix.',
  },
  PERSON_TOPIC_PARTITIONS: {
    section: 'Kafka',
    default: '6',
    kind: wholeNumber(1, 200, 'partitions'),
    description:
      'Partitions of each topic. Cannot change later: the partition of a person is computed from it.',
  },
  HUB_TOPIC_REPLICAS: {
    section: 'Kafka',
    optional: true,
    kind: wholeNumber(1, 9, 'replicas'),
    description:
      'Copies of each topic on different brokers. Not set: 3 in production, so that one broker may be lost, else 1.',
  },
  HUB_BATCH_RECORDS: {
    section: 'Main path and publisher',
    default: '1000',
    kind: wholeNumber(1, 10_000, 'records'),
    description: 'At most so many source records go into one transaction.',
  },
  HUB_DERIVATION_PAGE: {
    section: 'Main path and publisher',
    default: '1000',
    kind: wholeNumber(1, 10_000, 'identities'),
    description:
      'A switch of the phase and a rebuild derive about so many identities again in one transaction.',
  },
  HUB_DERIVATION_BACKLOG: {
    section: 'Main path and publisher',
    default: '20000',
    kind: wholeNumber(1, 10_000_000, 'entries'),
    description:
      'A switch of the phase and a rebuild wait while more outbox entries than this wait to be published.',
  },
  HUB_MAX_VANISHING_SHARE: {
    section: 'Main path and publisher',
    default: '0.01',
    kind: share(),
    description:
      'A switch of the phase or a rebuild by which a larger part of the persons would no longer be published stops until a person accepts it. Twenty may always.',
  },
  HUB_PUBLISH_BATCH: {
    section: 'Main path and publisher',
    default: '500',
    kind: wholeNumber(1, 10_000, 'entries'),
    description: 'At most so many outbox entries go into one send.',
  },
  HUB_OUTBOX_ALARM_SECONDS: {
    section: 'Main path and publisher',
    default: '60',
    kind: wholeNumber(1, 86_400, 's'),
    description: 'An outbox entry that waits longer than this makes the instance unhealthy.',
  },
  HUB_CONSUMER_BATCH: {
    section: 'Consumers',
    default: '1000',
    kind: wholeNumber(10, 10_000, 'persons'),
    description: 'At most so many persons are told to a consumer at once.',
  },
  HUB_CONSUMER_DATABASES: {
    section: 'Consumers',
    optional: true,
    kind: readableFile(),
    description:
      'A JSON file, {"<name of a consumer>": "<address of its database>"}, for consumers that get a table set. Holds passwords, so a file of this user alone.',
  },
  LOOK_UP_PORT: {
    section: 'Look-up',
    default: '9465',
    kind: wholeNumber(0, 65_535, 'port'),
    description:
      'The look-up is served here by the role look-up, on 127.0.0.1 only unless LOOK_UP_HOST says otherwise. 0 takes a free port.',
  },
  LOOK_UP_HOST: {
    section: 'Look-up',
    default: '127.0.0.1',
    kind: technicalName(1, 120),
    description: 'The address that the look-up listens on. Any other than this machine needs TLS.',
  },
  LOOK_UP_CERT: {
    section: 'Look-up',
    optional: true,
    kind: readableFile(),
    description: 'A PEM file with the certificate of the look-up. Goes with LOOK_UP_KEY.',
  },
  LOOK_UP_KEY: {
    section: 'Look-up',
    optional: true,
    kind: readableFile(),
    description: 'A PEM file with the key of LOOK_UP_CERT.',
  },
  LOOK_UP_CA: {
    section: 'Look-up',
    optional: true,
    kind: readableFile(),
    description:
      "A PEM file with the authorities that sign callers' certificates. Set: a caller may show a certificate instead of a token.",
  },
  HUB_STALL_SECONDS: {
    section: 'Operation',
    default: '60',
    kind: wholeNumber(5, 86_400, 's'),
    description:
      'A role with work to do and no progress for this long makes the instance unhealthy.',
  },
  HUB_HTTP_PORT: {
    section: 'Operation',
    default: '9464',
    kind: wholeNumber(0, 65_535, 'port'),
    description: '/health and /metrics are served here, on 127.0.0.1 only. 0 takes a free port.',
  },
  HUB_LOG_LEVEL: {
    section: 'Operation',
    default: 'info',
    kind: oneOf(['debug', 'info', 'warn', 'error']),
    description: 'The least severe lines that are printed.',
  },
} as const satisfies Readonly<Record<string, SettingEntry & Pick<Setting<unknown>, 'kind'>>>;

export type SettingName = keyof typeof SETTINGS;

/** The names in the order of the table. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** One setting with its type forgotten, for printing. */
export function settingOf(name: SettingName): Setting<unknown> {
  return SETTINGS[name];
}

/** What each setting gives: undefined only where it is optional. */
export type SettingValues = {
  readonly [N in SettingName]: (typeof SETTINGS)[N]['kind'] extends Setting<infer T>['kind']
    ? (typeof SETTINGS)[N] extends { readonly optional: true }
      ? T | undefined
      : T
    : never;
};
