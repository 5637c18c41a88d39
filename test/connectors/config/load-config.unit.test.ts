import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  ConfigInvalidError,
  type ConfigProblem,
} from '../../../connectors/config/config-problem.ts';
import type { HubConfig } from '../../../connectors/config/hub-config.ts';
import { loadConfig } from '../../../connectors/config/load-config.ts';
import { printConfigProblems, printSettings } from '../../../connectors/config/print-config.ts';
import { DEFAULT_PARTITIONS } from '../../../connectors/kafka/topics.ts';
import { MASTER_SOURCE_DEFAULTS } from '../../../connectors/sources/master/master-source-config.ts';
import { PU_SOURCE_DEFAULTS } from '../../../connectors/sources/pu/pu-source-config.ts';

const PASSWORD = 'correct-horse-battery';
const KEY = 'abcdefghijklmnopqrstuvwxyz-0123456789';
const VALID = {
  KAFKA_BROKERS: '127.0.0.1:9092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7/',
  DATABASE_URL: `postgres://hub:${PASSWORD}@127.0.0.1:5432/hub`,
  MASTER_URL: `mssql://reader:${PASSWORD}@127.0.0.1:1433/Master`,
  HUB_SECRET: KEY,
};

const PU = {
  PU_URL: 'https://pu.example/vp/',
  PU_REST_URL: 'https://pu.example/rest',
  PU_CERT: import.meta.filename,
  PU_KEY: import.meta.filename,
};

