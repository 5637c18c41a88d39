import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { javaMajor, mavenProject } from '../../scripts/stack/java-programs.ts';
import { kafkaProperties } from '../../scripts/stack/kafka-part.ts';
import { stackContext } from '../../scripts/stack/stack-context.ts';
import { allEndpoints, missingParts, shownAddress } from '../../scripts/stack/stack-endpoints.ts';
import { namedEndpoints, partEnvironment } from '../../scripts/stack/stack-environment.ts';

const PORTS = { kafka: 20_001, kafkaController: 20_002, registry: 20_003, postgresql: 20_004 };
const GOLDEN = join(import.meta.dirname, '../golden/stack');

describe('settings of the parts', () => {
  it('fetches the pinned versions by this Maven project', async () => {
    await expect(mavenProject()).toMatchFileSnapshot(join(GOLDEN, 'pom.xml'));
  });

  it('runs Kafka with these properties', async () => {
    const properties = kafkaProperties(PORTS, '/clone/.stack/dev/data/kafka');
    await expect(properties).toMatchFileSnapshot(join(GOLDEN, 'server.properties'));
  });

  it('keeps stray variables of the user away from the servers', () => {
    const environment = { PATH: '/bin', QUARKUS_HTTP_PORT: '1', KAFKA_OPTS: '-Dx', HOME: '/h' };
    expect(partEnvironment(environment)).toEqual({
      PATH: '/bin',
      HOME: '/h',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
    });
  });

  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['openjdk version "21" 2023-09-19', 21],
    ['java version "1.8.0_401"', 8],
    ['command not found', 0],
  ])('reads the Java version in %j as %i', (text, major) => {
    expect(javaMajor(text)).toBe(major);
  });
});

describe('what the environment names', () => {
  const KAFKA = { KAFKA_BROKERS: 'broker:9092' };
  const REGISTRY = { SCHEMA_REGISTRY_URL: 'http://registry' };
  const STORE = { DATABASE_URL: 'postgres://store/hub' };
  const MASTER = { MASTER_URL: 'mssql://master/patients' };

  it.each([
    ['nothing', {}, ['kafka', 'registry', 'postgresql']],
    ['an empty variable', { KAFKA_BROKERS: '' }, ['kafka', 'registry', 'postgresql']],
    ['Kafka', KAFKA, ['registry', 'postgresql']],
    ['all but Master', { ...KAFKA, ...REGISTRY, ...STORE }, ['postgresql']],
    ['all but the registry', { ...KAFKA, ...STORE, ...MASTER }, ['registry', 'postgresql']],
    ['everything', { ...KAFKA, ...REGISTRY, ...STORE, ...MASTER }, []],
  ])('with %s named, starts only what is missing', (_, environment, parts) => {
    expect(missingParts(namedEndpoints(environment))).toEqual(parts);
  });

  it('is used as it is, and ours for the rest', () => {
    expect(allEndpoints(namedEndpoints({ ...KAFKA, ...MASTER }), PORTS)).toEqual({
      kafkaBrokers: 'broker:9092',
      schemaRegistryUrl: 'http://127.0.0.1:20003/apis/ccompat/v7',
      databaseUrl: 'postgres://postgres@127.0.0.1:20004/hub',
      masterUrl: 'mssql://master/patients',
    });
  });

  it.each([
    ['postgres://user:secret@store.example:5432/hub', 'store.example:5432'],
    ['http://user:secret@registry.example/api', 'registry.example'],
    ['one:9092,two:9092', 'one:9092,two:9092'],
  ])('is shown without a password: %s', (endpoint, shown) => {
    expect(shownAddress(endpoint)).toBe(shown);
  });
});

describe('the name of a stack', () => {
  it.each(['', '../x', 'Dev', 'a b', '1', 'a'.repeat(21)])('is refused: %j', (name) => {
    expect(() => stackContext({ name })).toThrow(
      expect.objectContaining({ code: 'HUB_STACK_NAME_INVALID' }),
    );
  });
});
