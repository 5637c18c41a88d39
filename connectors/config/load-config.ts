/** The only file that reads the environment. Everything else gets a {@link HubConfig}. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { safeWord } from '../../core/errors/log-safe.ts';
import { ConfigInvalidError, type ConfigProblem } from './config-problem.ts';
import { findContradictions } from './find-contradictions.ts';
import type { ConfigPurpose, HubConfig, MasterConfig, PuConfig } from './hub-config.ts';
import { SETTING_NAMES, type SettingName, type SettingValues, settingOf } from './settings.ts';

/** Names to texts, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process, for whoever must pass it on or show it. */
export function processEnvironment(): Environment {
  return process.env;
}

const INSTALLED_MAPPINGS = resolve(import.meta.dirname, '../../mappings');

/**
 * Reads and checks all settings. An empty variable counts as not set. A secret may lie in a file that `<NAME>_FILE` names.
 * @throws ConfigInvalidError with all problems at once.
 */
export function loadConfig(
  environment: Environment = process.env,
  purpose: ConfigPurpose = 'instance',
): HubConfig {
  const { values, problems } = readSettings(environment);
  // A setting that is wrong by itself is absent from `values`: what that contradicts says nothing new.
  const contradictions = findContradictions(values, purpose).filter(
    ({ setting }) => !problems.some((problem) => problem.setting === setting),
  );
  const all = [...problems, ...contradictions, ...findMisspelled(environment)];
  if (all.length > 0) throw new ConfigInvalidError(all);
  return deepFreeze(resolveConfig(values as SettingValues));
}

function readSettings(environment: Environment): {
  readonly values: Partial<SettingValues>;
  readonly problems: readonly ConfigProblem[];
} {
  const values: Record<string, unknown> = {};
  const problems: ConfigProblem[] = [];
  for (const name of SETTING_NAMES) {
    const setting = settingOf(name);
    const given = readText(environment, name);
    if ('problem' in given) {
      problems.push({ setting: given.setting, problem: given.problem });
      continue;
    }
    const text = given.text ?? setting.default;
    if (text === undefined) {
      if (!setting.optional) problems.push({ setting: name, problem: 'is not set' });
      continue;
    }
    const parsed = setting.kind.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push({ setting: name, problem: parsed.error.issues[0]?.message ?? 'is wrong' });
  }
  return { values: values as Partial<SettingValues>, problems };
}

/** The text of one setting, from the variable or, for a secret, from the file beside it. */
function readText(
  environment: Environment,
  name: SettingName,
): { readonly text: string | undefined } | ConfigProblem {
  const text = environment[name] === '' ? undefined : environment[name];
  const fileSetting = `${name}_FILE`;
  const file = settingOf(name).kind.secret ? environment[fileSetting] : undefined;
  if (file === undefined || file === '') return { text };
  if (text !== undefined) {
    return { setting: fileSetting, problem: `is set, and ${name} too; set one of them` };
  }
  try {
    return { text: readFileSync(file, 'utf8').trim() };
  } catch {
    // Not our bug and not worth a cause: the operator needs the setting's name, and gets it.
    return { setting: fileSetting, problem: 'names a file that cannot be read' };
  }
}

/**
 * A misspelled name would leave the default in force without a word. Only near misses count: an orchestrator may set variables
 * of its own that begin with HUB_.
 */
function findMisspelled(environment: Environment): readonly ConfigProblem[] {
  const known: readonly string[] = SETTING_NAMES.flatMap((name) =>
    settingOf(name).kind.secret ? [name, `${name}_FILE`] : [name],
  );
  return Object.keys(environment)
    .filter((name) => name.startsWith('HUB_') && !known.includes(name))
    .flatMap((name) => {
      const meant = known.find((candidate) => isNear(name, candidate));
      return meant === undefined
        ? []
        : [{ setting: name, problem: `is not a setting; did you mean ${meant}?` }];
    });
}

/** True when one inserted, left out or changed character turns one into the other, or only `_` differs. */
function isNear(a: string, b: string): boolean {
  if (a.replaceAll('_', '') === b.replaceAll('_', '')) return true;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  const rest = short.length === long.length ? start + 1 : start;
  return short.slice(rest) === long.slice(start + 1);
}

