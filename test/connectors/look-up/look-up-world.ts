/** A look-up over a real store, served as an instance serves it, with a PU of its own where a test wants one. */
import { request } from 'node:https';
import type { HubConfig } from '../../../connectors/config/hub-config.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { LookUpPorts } from '../../../connectors/look-up/look-up-ports.ts';
import { type LookUpTls, startLookUpServer } from '../../../connectors/look-up/look-up-server.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics, type Metrics } from '../../../connectors/observability/metrics.ts';
import { lookUpApp, lookUpPorts } from '../../../connectors/runtime/compose-look-up.ts';
import { addToken } from '../../../connectors/runtime/look-up-access.ts';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { testConfig } from '../../support/test-config.ts';
import { mappingFiles } from '../../support/test-rules.ts';
import { feedPersons, testRules } from '../runtime/feed-persons.ts';

/** What a user's system sends with each call. */
export const USER: Readonly<Record<string, string>> = {
  'x-user-hsa-id': 'SE0000000000-USER1',
  'x-care-unit-hsa-id': 'SE0000000000-UNIT1',
  'x-purpose': encodeURIComponent('Vård och behandling'),
};

export const LOOKS_UP = { isSystemOnly: false, seesProtectedRelations: false } as const;

/** Calls with the token of a consumer. */
export interface LookUpClient {
  readonly token: string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: AnswerBody;
}

/** A body as far as tests look into it. What is not there is undefined, whatever stands here, and no test takes that for an answer. */
export interface AnswerBody {
  readonly logId: string;
  readonly code: string;
  readonly details: readonly { readonly path: string; readonly problem: string }[];
  readonly results: readonly {
    readonly identity: object;
    readonly status: string;
    readonly patient?: object;
  }[];
  readonly freshness: { readonly sources: readonly object[] };
  readonly person: { readonly identities: readonly object[] };
}

/** A row of the access log, as it stands there. */
export type LogRow = Readonly<Record<string, string | null>>;

export interface LookUpWorld extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly store: HubStore;
  readonly config: HubConfig;
  readonly metrics: Metrics;
  /** Everything that was logged. */
  readonly lines: readonly string[];
  /** Serves the look-up. */
  serve(options?: ServeOptions): Promise<ServedLookUp>;
  /** Adds a consumer whose first load is done, by the profile that sees everything and looks up. */
  addConsumer(change?: Partial<ConsumerProfile>): Promise<ConsumerProfile>;
  /** What Master says. @returns the keys of the persons, in the order of the contents. */
  feed(contents: readonly PersonEvidence[], version?: bigint): Promise<readonly string[]>;
  keyOf(identity: Identity): Promise<string | undefined>;
  /** Newest last. */
  logRows(): Promise<readonly LogRow[]>;
}

export interface ServeOptions {
  readonly tls?: LookUpTls;
  readonly pu?: LookUpPorts['pu'];
  /** Takes the place of some ports. */
  readonly ports?: (own: LookUpPorts) => Partial<LookUpPorts>;
  readonly keyWaitMs?: number;
  readonly callsPerSecond?: number;
  readonly strangersPerSecond?: number;
}

export interface ServedLookUp extends AsyncDisposable {
  readonly port: number;
  /** With a new token of the consumer. */
  as(consumer: string, headers?: Readonly<Record<string, string>>): Promise<LookUpClient>;
  /** With these headers alone. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

export async function createLookUpWorld(
  environment: Readonly<Record<string, string>> = {},
): Promise<LookUpWorld> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createHubDatabase());
  const store = stack.use(openHubStore(testStoreConfig(database.url)));
  const config = testConfig(database.url, environment);
  const metrics = createMetrics();
  const lines: string[] = [];
  const log = createLogger({
    level: 'debug',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const rules = await testRules();
  let command = 1n;

  const keyOf = async (identity: Identity): Promise<string | undefined> =>
    (await store.lookUps.byIdentities(0, [identity])).get(0)?.personKey;

  return {
    database,
    store,
    config,
    metrics,
    lines,
    keyOf,
    serve: async (options = {}) => {
      const own = lookUpPorts({ config, store }, options.pu ?? null);
      const ports = { ...own, ...options.ports?.(own) };
      const app = lookUpApp({ config, files: mappingFiles, metrics, log }, ports, {
        keyWaitMs: options.keyWaitMs ?? 1_500,
        callsPerSecond: options.callsPerSecond ?? 10_000,
        strangersPerSecond: options.strangersPerSecond ?? 10_000,
      });
      const tls = options.tls ?? null;
      const server = await startLookUpServer({ app, host: '127.0.0.1', port: 0, tls });
      const call: ServedLookUp['call'] = async (method, path, body, headers = {}) => {
        const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        return {
          status: response.status,
          headers: response.headers,
          text,
          body: JSON.parse(text) as AnswerBody,
        };
      };
      return {
        port: server.port,
        call,
        as: async (consumer, headers = USER) => {
          const token = await addToken(store.callers, {
            consumer,
            days: 1,
            addedBy: 'tester',
            now: Date.now(),
          });
          return {
            token,
            call: (method, path, body, more = {}) =>
              call(method, path, body, { authorization: `Bearer ${token}`, ...headers, ...more }),
          };
        },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
    addConsumer: async (change = {}) => {
      const profile = profileOf({ lookUp: LOOKS_UP, ...change });
      const agreement = {
        validTo: '2099-12-31',
        frameworkVersion: '1',
        staffInformedBy: 'the office of systems',
        staffInformedAt: '2026-03-01',
      };
      command += 1n;
      const outcome = await store.consumers.add({ profile, agreement, principal: null }, command);
      if (outcome !== 'done') throw new Error(`the consumer was not added: ${outcome}`);
      await database.database.script(
        `UPDATE consumers c SET generation = w.generation FROM consumer_walks w WHERE w.consumer_id = c.id; DELETE FROM consumer_walks`,
      );
      return profile;
    },
    feed: async (contents, version = 1n) => {
      await feedPersons(store.persons, rules, 'master', contents, version);
      const keys: string[] = [];
      for (const { identity } of contents) keys.push((await keyOf(identity)) ?? 'nobody');
      return keys;
    },
    logRows: async () =>
      await database.database.query({
        name: 'look-at-access-log',
        text: `SELECT log_id, resource, system_id, activity_type, activity_args, extract(epoch FROM start_date) * 1000 AS start_date, purpose,
                 user_id, assignment, care_provider, care_unit, resource_type, resource_care_provider, person_key, encode(patient, 'hex') AS patient,
                 patient_hash, array_to_string(fields, ',') AS fields, person_outcome, origin, outcome, credential_id, certificate_fingerprint,
                 tls_version, tls_cipher
               FROM access_log ORDER BY recorded_at, resource`,
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** One call over TLS, as a system with its own stack would make it. */
export async function callOverTls(
  port: number,
  call: {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly ca: string;
    readonly cert?: string;
    readonly key?: string;
    readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  },
): Promise<{ readonly status: number; readonly text: string }> {
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        servername: 'localhost',
        method: call.method,
        path: call.path,
        agent: false,
        ca: call.ca,
        headers: { 'content-type': 'application/json', ...call.headers },
        ...(call.cert !== undefined && { cert: call.cert, key: call.key }),
        ...(call.maxVersion !== undefined && {
          maxVersion: call.maxVersion,
          minVersion: 'TLSv1' as const,
        }),
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}
