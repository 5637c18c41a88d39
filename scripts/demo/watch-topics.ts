import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { now } from './live-changes.ts';
import type { PublishedState, PublishedTally } from './published-tally.ts';

/**
 * Reads the person topics from their beginning, as a consumer would, until the signal, and counts what it sees.
 * @throws HubError when a topic cannot be read.
 */
export async function watchTopics(
  operator: Operator,
  tally: PublishedTally,
  signal: AbortSignal,
): Promise<void> {
  const { readTopic, decodeAvro } = operator.recordPorts;
  const records = (topic: string) =>
    readTopic({ topic: operator.topicName(topic), follow: true, signal });
  const watchStates = async (): Promise<void> => {
    for await (const { key, value } of records('person.state.v1')) {
      if (key === null) continue;
      const readAt = now();
      const state = value === null ? null : toState(await decodeAvro(value));
      tally.addState(key.toString(), state, readAt);
    }
  };
  const watchEvents = async (): Promise<void> => {
    for await (const { value } of records('person.events.v1')) {
      if (value !== null) tally.addEvent(toEventType(await decodeAvro(value)));
    }
  };
  await Promise.all([watchStates(), watchEvents()]);
}

/** The records are of the hub's own schemas; only what the demo looks at is named here. */
interface StateRecord {
  readonly identities: readonly { readonly extension: string }[];
  /** Only in the schema of protected persons. */
  readonly protectedPerson?: boolean;
}

function toState(record: unknown): PublishedState {
  const { identities, protectedPerson } = record as StateRecord;
  return {
    isProtected: protectedPerson !== undefined,
    extensions: identities.map(({ extension }) => extension),
  };
}

function toEventType(record: unknown): string {
  const { type } = record as { readonly type: string };
  return type.toLowerCase().replaceAll('_', '-');
}
