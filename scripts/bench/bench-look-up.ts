/** How long a caller waits for a person: HTTP, token, store, profile and the committed line in the access log, at a steady rate of calls. */
import { Agent, request } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import type { HubStore } from '../../connectors/hub-store/hub-store.ts';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import { migrateHubStore } from '../../connectors/hub-store/migrations.ts';
import { startLookUpServer } from '../../connectors/look-up/look-up-server.ts';
import { createLogger } from '../../connectors/observability/logger.ts';
import { createMetrics } from '../../connectors/observability/metrics.ts';
import { lookUpApp, lookUpPorts } from '../../connectors/runtime/compose-look-up.ts';
import { addToken } from '../../connectors/runtime/look-up-access.ts';
import { mappingFilesOf } from '../../connectors/runtime/operations/mapping-files.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { type BenchResult, percentile } from './bench-result.ts';
import { changesOf, identityOf } from './bench-store-persons.ts';
import { openBenchStore, withOwnDatabase } from './own-database.ts';

interface Options {
  readonly persons: number;
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** Before anything is measured: statements are prepared and code is compiled. */
  readonly warmUpSeconds: number;
}

const OPTIONS: Options = { persons: 50_000, callsPerSecond: 200, seconds: 20, warmUpSeconds: 3 };
const BATCH = 2_000;
/** As an instance has them. */
const POOL = 10;
const CONSUMER = 'bench';

/** Measures on a database of its own, which is dropped afterwards. The value is the 99th percentile. */
export async function benchLookUp(
  serverUrl: string,
  options: Options = OPTIONS,
): Promise<BenchResult<'look-up-p99'>> {
  const { times, logged } = await withOwnDatabase(serverUrl, (url) => measure(url, options));
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(percentile(sorted, share) * 10) / 10;
  return {
    name: 'look-up-p99',
    value: at(0.99),
    unit: 'ms',
    settings:
      `${options.callsPerSecond} calls/s for ${options.seconds} s, open loop, each one person of ${options.persons} by identity over HTTP/1.1 without TLS, ` +
      `caller in a thread of its own; ${times.length} answered, ${logged} lines in the access log, committed before each answer; ` +
      `p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, largest ${at(1)} ms; fsync=on, synchronous_commit=on`,
  };
}

async function measure(
  databaseUrl: string,
  options: Options,
): Promise<{ readonly times: readonly number[]; readonly logged: number }> {
  await migrateHubStore(databaseUrl);
  await using look = openDatabase({ url: databaseUrl, applicationName: 'look', poolSize: 1 });
  await using store = openBenchStore(databaseUrl, POOL);
  await fill(store, options.persons);
  // What a load leaves to be done is no part of a day of look-ups.
  await look.script('VACUUM ANALYZE');
  await look.script('CHECKPOINT');
  const token = await addCaller(store);
  const files = await mappingFilesOf();
  const config = loadConfig(
    {
      DATABASE_URL: databaseUrl,
      HUB_SECRET: 'a secret of a bench, longer than it must be',
      HUB_ENVIRONMENT: 'test',
      // Nobody asks them.
      KAFKA_BROKERS: 'localhost:9092',
      SCHEMA_REGISTRY_URL: 'http://localhost:8081',
    },
    'operator',
  );
  const parts = {
    config,
    store,
    files,
    metrics: createMetrics(),
    log: createLogger({ level: 'error' }),
  };
  const app = lookUpApp(parts, lookUpPorts(parts, null));
  await using server = await startLookUpServer({ app, host: '127.0.0.1', port: 0, tls: null });
  const times = await callFromThread({ ...options, port: server.port, token });
  const [row] = await look.query(
    statement<{ n: string }>(
      '',
      "SELECT count(*) AS n FROM access_log WHERE person_outcome = 'found'",
    ),
  );
  return { times, logged: Number(row?.n) };
}

async function fill({ persons }: HubStore, count: number): Promise<void> {
  for (let first = 0; first < count; first += BATCH) {
    const size = Math.min(BATCH, count - first);
    const identities = Array.from({ length: size }, (_, n) => identityOf(first + n));
    await persons.transact(async (transaction) => {
      await transaction.write(changesOf(await transaction.lockGroups(identities), 1));
    });
  }
}

async function addCaller(store: HubStore): Promise<string> {
  const profile: ConsumerProfile = {
    name: CONSUMER,
    version: 1,
    title: 'A patient card',
    owner: 'nobody',
    legalGround: 'none: it is made up',
    careGiver: 'SE0000000000-BENCH',
    persons: { kind: 'membership', counties: new Set(['14']) },
    groups: new Set(['name', 'sex', 'birth', 'deregistration', 'membership', 'addresses']),
    mainIdentity: [],
    protectedPersons: 'masked',
    contacts: null,
    relations: new Set(),
    delivery: { kind: 'topic', format: 'avro', content: 'full-state' },
    lookUp: { isSystemOnly: false, seesProtectedRelations: false },
    retentionDays: 30,
  };
  const agreement = {
    validTo: '2099-12-31',
    frameworkVersion: '1',
    staffInformedBy: 'nobody',
    staffInformedAt: '2026-01-01',
  };
  await store.consumers.add({ profile, agreement, principal: null }, 1n);
  const wanted = { consumer: CONSUMER, days: 1, addedBy: 'bench', now: Date.now() };
  return await addToken(store.callers, wanted);
}

interface Load extends Options {
  readonly port: number;
  readonly token: string;
}

async function callFromThread(load: Load): Promise<readonly number[]> {
  const worker = new Worker(new URL(import.meta.url), { workerData: load });
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Calls begin when they are due, whether those before are answered or not, and are timed from then: nobody waits for a slow answer unseen. */
async function callSteadily(load: Load): Promise<readonly number[]> {
  const { callsPerSecond, seconds, warmUpSeconds } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const begun = performance.now() + 200;
  const measuredFrom = warmUpSeconds * callsPerSecond;
  const total = measuredFrom + seconds * callsPerSecond;
  const times: number[] = [];
  const calls: Promise<void>[] = [];
  for (let n = 0; n < total; n++) {
    const due = begun + (n * 1_000) / callsPerSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const dueNow = Math.max(due, begun);
    calls.push(
      callOnce(load, agent, n).then(() => {
        if (n >= measuredFrom) times.push(performance.now() - dueNow);
      }),
    );
  }
  await Promise.all(calls);
  agent.destroy();
  return times;
}

async function callOnce({ port, token, persons }: Load, agent: Agent, n: number): Promise<void> {
  // Spread over all of them, so that not the same page is read again.
  const { root, extension } = identityOf((n * 7_919) % persons);
  const body = JSON.stringify({ identities: [{ root, extension }] });
  const text = await new Promise<string>((resolve, reject) => {
    const outgoing = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/v1/persons/lookup',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'x-user-hsa-id': 'SE0000000000-USER1',
          'x-care-unit-hsa-id': 'SE0000000000-UNIT1',
          'x-purpose': 'Administration',
        },
      },
      (incoming) => {
        let answer = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          answer += chunk;
        });
        incoming.on('end', () => resolve(answer));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  if (!text.includes('"status":"found"')) throw new Error('a call was not answered with a person');
}

if (!isMainThread && parentPort !== null) {
  parentPort.postMessage(await callSteadily(workerData as Load));
}
