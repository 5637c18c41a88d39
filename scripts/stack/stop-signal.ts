const WATCH_PARENT_EVERY_MS = 1_000;

/** The request to end a program that stops what it started. */
export interface StopRequest extends Disposable {
  readonly signal: AbortSignal;
  /** The exit code for a program that was told to end. */
  readonly exitCode: () => number;
}

/**
 * Aborts on Ctrl-C, on `kill`, when the terminal is closed, and when the launcher that started this program is gone (it was
 * killed in a way that it could not hand on). More signals of the same kind change nothing: stopping is under way.
 */
export function awaitStopRequest(): StopRequest {
  const controller = new AbortController();
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  let exitCode: number = codes.SIGTERM;
  const stop = (signal: keyof typeof codes) => {
    if (controller.signal.aborted) return;
    exitCode = codes[signal];
    controller.abort();
  };
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const listener = () => stop(signal);
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) stop('SIGHUP');
  }, WATCH_PARENT_EVERY_MS);
  watch.unref();
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    [Symbol.dispose]: () => {
      clearInterval(watch);
      for (const remove of listeners) remove();
    },
  };
}
