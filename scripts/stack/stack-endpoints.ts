import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import { postgresqlUrl } from './postgresql-part.ts';
import { acceptsConnections, registryServes, registryUrl } from './readiness.ts';
import type { StackPorts } from './stack-ports.ts';
import type { StackEndpoints, StackPartName } from './stack-types.ts';

/** The parts that the environment does not name. The registry of ours keeps its schemas in a PostgreSQL of ours. */
export function missingParts(named: Partial<StackEndpoints>): readonly StackPartName[] {
  const registry = named.schemaRegistryUrl === undefined;
  const postgresql = registry || named.databaseUrl === undefined || named.masterUrl === undefined;
  return [
    ...(named.kafkaBrokers === undefined ? (['kafka'] as const) : []),
    ...(registry ? (['registry'] as const) : []),
    ...(postgresql ? (['postgresql'] as const) : []),
  ];
}

/** All endpoints: what the environment names, and our own for the rest. */
export function allEndpoints(named: Partial<StackEndpoints>, ports: StackPorts): StackEndpoints {
  return {
    kafkaBrokers: `127.0.0.1:${ports.kafka}`,
    schemaRegistryUrl: registryUrl(ports.registry),
    databaseUrl: postgresqlUrl(ports.postgresql, 'hub'),
    masterUrl: postgresqlUrl(ports.postgresql, 'master'),
    ...named,
  };
}

/** The endpoints when nothing of ours is needed. */
export function isComplete(named: Partial<StackEndpoints>): named is StackEndpoints {
  return missingParts(named).length === 0;
}

/** @throws HubError HUB_STACK_NAMED_PART_SILENT naming the first variable whose service does not answer. */
export async function checkNamedEndpoints(named: Partial<StackEndpoints>): Promise<void> {
  const checks: readonly (readonly [string, () => Promise<boolean>])[] = [
    ['KAFKA_BROKERS', () => brokerAnswers(named.kafkaBrokers)],
    ['SCHEMA_REGISTRY_URL', () => registryAnswers(named.schemaRegistryUrl)],
    ['DATABASE_URL', () => serverAnswers(named.databaseUrl)],
    ['MASTER_URL', () => serverAnswers(named.masterUrl)],
  ];
  for (const [variable, answers] of checks) {
    if (!(await answers())) {
      throw new HubError('HUB_STACK_NAMED_PART_SILENT', { variable: safeWord(variable) });
    }
  }
}

/** What may be shown of an endpoint: the servers, never a user or a password. */
export function shownAddress(endpoint: string): string {
  return URL.canParse(endpoint) && endpoint.includes('://') ? new URL(endpoint).host : endpoint;
}

/** One broker of the list is enough: it knows the others. */
async function brokerAnswers(brokers: string | undefined): Promise<boolean> {
  if (brokers === undefined) return true;
  for (const broker of brokers.split(',')) {
    const url = `kafka://${broker.trim()}`;
    if (URL.canParse(url) && (await accepts(new URL(url), 9092))) return true;
  }
  return false;
}

async function registryAnswers(url: string | undefined): Promise<boolean> {
  return url === undefined || (await registryServes(url));
}

async function serverAnswers(url: string | undefined): Promise<boolean> {
  if (url === undefined) return true;
  if (!URL.canParse(url)) return false;
  const parsed = new URL(url);
  return await accepts(parsed, parsed.protocol.startsWith('postgres') ? 5432 : 1433);
}

async function accepts(url: URL, defaultPort: number): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return await acceptsConnections(host, url.port === '' ? defaultPort : Number(url.port));
}
