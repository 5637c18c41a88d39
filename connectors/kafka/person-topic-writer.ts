import type { PersonTopicWriter } from '../../core/sync/publish-outbox.ts';
import type { GuardedProducer } from './guarded-producer.ts';
import type { PersonCodec } from './person-codec.ts';

export interface PersonTopicWriterOptions {
  /** Two, so that one partition's states and another's events are on the way at the same time. */
  readonly stateProducer: GuardedProducer;
  readonly eventProducer: GuardedProducer;
  readonly codec: PersonCodec;
  readonly stateTopic: string;
  readonly eventTopic: string;
}

/** Writes states and events to the person topics, verified by the guarded producer. */
export function createPersonTopicWriter(options: PersonTopicWriterOptions): PersonTopicWriter {
  const { stateProducer, eventProducer, codec, stateTopic, eventTopic } = options;
  return {
    async writeStates(partition, persons) {
      if (persons.length === 0) return;
      const messages = persons.map((person) => codec.encodeState(person));
      await stateProducer.send({ topic: stateTopic, partition, messages });
    },
    async writeEvents(partition, events) {
      if (events.length === 0) return;
      const messages = events.map((event) => codec.encodeEvent(event));
      await eventProducer.send({ topic: eventTopic, partition, messages });
    },
  };
}
