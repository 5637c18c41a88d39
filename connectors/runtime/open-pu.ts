import { findHubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { PuConfig } from '../config/hub-config.ts';
import type { PuCertificate } from '../sources/pu/pu-certificate.ts';
import { openPuClient } from '../sources/pu/pu-client.ts';
import type { PuClientObserver, PuClientSettings } from '../sources/pu/pu-client-options.ts';
import type { CallBudget, PuClient } from '../sources/pu/pu-client-port.ts';
import type { HubParts } from './hub-parts.ts';

/** Opens PU for an instance: its calls share one budget with those of all instances, and are counted. Nothing is sent yet. */
export function openPu(
  parts: HubParts,
  pu: PuConfig,
  signal: AbortSignal,
): PuClient & AsyncDisposable {
  const { store, metrics } = parts;
  const shared = store.callBudget({ name: 'pu', callsPerSecond: pu.callsPerSecond });
  const budget: CallBudget = {
    takeTurn: async (stop) => {
      await shared.takeTurn(stop);
      metrics.add('hub_pu_calls_total', {});
    },
  };
  return connectPu(pu, { budget, signal, observe: observerOf(parts) });
}

/** Opens PU with its settings. It connects at the first call. */
export function connectPu(
  pu: PuConfig,
  {
    budget,
    signal,
    observe,
    settings = {},
  }: {
    readonly budget: CallBudget;
    readonly signal: AbortSignal;
    readonly observe: PuClientObserver;
    readonly settings?: Partial<PuClientSettings>;
  },
): PuClient & AsyncDisposable {
  return openPuClient({
    contractVersion: pu.contractVersion,
    soapUrl: pu.url,
    restUrl: pu.restUrl,
    logicalAddress: pu.logicalAddress,
    certificate: certificateOf(pu.tls),
    originalConsumer: undefined,
    downloadFolder: pu.workDirectory,
    budget,
    signal,
    now: Date.now,
    random: Math.random,
    settings,
    observe,
  });
}

/** PEM texts; without authorities of its own the machine's are trusted. */
export function certificateOf({ cert, key, ca }: PuConfig['tls']): PuCertificate {
  return { cert: cert.reveal(), key: key.reveal(), ca: ca?.reveal() };
}

function observerOf({ log, metrics }: HubParts): PuClientObserver {
  let isSkewTold = false;
  metrics.set('hub_pu_circuit_open', {}, 0);
  return {
    onRetry: (error, attempt) => {
      const code = findHubError(error)?.code;
      if (code !== undefined) metrics.add('hub_pu_call_failures_total', { code });
      log.debug('a call to PU is made again', { code: safeWord(code ?? 'unknown'), attempt });
    },
    onClockSkew: (seconds, isTooLarge) => {
      if (isTooLarge === isSkewTold) return;
      isSkewTold = isTooLarge;
      const fields = { code: safeWord('HUB_PU_CLOCK_WRONG'), seconds };
      if (isTooLarge) log.warn("PU's clock and ours are far apart", fields);
      else log.info("PU's clock and ours agree again", fields);
    },
    onCircuit: (state) => {
      metrics.set('hub_pu_circuit_open', {}, state === 'closed' ? 0 : 1);
      log.warn('the way to PU has changed', { circuit: safeWord(state) });
    },
  };
}