function resolveConfig(values: SettingValues): HubConfig {
  return {
    environment: values.HUB_ENVIRONMENT,
    instance: safeWord(values.HUB_INSTANCE ?? makeInstanceName()),
    roles: values.HUB_ROLES,
    secret: values.HUB_SECRET,
    mappingsDirectory: values.MAPPINGS_DIR ?? INSTALLED_MAPPINGS,
    kafka: {
      brokers: values.KAFKA_BROKERS,
      schemaRegistryUrl: values.SCHEMA_REGISTRY_URL.href.replace(/\/$/, ''),
      topicPrefix: values.HUB_TOPIC_PREFIX,
      consumerGroup: `${values.HUB_TOPIC_PREFIX}${values.HUB_CONSUMER_GROUP}`,
      personTopicPartitions: values.PERSON_TOPIC_PARTITIONS,
      topicReplicas: values.HUB_TOPIC_REPLICAS ?? (values.HUB_ENVIRONMENT === 'production' ? 3 : 1),
      tls:
        values.KAFKA_TLS === 'off'
          ? null
          : {
              ca: values.KAFKA_TLS_CA,
              cert: values.KAFKA_TLS_CERT,
              key: values.KAFKA_TLS_KEY,
            },
      login:
        values.KAFKA_USER === undefined || values.KAFKA_PASSWORD === undefined
          ? null
          : { user: values.KAFKA_USER, password: values.KAFKA_PASSWORD },
    },
    store: { url: values.DATABASE_URL },
    master: resolveMaster(values),
    pu: resolvePu(values),
    core: {
      batchRecords: values.HUB_BATCH_RECORDS,
      derivationPage: values.HUB_DERIVATION_PAGE,
      derivationBacklog: values.HUB_DERIVATION_BACKLOG,
      maxVanishingShare: values.HUB_MAX_VANISHING_SHARE,
    },
    publisher: {
      batchEntries: values.HUB_PUBLISH_BATCH,
      alarmSeconds: values.HUB_OUTBOX_ALARM_SECONDS,
    },
    consumers: {
      batchPersons: values.HUB_CONSUMER_BATCH,
      databases: values.HUB_CONSUMER_DATABASES,
    },
    lookUp: {
      host: values.LOOK_UP_HOST,
      port: values.LOOK_UP_PORT,
      tls:
        values.LOOK_UP_CERT === undefined || values.LOOK_UP_KEY === undefined
          ? null
          : { cert: values.LOOK_UP_CERT, key: values.LOOK_UP_KEY, ca: values.LOOK_UP_CA },
    },
    health: { stallSeconds: values.HUB_STALL_SECONDS },
    http: { port: values.HUB_HTTP_PORT },
    log: { level: values.HUB_LOG_LEVEL },
  };
}

function resolveMaster(values: SettingValues): MasterConfig | null {
  const url = values.MASTER_URL;
  if (url === undefined) return null;
  return {
    url,
    dialect: url.reveal().startsWith('mssql:') ? 'mssql' : 'pg',
    mode: values.MASTER_MODE,
    pollMs: values.MASTER_POLL_MS,
    chunkRows: values.MASTER_CHUNK_ROWS,
    maxRowBytes: values.MASTER_MAX_ROW_BYTES,
    maxRemovalShare: values.MASTER_MAX_REMOVAL_SHARE,
  };
}

function resolvePu(values: SettingValues): PuConfig | null {
  const { PU_URL: url, PU_REST_URL: restUrl, PU_CERT: cert, PU_KEY: key } = values;
  // All of them or none: `find-contradictions.ts` has seen to it.
  if (url === undefined || restUrl === undefined) return null;
  if (cert === undefined || key === undefined) return null;
  return {
    url,
    restUrl,
    tls: { ca: values.PU_CA, cert, key },
    logicalAddress: values.PU_LOGICAL_ADDRESS,
    contractVersion: values.PU_CONTRACT_VERSION,
    callsPerSecond: values.PU_CALLS_PER_SECOND,
    schedules: {
      'own-region': values.PU_SCHEDULE_OWN_REGION,
      'known-elsewhere': values.PU_SCHEDULE_KNOWN_ELSEWHERE,
      'reserve-identities': values.PU_SCHEDULE_RESERVE,
      'moved-out': values.PU_SCHEDULE_MOVED_OUT,
    },
    overlapSeconds: values.PU_OVERLAP_SECONDS,
    orderWaitMinutes: values.PU_ORDER_WAIT_MINUTES,
    pollMs: values.PU_POLL_MS,
    lateMinutes: values.PU_LATE_MINUTES,
    workDirectory: values.PU_WORK_DIR ?? tmpdir(),
  };
}

/** Letters for digits in the random part and no long host name, so that the name is always a log-safe word. */
function makeInstanceName(): string {
  const host = hostname()
    .split('.')[0]
    ?.replace(/[^a-zA-Z0-9-]/g, '-')
    .replace(/\d{6,}/g, 'n')
    .slice(0, 30);
  const chance = randomBytes(4)
    .toString('hex')
    .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? 'z');
  return `${host || 'host'}-${process.pid % 100_000}-${chance}`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value) as unknown[]) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