describe('loadConfig', () => {
  it('gives defaults for what is not set and freezes everything', () => {
    const config = loadConfig(VALID);
    expect(config).toMatchObject({
      environment: 'production',
      roles: ['source', 'core', 'publisher', 'consumers'],
      kafka: {
        brokers: ['127.0.0.1:9092'],
        schemaRegistryUrl: 'http://127.0.0.1:8081/apis/ccompat/v7',
        topicPrefix: '',
        consumerGroup: 'hub.core',
      },
      master: { dialect: 'mssql', mode: 'change-tracking' },
    });
    expect(objectsOf(config).filter((part) => !Object.isFrozen(part))).toEqual([]);
  });

  it('names all problems at once', () => {
    const problems = problemsOf({
      KAFKA_BROKERS: 'kafka',
      SCHEMA_REGISTRY_URL: 'ftp://registry',
      MASTER_URL: 'oracle://master',
      HUB_SECRET: 'short',
      HUB_ROLES: 'core,cores',
      MASTER_POLL_MS: '1e3',
      MASTER_MAX_REMOVAL_SHARE: '2',
      HUB_TOPIC_PREFIX: 'a b',
    });
    expect(problems.map(({ setting }) => setting).sort()).toEqual([
      'DATABASE_URL',
      'HUB_ROLES',
      'HUB_SECRET',
      'HUB_TOPIC_PREFIX',
      'KAFKA_BROKERS',
      'MASTER_MAX_REMOVAL_SHARE',
      'MASTER_POLL_MS',
      'MASTER_URL',
      'SCHEMA_REGISTRY_URL',
    ]);
  });

  it.each([
    ['HUB_HTTP_PORT', '65536', 'must be a whole number from 0 to 65535 (port)'],
    ['HUB_HTTP_PORT', '-1', 'must be a whole number from 0 to 65535 (port)'],
    ['MASTER_POLL_MS', '9', 'must be a whole number from 10 to 600000 (ms)'],
    ['HUB_BATCH_RECORDS', '0', 'must be a whole number from 1 to 10000 (records)'],
    ['HUB_BATCH_RECORDS', '1.5', 'must be a whole number from 1 to 10000 (records)'],
    ['MASTER_MAX_REMOVAL_SHARE', '0', 'must be a share above 0 and at most 1, such as 0.05'],
    ['MASTER_MODE', 'cdc', 'must be one of change-tracking, rowversion, snapshot-diff'],
    ['HUB_CONSUMER_BATCH', '9', 'must be a whole number from 10 to 10000 (persons)'],
    ['HUB_CONSUMER_DATABASES', '/no/such/file', 'names a file that cannot be read'],
    ['LOOK_UP_PORT', '65536', 'must be a whole number from 0 to 65535 (port)'],
    ['HUB_LOG_LEVEL', 'INFO', 'must be one of debug, info, warn, error'],
    ['KAFKA_BROKERS', 'a:9092,b', 'must be host:port, separated by commas'],
    ['KAFKA_BROKERS', 'a:0', 'must be host:port, separated by commas'],
    ['HUB_ROLES', ',', 'must name at least one role'],
    ['SCHEMA_REGISTRY_URL', 'http://me:pw@127.0.0.1', 'must not carry a user name or password'],
    ['HUB_SECRET', 'a'.repeat(40), 'must be random'],
    ['HUB_INSTANCE', 'node-20250101', 'six digits in a row'],
  ])('refuses %s=%s', (setting, text, problem) => {
    expect(problemsOf({ ...VALID, [setting]: text })).toEqual([
      { setting, problem: expect.stringContaining(problem) as string },
    ]);
  });

  it('counts an empty variable as not set', () => {
    expect(loadConfig({ ...VALID, HUB_LOG_LEVEL: '' }).log.level).toBe('info');
    expect(problemsOf({ ...VALID, DATABASE_URL: '' })).toEqual([
      { setting: 'DATABASE_URL', problem: 'is not set' },
    ]);
  });

  it('asks for a register only where the role source is', () => {
    const { MASTER_URL: _, ...withoutMaster } = VALID;
    expect(problemsOf(withoutMaster)).toEqual([
      {
        setting: 'MASTER_URL',
        problem: 'is not set, and HUB_ROLES has source: set this, PU_URL or both',
      },
    ]);
    expect(loadConfig({ ...withoutMaster, HUB_ROLES: 'core,publisher' }).master).toBeNull();
    expect(loadConfig({ ...withoutMaster, ...PU })).toMatchObject({ master: null, pu: {} });
  });

  it('does not ask an operator for Master, whatever the roles', () => {
    const { MASTER_URL: _, ...withoutMaster } = VALID;
    expect(loadConfig(withoutMaster, 'operator').master).toBeNull();
    expect(() => loadConfig({ ...withoutMaster, HUB_SECRET: '' }, 'operator')).toThrow(
      ConfigInvalidError,
    );
  });

  it('tells the dialect by the scheme', () => {
    const url = 'postgresql://reader@127.0.0.1/master';
    expect(loadConfig({ ...VALID, MASTER_URL: url }).master?.dialect).toBe('pg');
  });

  it('refuses a stall time that a quiet Master would break', () => {
    const problems = problemsOf({ ...VALID, MASTER_POLL_MS: '60000', HUB_STALL_SECONDS: '60' });
    expect(problems.map(({ setting }) => setting)).toEqual(['HUB_STALL_SECONDS']);
  });

  it('names the setting that a misspelled one means, and lets strange ones be', () => {
    expect(
      problemsOf({
        ...VALID,
        HUB_LOGLEVEL: 'debug',
        HUB_ROLE: 'core',
        HUB_SERVICE_HOST: '10.0.0.1',
      }),
    ).toEqual([
      { setting: 'HUB_LOGLEVEL', problem: 'is not a setting; did you mean HUB_LOG_LEVEL?' },
      { setting: 'HUB_ROLE', problem: 'is not a setting; did you mean HUB_ROLES?' },
    ]);
  });

  it.each([
    [{ KAFKA_USER: 'hub' }, 'KAFKA_PASSWORD'],
    [{ KAFKA_PASSWORD: 'pw' }, 'KAFKA_USER'],
    [{ KAFKA_TLS: 'on', KAFKA_TLS_CERT: import.meta.filename }, 'KAFKA_TLS_KEY'],
    [{ KAFKA_TLS_CA: import.meta.filename }, 'KAFKA_TLS_CA'],
    [{ LOOK_UP_CERT: import.meta.filename }, 'LOOK_UP_KEY'],
    [{ LOOK_UP_KEY: import.meta.filename }, 'LOOK_UP_CERT'],
    [{ LOOK_UP_CA: import.meta.filename }, 'LOOK_UP_CERT'],
  ])('refuses half of a pair: %j', (given, setting) => {
    expect(problemsOf({ ...VALID, ...given }).map((problem) => problem.setting)).toEqual([setting]);
  });

  it('asks for three copies of each topic in production and for one elsewhere', () => {
    expect(loadConfig(VALID).kafka.topicReplicas).toBe(3);
    expect(loadConfig({ ...VALID, HUB_ENVIRONMENT: 'test' }).kafka.topicReplicas).toBe(1);
    expect(loadConfig({ ...VALID, HUB_TOPIC_REPLICAS: '2' }).kafka.topicReplicas).toBe(2);
  });

  it('has the defaults that the connectors have by themselves', () => {
    const { master, kafka } = loadConfig(VALID);
    expect(kafka.personTopicPartitions).toBe(DEFAULT_PARTITIONS);
    expect(master).toMatchObject({
      mode: MASTER_SOURCE_DEFAULTS.mode,
      chunkRows: MASTER_SOURCE_DEFAULTS.chunkRows,
      pollMs: MASTER_SOURCE_DEFAULTS.pollMs,
      maxRowBytes: MASTER_SOURCE_DEFAULTS.maxRowBytes,
      maxRemovalShare: MASTER_SOURCE_DEFAULTS.removalGuard.maxShare,
    });
  });

  it('asks PU as the connector does by itself', () => {
    const { pu } = loadConfig({ ...VALID, ...PU });
    const { pulls, pollMs, orderWaitMs } = PU_SOURCE_DEFAULTS;
    expect(pu?.schedules).toEqual(
      Object.fromEntries(Object.entries(pulls).map(([name, { cron }]) => [name, cron])),
    );
    const overlaps = Object.values(pulls).map(({ overlapMs }) => overlapMs / 1_000);
    expect(new Set(overlaps)).toEqual(new Set([pu?.overlapSeconds]));
    expect(pu).toMatchObject({ pollMs, orderWaitMinutes: orderWaitMs / 60_000 });
  });

  it('makes an instance name that is different each time and may be logged', () => {
    const names = Array.from({ length: 50 }, () => loadConfig(VALID).instance);
    expect(new Set(names).size).toBe(50);
    expect(names.join(' ')).not.toMatch(/\d{6}|withheld/);
  });
});

