/** The part of the library's request queue that the guard needs. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const GUARDED = Symbol.for('pu-hub.request-queue-guarded');

/**
 * Stops the idle timer of kafkajs 2.2.4 (its issue 1751): with nothing to send and no throttling, every answer re-arms a timer
 * with a negative delay, which fires at once and re-arms itself: some thousand timers a second for a client that does nothing.
 * The timer is needed only when requests wait, and pushing a request schedules it anyway.
 * @throws when the class is not the one that this guard was written for: a new version needs a new look.
 */
export function guardRequestQueue(requestQueueClass: unknown): void {
  const prototype = (requestQueueClass as { prototype?: Record<PropertyKey, unknown> }).prototype;
  const original = prototype?.['scheduleCheckPendingRequests'];
  if (prototype === undefined || typeof original !== 'function') {
    throw new TypeError('kafkajs has no RequestQueue.scheduleCheckPendingRequests any more.');
  }
  if (prototype[GUARDED] === true) return;
  prototype[GUARDED] = true;
  prototype['scheduleCheckPendingRequests'] = function (this: RequestQueue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
}
