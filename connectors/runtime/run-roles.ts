import type { SafeText } from '../../core/errors/log-safe.ts';
import type { Logger } from '../observability/logger.ts';

/** One long-running piece of work of an instance. It resolves soon after its signal and rejects when it cannot go on. */
export interface Role {
  readonly name: SafeText;
  run(signal: AbortSignal): Promise<void>;
}

/**
 * Runs the roles until the signal, or until one of them fails. They start in the given order and stop in the reverse order, each after
 * the one before it has ended the piece of work that it is at. Nothing is drained: what stands on the raw topic or in the outbox by then
 * stays there, for another instance or for the next start.
 *
 * @throws what the first role threw that could not go on.
 */
export async function runRoles(
  roles: readonly Role[],
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const failed = Promise.withResolvers<{ readonly error: unknown }>();
  const running = roles.map((role) => {
    const stop = new AbortController();
    log.info('role starts', { role: role.name });
    const done = role.run(stop.signal).catch((error: unknown) => {
      log.error('role failed', error, { role: role.name });
      failed.resolve({ error });
    });
    return { role, stop, done };
  });
  const failure = await Promise.race([failed.promise, aborted(signal)]);
  for (const { role, stop, done } of running.toReversed()) {
    stop.abort();
    await done;
    log.info('role ended', { role: role.name });
  }
  if (failure !== undefined) throw failure.error;
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  return undefined;
}