describe('PU', () => {
  it('is not read where PU_URL is not set', () => {
    expect(loadConfig(VALID).pu).toBeNull();
  });

  it('has a default for everything but its addresses and the certificate', () => {
    expect(loadConfig({ ...VALID, ...PU }).pu).toMatchObject({
      url: 'https://pu.example/vp',
      restUrl: 'https://pu.example/rest',
      logicalAddress: 'SE165565594230-1000',
      contractVersion: '5',
      callsPerSecond: 10,
      overlapSeconds: 600,
      schedules: { 'own-region': '*/15 * * * *' },
      workDirectory: tmpdir(),
    });
  });

  it.each(['PU_REST_URL', 'PU_CERT', 'PU_KEY'])('is refused by name without %s', (setting) => {
    expect(problemsOf({ ...VALID, ...PU, [setting]: '' })).toEqual([
      { setting, problem: 'is not set, and PU_URL is' },
    ]);
  });

  it('is not left unread without a word where only its address is missing', () => {
    expect(problemsOf({ ...VALID, ...PU, PU_URL: '' })).toEqual([
      { setting: 'PU_URL', problem: 'is not set, and PU_CERT is' },
    ]);
  });

  it.each([
    ['PU_URL', 'http://127.0.0.1:8443', 'never called without TLS'],
    ['PU_REST_URL', 'http://pu.example', 'never called without TLS'],
    ['PU_URL', 'https://pu.example/?a=b', 'must end with its path'],
    ['PU_CERT', '/no/such/file', 'names a file that cannot be read'],
    ['PU_CONTRACT_VERSION', '3', 'must be one of 5'],
    ['PU_CALLS_PER_SECOND', '11', 'must be a whole number from 1 to 10 (calls)'],
    ['PU_SCHEDULE_RESERVE', 'hourly', 'must be a cron expression of 5 or 6 fields'],
    ['PU_SCHEDULE_RESERVE', '* * * *', 'must be a cron expression of 5 or 6 fields'],
    ['PU_SCHEDULE_RESERVE', '* * * * * * *', 'must be a cron expression of 5 or 6 fields'],
    ['PU_LOGICAL_ADDRESS', 'PU', 'must be an HSA-id'],
  ])('refuses %s=%s, also outside production', (setting, text, problem) => {
    const environment = { ...VALID, ...PU, HUB_ENVIRONMENT: 'test', [setting]: text };
    expect(problemsOf(environment)).toEqual([
      { setting, problem: expect.stringContaining(problem) as string },
    ]);
  });
});

