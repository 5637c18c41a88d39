import { describe, expect, it } from 'vitest';
import { guardRequestQueue } from '../../../connectors/kafka/request-queue-guard.ts';

/** The part of the library's class that re-arms the timer. */
function unguarded(): { new (pending: number, throttledMs: number): { schedule(): number } } {
  class Queue {
    pending: unknown[];
    throttledUntil: number;
    timers = 0;
    constructor(pending: number, throttledMs: number) {
      this.pending = new Array(pending).fill({});
      this.throttledUntil = throttledMs === 0 ? -1 : Date.now() + throttledMs;
    }
    scheduleCheckPendingRequests(): void {
      this.timers += 1;
    }
    schedule(): number {
      this.scheduleCheckPendingRequests();
      return this.timers;
    }
  }
  return Queue;
}

describe('the guard of the request queue', () => {
  it.each([
    ['sets no timer when nothing waits', 0, 0, 0],
    ['sets one when a request waits', 1, 0, 1],
    ['sets one while the broker throttles', 0, 60_000, 1],
  ])('%s', (_, pending, throttledMs, timers) => {
    const Queue = unguarded();
    guardRequestQueue(Queue);
    guardRequestQueue(Queue); // Twice is once.
    expect(new Queue(pending, throttledMs).schedule()).toBe(timers);
  });

  it('refuses a library that has no such queue any more, so that a new version gets a new look', () => {
    expect(() => guardRequestQueue(class {})).toThrow(TypeError);
  });
});
