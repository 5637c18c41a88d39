import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { Lease, Outbox, OutboxEntry } from '../../core/sync/ports.ts';

/**
 * What was sent under a lease and not yet known to be in order. When the lease turns out to be lost, somebody else may have published
 * newer states before ours arrived, so these persons are put in line again; when it holds, nobody else wrote and nothing is to do.
 */
export class UnsettledSends {
  readonly #outbox: Pick<Outbox, 'requeueStates'>;
  readonly #byLease = new Map<Lease, Map<PersonKey, OutboxEntry>>();

  constructor(outbox: Pick<Outbox, 'requeueStates'>) {
    this.#outbox = outbox;
  }

  /** Remembers entries that were, or may have been, sent. */
  add(lease: Lease, sent: readonly OutboxEntry[]): void {
    if (sent.length === 0) return;
    const persons = this.#byLease.get(lease) ?? new Map<PersonKey, OutboxEntry>();
    for (const entry of sent) persons.set(entry.personKey, entry);
    this.#byLease.set(lease, persons);
  }

  /** The lease held to the end of a send, so it held at all sends before. */
  forget(lease: Lease): void {
    this.#byLease.delete(lease);
  }

  /** @throws what the outbox throws; then it is all still to do. */
  async settle(isHeld: (lease: Lease) => boolean): Promise<void> {
    for (const [lease, persons] of [...this.#byLease]) {
      if (isHeld(lease)) continue;
      // Taken out first: what is added while we wait is for the next time.
      this.#byLease.delete(lease);
      try {
        await this.#outbox.requeueStates([...persons.values()]);
      } catch (error) {
        this.add(lease, [...persons.values()]);
        throw error;
      }
    }
  }
}
