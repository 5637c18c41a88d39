/** Resolves after `ms` milliseconds, or at once when the signal is or becomes aborted. Never rejects. */
export async function waitMs(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** A door that opens when somebody calls: a wait that ends at the call, at the time limit or at the abort. */
export class WakeUp {
  #wake: (() => void) | undefined;
  #isCalled = false;

  /** Ends the present wait, or the next one at once. */
  call(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isCalled) {
      const inner = new AbortController();
      this.#wake = () => inner.abort();
      await waitMs(ms, AbortSignal.any([signal, inner.signal]));
      this.#wake = undefined;
    }
    this.#isCalled = false;
  }
}
