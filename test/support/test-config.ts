import type { HubConfig } from '../../connectors/config/hub-config.ts';
import { type Environment, loadConfig } from '../../connectors/config/load-config.ts';
import { testEnvironment } from './env.ts';

/** The configuration of a hub on the test services, as the program itself would load it. */
export function testConfig(databaseUrl: string, settings: Environment = {}): HubConfig {
  return loadConfig(testSettings(databaseUrl, settings));
}

/** The same as environment variables, for a process that a test starts. */
export function testSettings(
  databaseUrl: string,
  settings: Environment = {},
): Readonly<Record<string, string>> {
  const { kafkaBrokers, schemaRegistryUrl } = testEnvironment();
  return {
    KAFKA_BROKERS: kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: schemaRegistryUrl,
    DATABASE_URL: databaseUrl,
    MASTER_URL: databaseUrl,
    HUB_SECRET: 'not a secret: only tests have this one',
    HUB_ENVIRONMENT: 'test',
    HUB_HTTP_PORT: '0',
    ...(settings as Record<string, string>),
  };
}