describe('the look-up', () => {
  const LOOK_UP = { ...VALID, HUB_ROLES: 'look-up' };
  const ELSEWHERE = { LOOK_UP_HOST: '10.0.0.1' };
  const CERTIFICATE = { LOOK_UP_CERT: import.meta.filename, LOOK_UP_KEY: import.meta.filename };

  it('is served to this machine alone where nothing else is said', () => {
    expect(loadConfig(LOOK_UP).lookUp).toEqual({ host: '127.0.0.1', port: 9465, tls: null });
    expect(loadConfig(VALID).roles).not.toContain('look-up');
  });

  it.each(['127.0.0.1', 'localhost'])('needs no certificate on %s', (host) => {
    expect(loadConfig({ ...LOOK_UP, LOOK_UP_HOST: host }).lookUp.tls).toBeNull();
  });

  it('is not served on another address in plain text, also outside production', () => {
    for (const environment of ['production', 'test', 'demo']) {
      expect(problemsOf({ ...LOOK_UP, ...ELSEWHERE, HUB_ENVIRONMENT: environment })).toEqual([
        {
          setting: 'LOOK_UP_CERT',
          problem: "is not set, and LOOK_UP_HOST is another address than this machine's own",
        },
      ]);
    }
    expect(problemsOf({ ...LOOK_UP, ...ELSEWHERE, ...CERTIFICATE })).toEqual([]);
  });

  it('is asked about only where it is served', () => {
    expect(problemsOf({ ...VALID, ...ELSEWHERE })).toEqual([]);
    expect(loadConfig({ ...LOOK_UP, ...ELSEWHERE }, 'operator').lookUp.host).toBe('10.0.0.1');
  });

  it("has the texts of its own certificate and of those who sign its callers', as secrets", () => {
    const { tls } = loadConfig({
      ...LOOK_UP,
      ...CERTIFICATE,
      LOOK_UP_CA: import.meta.filename,
    }).lookUp;
    const text = readFileSync(import.meta.filename, 'utf8').trim();
    for (const part of [tls?.cert, tls?.key, tls?.ca]) {
      expect(part?.reveal().trim()).toBe(text);
      expect(`${part}`).not.toContain('import');
    }
    expect(loadConfig({ ...LOOK_UP, ...CERTIFICATE }).lookUp.tls?.ca).toBeUndefined();
  });
});

