import type { InstanceStore } from '../hub-store/instance-store.ts';
import type { LookUpFreshness } from '../look-up/look-up-ports.ts';
import { readInstanceStatus } from './operations/instance-status.ts';
import { SILENT_SECONDS } from './operations/read-status.ts';

const KEPT_MS = 1_000;

/** How old is what the hub answers from, by what the instances say that read the registers. Read anew when it is a second old. */
export function watchFreshness(
  instances: Pick<InstanceStore, 'list'>,
  now: () => number,
): () => Promise<LookUpFreshness> {
  return keptFor(KEPT_MS, now, async () => {
    const seen = await instances.list();
    const reading = seen
      .filter(({ secondsSinceSeen }) => secondsSinceSeen <= SILENT_SECONDS)
      .flatMap(({ status }) => readInstanceStatus(status).sources);
    const sources = (['master', 'pu'] as const).map((name) => {
      const source = reading.find((one) => one.name === name);
      const asOf = source?.currentAsOf ?? null;
      return {
        name,
        state: source?.state ?? null,
        position: source?.position ?? null,
        currentAsOf: asOf === null ? null : new Date(asOf).toISOString(),
      };
    });
    return { at: new Date(now()).toISOString(), sources };
  });
}

/** Reads something at most once in so many milliseconds, and all who ask meanwhile wait for the same. A failure is not kept. */
export function keptFor<T>(
  ms: number,
  now: () => number,
  read: () => Promise<T>,
): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly at: number } | undefined;
  return async () => {
    if (kept !== undefined && now() - kept.at < ms) return await kept.value;
    const value = read();
    kept = { value, at: now() };
    try {
      return await value;
    } catch (error) {
      if (kept?.value === value) kept = undefined;
      throw error;
    }
  };
}
