import type { StackEndpoints, StackEnvironment } from './stack-types.ts';

/** The environment of this process: the only place in scripts/stack that reads it. */
export function processEnvironment(): StackEnvironment {
  // biome-ignore lint/style/noProcessEnv: the stack starts before there is a configuration to load
  return process.env;
}

/** The endpoints as environment variables, for a process that is to use the stack. */
export function endpointEnvironment(endpoints: StackEndpoints): Readonly<Record<string, string>> {
  return {
    KAFKA_BROKERS: endpoints.kafkaBrokers,
    SCHEMA_REGISTRY_URL: endpoints.schemaRegistryUrl,
    DATABASE_URL: endpoints.databaseUrl,
    MASTER_URL: endpoints.masterUrl,
  };
}

/** The endpoints that the environment names. An empty variable counts as not named. */
export function namedEndpoints(environment: StackEnvironment): Partial<StackEndpoints> {
  const named = {
    kafkaBrokers: environment['KAFKA_BROKERS'],
    schemaRegistryUrl: environment['SCHEMA_REGISTRY_URL'],
    databaseUrl: environment['DATABASE_URL'],
    masterUrl: environment['MASTER_URL'],
  };
  return Object.fromEntries(
    Object.entries(named).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/**
 * What a server of the stack gets of the environment. Little on purpose: Quarkus and Kafka take settings from environment
 * variables, and a stray one of the user's would change them.
 */
export function partEnvironment(environment: StackEnvironment): Record<string, string> {
  const kept: Record<string, string> = { LANG: 'C.UTF-8', TZ: 'UTC' };
  for (const name of ['PATH', 'HOME', 'JAVA_HOME']) {
    const value = environment[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