describe('consumers', () => {
  it('are told so many persons at once, and none has a database of its own, where nothing is said', () => {
    expect(loadConfig(VALID).consumers).toEqual({ batchPersons: 1_000, databases: undefined });
  });

  it('have databases whose passwords do not show', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-config-'));
    try {
      const file = join(folder, 'databases.json');
      writeFileSync(file, JSON.stringify({ warehouse: `postgres://hub:${PASSWORD}@127.0.0.1/w` }));
      const environment = { ...VALID, HUB_CONSUMER_DATABASES: file };
      const { consumers } = loadConfig(environment);
      expect(consumers.databases?.reveal()).toContain(PASSWORD);
      expect(`${inspect(consumers, { depth: null })}${JSON.stringify(consumers)}`).not.toContain(
        PASSWORD,
      );
      expect(printSettings(environment)).not.toContain(PASSWORD);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a way in plain text', () => {
  it.each([
    ['KAFKA_BROKERS', 'kafka.region.example:9092', 'kafka'],
    ['SCHEMA_REGISTRY_URL', 'http://registry.region.example', 'registry'],
    ['DATABASE_URL', 'postgres://hub@db.region.example/hub', 'store'],
    ['DATABASE_URL', 'postgres://hub@db.region.example/hub?sslmode=require', 'store'],
    ['MASTER_URL', 'postgres://reader@master.region.example/master', 'master'],
    ['MASTER_URL', 'mssql://reader@master.region.example/Master?encrypt=false', 'master'],
    [
      'MASTER_URL',
      'mssql://reader@master.region.example/Master?trustServerCertificate=true',
      'master',
    ],
  ])('is refused in production for %s=%s until %s is allowed by name', (setting, url, service) => {
    const environment = { ...VALID, [setting]: url };
    const problems = problemsOf(environment);
    expect(problems.map((problem) => problem.setting)).toEqual([setting]);
    expect(problems[0]?.problem).toContain(`add ${service} to HUB_ALLOW_PLAINTEXT`);
    expect(problemsOf({ ...environment, HUB_ALLOW_PLAINTEXT: service })).toEqual([]);
    expect(problemsOf({ ...environment, HUB_ENVIRONMENT: 'test' })).toEqual([]);
  });

  it('is not what TLS with a checked certificate is', () => {
    expect(
      problemsOf({
        ...VALID,
        DATABASE_URL: 'postgres://hub@db.region.example/hub?sslmode=verify-full',
        MASTER_URL: 'mssql://reader@master.region.example/Master',
        SCHEMA_REGISTRY_URL: 'https://registry.region.example',
      }),
    ).toEqual([]);
  });
});

describe('a secret', () => {
  it('is read from the file that the setting with _FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hub-config-'));
    try {
      const file = join(folder, 'secret');
      writeFileSync(file, `${KEY}\n`);
      const { HUB_SECRET: _, ...rest } = VALID;
      expect(loadConfig({ ...rest, HUB_SECRET_FILE: file }).secret.reveal()).toBe(KEY);
      expect(problemsOf({ ...VALID, HUB_SECRET_FILE: file })).toEqual([
        { setting: 'HUB_SECRET_FILE', problem: 'is set, and HUB_SECRET too; set one of them' },
      ]);
      expect(problemsOf({ ...rest, HUB_SECRET_FILE: join(folder, 'none') })).toEqual([
        { setting: 'HUB_SECRET_FILE', problem: 'names a file that cannot be read' },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('does not show in the configuration, however it is printed', () => {
    const config = loadConfig(VALID);
    const shown = [
      JSON.stringify(config),
      inspect(config, { depth: null, showHidden: true, getters: true }),
      `${config.secret}${config.store.url}`,
      printSettings(VALID),
    ].join('\n');
    expect(shown).not.toContain(PASSWORD);
    expect(shown).not.toContain(KEY);
    expect(config.store.url.reveal()).toContain(PASSWORD);
  });

  it('does not show in a problem with it', () => {
    const error = errorOf({
      ...VALID,
      DATABASE_URL: `mysql://hub:${PASSWORD}@127.0.0.1/hub`,
      MASTER_URL: `//${PASSWORD}`,
      HUB_SECRET: PASSWORD,
    });
    expect(error.problems).toHaveLength(3);
    expect(`${printConfigProblems(error)}${inspect(error)}`).not.toContain(PASSWORD);
  });
});

function problemsOf(environment: Readonly<Record<string, string>>): readonly ConfigProblem[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
}

function errorOf(environment: Readonly<Record<string, string>>): ConfigInvalidError {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error;
    throw error;
  }
  return expect.fail('the configuration was accepted');
}

function objectsOf(value: HubConfig | object): readonly object[] {
  const parts = Object.values(value).filter(
    (part): part is object => typeof part === 'object' && part !== null,
  );
  return [value, ...parts.flatMap(objectsOf)];
}
