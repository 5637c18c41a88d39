import type { PersonEvent } from '../golden-record/person-event.ts';
import type { PersonKey } from '../person/person-identifier.ts';
import type { ChangeCause } from './batch-changes.ts';
import type { Lease, Outbox, OutboxEntry } from './ports.ts';
import type { StoredPerson } from './stored-group.ts';

/** One business event on its way out. */
export interface OutgoingEvent {
  readonly personKey: PersonKey;
  readonly version: number;
  readonly event: PersonEvent;
  readonly cause: ChangeCause;
  /** When the change was committed, in milliseconds since 1970. */
  readonly recordedAt: number;
}

/** The person topics. Both calls resolve only when every record was acknowledged by all in-sync replicas and that was verified. */
export interface PersonTopicWriter {
  writeStates(partition: number, persons: readonly StoredPerson[]): Promise<void>;
  writeEvents(partition: number, events: readonly OutgoingEvent[]): Promise<void>;
}

export type PublishOutcome =
  | {
      readonly kind: 'published';
      readonly entries: readonly OutboxEntry[];
      readonly states: number;
      readonly events: number;
    }
  | { readonly kind: 'idle' }
  | { readonly kind: 'lease-lost'; readonly sent: readonly OutboxEntry[] }
  /** `sent` may have been written although an answer did not come. */
  | { readonly kind: 'failed'; readonly error: unknown; readonly sent: readonly OutboxEntry[] };

/**
 * Publishes the oldest waiting changes of one partition: states first, so that whoever reacts to an event finds the state, then the
 * events, then the entries are deleted. A crash in between sends the same again, with the same ids and versions.
 *
 * A person with several waiting changes is sent once, in its present state: an older one could hold what has become protected.
 *
 * The question before each send, and the lease at the end, keep two publishers apart as long as clocks run. Where one stood still (a
 * machine that was halted and went on) a send can arrive late, behind newer states. The outcome tells of it: the caller puts what was
 * sent in line again with {@link Outbox.requeueStates} as soon as the lease is known to be lost, and the present state comes last again.
 *
 * @param isLeaseFresh asked right before each send: an instance that was away too long must not write behind its successor's back.
 * @throws what reading the outbox throws; nothing was sent then.
 */
export async function publishOutbox(
  partition: number,
  lease: Lease,
  isLeaseFresh: () => boolean,
  limit: number,
  outbox: Outbox,
  topics: PersonTopicWriter,
): Promise<PublishOutcome> {
  const { entries, persons } = await outbox.readOldest(partition, limit);
  if (entries.length === 0) return { kind: 'idle' };
  const events = entries.flatMap(outgoingEvents);

  if (!isLeaseFresh()) return { kind: 'lease-lost', sent: [] };
  try {
    await topics.writeStates(partition, persons);
    if (!isLeaseFresh()) return { kind: 'lease-lost', sent: entries };
    await topics.writeEvents(partition, events);

    const held = await outbox.deletePublished(
      lease,
      entries.map((entry) => entry.id),
    );
    return held
      ? { kind: 'published', entries, states: persons.length, events: events.length }
      : { kind: 'lease-lost', sent: entries };
  } catch (error) {
    return { kind: 'failed', error, sent: entries };
  }
}

function outgoingEvents({ personKey, version, cause, recordedAt, events }: OutboxEntry) {
  return events.map((event): OutgoingEvent => ({ personKey, version, event, cause, recordedAt }));
}
