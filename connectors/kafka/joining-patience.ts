import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The library gives up joining a group at the first "coordinator is loading", which is normal on a cluster that has just
 * started. So until it has joined once it may start itself again, for about 15 s. Never afterwards: then the run ends, and the
 * caller of runConsumer, who knows why, begins a new one.
 */
export class JoiningPatience {
  #attempts = 0;
  #isOver = false;

  /** Asked when a join failed; waits before it says yes. */
  async shallTryAgain(): Promise<boolean> {
    this.#attempts += 1;
    if (this.#attempts > 7) return false;
    if (!this.#isOver) await sleep(Math.min(4_000, 125 * 2 ** this.#attempts));
    return !this.#isOver;
  }

  /** It has joined, or is closed. */
  end(): void {
    this.#isOver = true;
  }
}
