import { setTimeout as pause } from 'node:timers/promises';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { dispositionOf } from '../../core/errors/hub-error.ts';
import { now } from '../population/life/fine-clock.ts';
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
    onceReadable(
      () => readTopic({ topic: operator.topicName(topic), follow: true, signal }),
      signal,
    );
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

const AGAIN_AFTER_MS = 300;

/** A topic that was made a moment ago has no leader yet. Once something was read, a failure is one. */
async function* onceReadable<T>(
  read: () => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for (let hasRead = false; ; await pause(AGAIN_AFTER_MS)) {
    try {
      for await (const record of read()) {
        hasRead = true;
        yield record;
      }
      return;
    } catch (error) {
      if (hasRead || signal.aborted || dispositionOf(error) !== 'retriable') throw error;
    }
  }
}

/** The records are of the hub's own schemas; only what the demo looks at is named here. */
type StateRecord =
  | {
      readonly identities: readonly { readonly extension: string; readonly main: boolean }[];
      /** Only in the schema of protected persons. */
      readonly protectedPerson?: boolean;
    }
  | { readonly redirectTo: string };

function toState(record: unknown): PublishedState {
  const state = record as StateRecord;
  if ('redirectTo' in state) return { kind: 'redirect', redirectTo: state.redirectTo };
  const { identities, protectedPerson } = state;
  const numbersOf = (isMain: boolean): readonly string[] =>
    identities.filter(({ main }) => main === isMain).map(({ extension }) => extension);
  const [main = ''] = numbersOf(true);
  return {
    kind: protectedPerson === undefined ? 'person' : 'protected-person',
    main,
    aliases: numbersOf(false),
  };
}

function toEventType(record: unknown): string {
  const { type } = record as { readonly type: string };
  return type.toLowerCase().replaceAll('_', '-');
}
