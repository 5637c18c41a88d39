import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from '../../core/disclosure/delivery-ports.ts';
import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { LookUpConfig } from '../config/hub-config.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import { createLookUpApp } from '../look-up/look-up-app.ts';
import { createLookUpCalls } from '../look-up/look-up-calls.ts';
import type { CallerDirectory, LookUpPorts } from '../look-up/look-up-ports.ts';
import { type LookUpTls, startLookUpServer } from '../look-up/look-up-server.ts';
import { createRateLimit } from '../look-up/rate-limit.ts';
import type { HubParts } from './hub-parts.ts';
import { idleFor, keepLooking } from './keep-looking.ts';
import { keptFor, watchFreshness } from './look-up-freshness.ts';
import { openLookUpPu } from './look-up-pu.ts';
import { identityHashKey } from './open-parts.ts';
import { decideRules } from './process-rules.ts';
import { createIdentityHasher } from './raw-message.ts';
import type { Role } from './run-roles.ts';

/** What the look-up calls itself when it reports its health. */
export const LOOK_UP: SafeText = safeText('look-up');

/** Of the contract in docs/openapi.json. */
export const CONTRACT_VERSION = '1.0.0';

const LOOK_MS = 5_000;
/** A change of a profile holds after at most so long. */
const CONSUMERS_KEPT_MS = 1_000;

/** The on-line look-up of patient systems. */
export function composeLookUp(parts: HubParts): readonly Role[] {
  return [{ name: LOOK_UP, run: (signal) => runLookUp(parts, signal) }];
}

async function runLookUp(parts: HubParts, signal: AbortSignal): Promise<void> {
  const { config, store, health, log } = parts;
  await using stack = new AsyncDisposableStack();
  // Before the server, so that it is closed after it: calls that are under way still ask.
  const pu = openLookUpPu(parts, new AbortController().signal);
  if (pu !== null) stack.use(pu);
  const app = lookUpApp(parts, lookUpPorts(parts, pu));
  const { host, port } = config.lookUp;
  const server = stack.use(await startLookUpServer({ app, host, port, tls: tlsOf(config.lookUp) }));
  log.info('the look-up is served', { port: server.port });
  await keepLooking({
    name: LOOK_UP,
    look: async () => {
      await store.ping();
      return idleFor(LOOK_MS);
    },
    health,
    log,
    signal,
  });
}

/** How patient and how generous the look-up is. */
export interface LookUpTuning {
  /** How long somebody whom PU has told of is waited for to get a key. */
  readonly keyWaitMs: number;
  /** Of one consumer, at this instance. */
  readonly callsPerSecond: number;
  /** Calls with a wrong token or none, of all callers together: each has a line in the access log. */
  readonly strangersPerSecond: number;
}

const TUNING: LookUpTuning = { keyWaitMs: 1_500, callsPerSecond: 500, strangersPerSecond: 20 };

/** The look-up as an application, over its ports. */
export function lookUpApp(
  { config, files, metrics, log }: Pick<HubParts, 'config' | 'files' | 'metrics' | 'log'>,
  ports: LookUpPorts,
  tuning: Partial<LookUpTuning> = {},
): ReturnType<typeof createLookUpApp> {
  const { keyWaitMs, callsPerSecond, strangersPerSecond } = { ...TUNING, ...tuning };
  const limitOf = (perSecond: number) =>
    createRateLimit({ perSecond, burst: 2 * perSecond, now: () => performance.now() });
  return createLookUpApp({
    ports,
    calls: createLookUpCalls({
      ports,
      rules: decideRules(files, config.environment).golden,
      classifier: files.classifier,
      keyWaitMs,
      now: Date.now,
      pause: (ms) => sleep(ms),
    }),
    version: CONTRACT_VERSION,
    limit: limitOf(callsPerSecond),
    strangers: limitOf(strangersPerSecond),
    metrics,
    log,
    now: Date.now,
  });
}

/** What the look-up works with, over the store of the hub. */
export function lookUpPorts(
  { config, store }: Pick<HubParts, 'config' | 'store'>,
  pu: LookUpPorts['pu'],
): LookUpPorts {
  const hash = createIdentityHasher(identityHashKey(config), ['root', 'extension']);
  return {
    callers: callersOf(store),
    persons: store.lookUps,
    pu,
    lists: store.consumerLists,
    purges: store.consumerPurges,
    freshness: watchFreshness(store.instances, Date.now),
    writeLog: (call, persons) =>
      store.accessLog.append(call, persons, ({ root, extension }) =>
        hash({ source: 'pu', person: { root, extension } }),
      ),
  };
}

function callersOf({ callers, deliveries }: HubStore): CallerDirectory {
  const consumers = keptFor(CONSUMERS_KEPT_MS, Date.now, () => deliveries.consumers());
  return {
    findToken: (id) => callers.findToken(id),
    findCertificate: (fingerprint) => callers.findCertificate(fingerprint),
    findConsumer: async (name) => {
      const named = (one: Consumer) => one.name === name;
      // Somebody whose credential is known and who is not among them was added just now.
      return (await consumers()).find(named) ?? (await deliveries.consumers()).find(named);
    },
  };
}

function tlsOf({ tls }: LookUpConfig): LookUpTls | null {
  if (tls === null) return null;
  return { cert: tls.cert.reveal(), key: tls.key.reveal(), ca: tls.ca?.reveal() };
}
