/** What `hub preflight` looks at, part by part. */
import { findHubError, HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import type { HubConfig } from '../../config/hub-config.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { KafkaClient } from '../../kafka/kafka-client.ts';
import type { TopicSpec } from '../../kafka/topics.ts';
import { loadMappingFiles } from '../../mapping-files/load-mapping-files.ts';
import { preflight } from '../../sources/master/master-preflight.ts';
import { openMaster } from '../master-source-role.ts';
import { standingOf } from './consumer-agreement.ts';
import type { PreflightCheck, PreflightFinding } from './preflight.ts';
import { printAgreement } from './print-consumer-status.ts';
import { checkPu, checkPuCertificate } from './pu-preflight.ts';

export interface PreflightPorts {
  readonly store: Pick<HubStore, 'ping' | 'consumers'>;
  readonly kafka: Pick<KafkaClient, 'admin'>;
  readonly topicTable: readonly TopicSpec[];
}

/** The checks for this configuration, in the order in which a start needs them. */
export function preflightChecks(
  config: HubConfig,
  { store, kafka, topicTable }: PreflightPorts,
): readonly PreflightCheck[] {
  return [
    {
      name: safeText('mapping files'),
      run: async () => {
        await loadMappingFiles(config.mappingsDirectory);
        return [];
      },
    },
    {
      name: safeText('hub store'),
      run: async () => {
        await store.ping();
        return [];
      },
    },
    { name: safeText('Kafka and its topics'), run: () => checkTopics(kafka, topicTable) },
    {
      name: safeText('schema registry'),
      run: () => checkRegistry(config.kafka.schemaRegistryUrl),
    },
    ...masterChecks(config),
    ...puChecks(config.pu),
    { name: safeText('consumers'), run: () => checkAgreements(store, Date.now()) },
  ];
}

/** A consumer whose agreement is over is fed on: a person decides, and is told here. */
async function checkAgreements(
  { consumers }: PreflightPorts['store'],
  now: number,
): Promise<readonly PreflightFinding[]> {
  const added = await consumers.list().catch((error: unknown) => {
    // Before the first start there are no tables, and nobody was added.
    if (findHubError(error)?.code === 'HUB_STORE_NOT_MIGRATED') return [];
    throw error;
  });
  return added.flatMap(({ name, agreement }): readonly PreflightFinding[] => {
    const standing = standingOf(agreement, now);
    if (standing.kind === 'valid') return [];
    const text = `${name}: agreement ${printAgreement(agreement.validTo, standing)}`;
    return [{ kind: 'note', text, fix: null }];
  });
}

/** None where MASTER_URL is not set: such an instance has not the role source. */
function masterChecks({ master, mappingsDirectory }: HubConfig): readonly PreflightCheck[] {
  if (master === null) return [];
  const run = async (): Promise<readonly PreflightFinding[]> => {
    const { masterMapping } = await loadMappingFiles(mappingsDirectory);
    await using database = await openMaster(master);
    const lines = await preflight(database, masterMapping, master.mode);
    return lines
      .filter(({ result }) => result !== 'ok')
      .map(({ name, result, detail, grant }) => ({
        kind: result === 'warn' ? 'note' : 'problem',
        text: `${name}: ${detail}`,
        fix: grant ?? null,
      }));
  };
  return [{ name: safeText('Master'), run }];
}

/** None where PU_URL is not set. */
function puChecks(pu: HubConfig['pu']): readonly PreflightCheck[] {
  if (pu === null) return [];
  const run = async (): Promise<readonly PreflightFinding[]> => {
    const findings = checkPuCertificate(pu, Date.now());
    return [...findings, ...(await checkPu(pu))];
  };
  return [{ name: safeText('PU'), run }];
}

async function checkTopics(
  kafka: PreflightPorts['kafka'],
  topicTable: readonly TopicSpec[],
): Promise<readonly PreflightFinding[]> {
  const reports = await kafka.admin.checkTopics(topicTable);
  return reports.flatMap(({ topic, drift }) =>
    drift.map(({ setting, have, want }) => ({
      kind: 'note' as const,
      text: `${topic}: ${setting} is ${have}, should be ${want}`,
      fix: null,
    })),
  );
}

const REGISTRY_TIMEOUT_MS = 10_000;

async function checkRegistry(url: string): Promise<readonly PreflightFinding[]> {
  let status: number;
  try {
    const signal = AbortSignal.timeout(REGISTRY_TIMEOUT_MS);
    const answer = await fetch(`${url}/subjects`, { signal });
    await answer.body?.cancel();
    status = answer.status;
  } catch (error) {
    throw HubError.wrap('HUB_KAFKA_REGISTRY_UNAVAILABLE', error);
  }
  if (status === 200) return [];
  throw new HubError('HUB_KAFKA_REGISTRY_UNAVAILABLE', { status });
}
