/** What single settings cannot see: two that do not fit together, and ways in plain text over a network. */
import type { ConfigProblem } from './config-problem.ts';
import type { ConfigPurpose } from './hub-config.ts';
import type { Secret } from './secret.ts';
import type { PlaintextService, SettingName, SettingValues } from './settings.ts';

/** @param values the settings that were valid one by one; checks that need another one are left out. */
export function findContradictions(
  values: Partial<SettingValues>,
  purpose: ConfigPurpose,
): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const add = (setting: SettingName, problem: string) => problems.push({ setting, problem });

  if (values.HUB_ROLES?.length === 0) add('HUB_ROLES', 'must name at least one role');
  const reads = purpose === 'instance' && values.HUB_ROLES?.includes('source');
  if (reads && values.MASTER_URL === undefined && values.PU_URL === undefined) {
    add('MASTER_URL', 'is not set, and HUB_ROLES has source: set this, PU_URL or both');
  }
  for (const [one, other] of [
    ['KAFKA_TLS_CERT', 'KAFKA_TLS_KEY'],
    ['KAFKA_TLS_KEY', 'KAFKA_TLS_CERT'],
    ['KAFKA_USER', 'KAFKA_PASSWORD'],
    ['KAFKA_PASSWORD', 'KAFKA_USER'],
    ['LOOK_UP_CERT', 'LOOK_UP_KEY'],
    ['LOOK_UP_KEY', 'LOOK_UP_CERT'],
    ['LOOK_UP_CERT', 'LOOK_UP_CA'],
    ['PU_REST_URL', 'PU_URL'],
    ['PU_CERT', 'PU_URL'],
    ['PU_KEY', 'PU_URL'],
    // A misspelled PU_URL would leave PU unread without a word.
    ['PU_URL', 'PU_CERT'],
  ] as const) {
    if (values[one] === undefined && values[other] !== undefined) {
      add(one, `is not set, and ${other} is`);
    }
  }
  for (const name of ['KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY'] as const) {
    if (values.KAFKA_TLS === 'off' && values[name] !== undefined) add(name, 'needs KAFKA_TLS=on');
  }
  const isServed = purpose === 'instance' && values.HUB_ROLES?.includes('look-up');
  const isLocal = ['127.0.0.1', '::1', 'localhost'].includes(values.LOOK_UP_HOST ?? '');
  if (isServed && !isLocal && values.LOOK_UP_CERT === undefined) {
    add('LOOK_UP_CERT', "is not set, and LOOK_UP_HOST is another address than this machine's own");
  }
  const { MASTER_POLL_MS: pollMs, HUB_STALL_SECONDS: stallSeconds } = values;
  if (pollMs !== undefined && stallSeconds !== undefined && pollMs >= stallSeconds * 1_000) {
    add(
      'HUB_STALL_SECONDS',
      `must be longer than MASTER_POLL_MS (${pollMs} ms), or a quiet Master looks like a stalled one`,
    );
  }
  if (values.HUB_ENVIRONMENT === 'production') {
    for (const { service, setting, why } of plaintextWays(values)) {
      if (values.HUB_ALLOW_PLAINTEXT?.includes(service)) continue;
      add(setting, `${why}; use TLS, or add ${service} to HUB_ALLOW_PLAINTEXT`);
    }
  }
  return problems;
}

interface PlaintextWay {
  readonly service: PlaintextService;
  readonly setting: SettingName;
  readonly why: string;
}

/** The services that would be reached over a network without TLS, or with a certificate that nobody checks. */
function plaintextWays(values: Partial<SettingValues>): readonly PlaintextWay[] {
  const ways: PlaintextWay[] = [];
  const brokers = values.KAFKA_TLS === 'on' ? [] : (values.KAFKA_BROKERS ?? []);
  if (brokers.some((broker) => !isLoopback(broker.replace(/:\d+$/, '')))) {
    const why = 'names a broker on another machine, which is reached without TLS';
    ways.push({ service: 'kafka', setting: 'KAFKA_BROKERS', why });
  }
  const registry = values.SCHEMA_REGISTRY_URL;
  if (registry?.protocol === 'http:' && !isLoopback(registry.hostname)) {
    const why = 'is an http:// address on another machine';
    ways.push({ service: 'registry', setting: 'SCHEMA_REGISTRY_URL', why });
  }
  const storeWhy = plaintextDatabase(values.DATABASE_URL);
  if (storeWhy !== undefined) {
    ways.push({ service: 'store', setting: 'DATABASE_URL', why: storeWhy });
  }
  const masterWhy = plaintextDatabase(values.MASTER_URL);
  if (masterWhy !== undefined) {
    ways.push({ service: 'master', setting: 'MASTER_URL', why: masterWhy });
  }
  return ways;
}

/** @returns why the way to the database is open to a listener, or undefined when it is not. */
function plaintextDatabase(secret: Secret | undefined): string | undefined {
  if (secret === undefined) return undefined;
  const url = new URL(secret.reveal());
  if (isLoopback(url.hostname)) return undefined;
  const parameter = (name: string) => url.searchParams.get(name)?.toLowerCase();
  if (url.protocol === 'mssql:') {
    if (parameter('encrypt') === 'false') return 'has encrypt=false';
    if (parameter('trustServerCertificate') === 'true') {
      return 'has trustServerCertificate=true, so anybody can pretend to be the server';
    }
    return undefined;
  }
  const sslmode = parameter('sslmode');
  return sslmode === 'verify-full' || sslmode === 'verify-ca'
    ? undefined
    : 'has no sslmode=verify-full';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
