import { describe, expect, it } from 'vitest';
import {
  GuardedProducer,
  type ProducerConnection,
} from '../../../connectors/kafka/guarded-producer.ts';
import type { KafkaMessage, TopicPartition } from '../../../connectors/kafka/kafka-message.ts';
import type { Acknowledgement } from '../../../connectors/kafka/verify-acknowledgement.ts';

const to = { topic: 'topic', partition: 1 };
const messages = (...keys: string[]): readonly KafkaMessage[] =>
  keys.map((key) => ({ key, value: null }));

/** Stands for the library: keeps what it was asked, and answers as the test says. */
class ScriptedLibrary {
  readonly journal: string[] = [];
  answer: (to: TopicPartition, count: number) => Promise<readonly Acknowledgement[]> | Error = () =>
    Promise.resolve([this.acknowledgement()]);
  #opened = 0;
  #offset = 0;

  acknowledgement(): Acknowledgement {
    const baseOffset = String(this.#offset);
    return { topicName: 'topic', partition: 1, errorCode: 0, baseOffset };
  }

  open(): ProducerConnection {
    this.#opened += 1;
    const id = this.#opened;
    return {
      connect: () => Promise.resolve(),
      sendBatch: async (at, batch) => {
        this.journal.push(`${id} sends ${batch.map(({ key }) => String(key)).join(' ')}`);
        const answer = this.answer(at, batch.length);
        if (answer instanceof Error) throw answer;
        const acknowledged = await answer;
        this.#offset += batch.length;
        this.journal.push(`${id} has answered`);
        return acknowledged;
      },
      close: () => Promise.resolve(void this.journal.push(`${id} closes`)),
      cut: () => void this.journal.push(`${id} is cut`),
    };
  }
}

describe('the guarded producer over the library', () => {
  it('has one send in flight: the second begins when the first has ended', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open());
    await Promise.all([
      producer.send({ ...to, messages: messages('a') }),
      producer.send({ ...to, messages: messages('b') }),
    ]);
    expect(library.journal).toEqual(['1 sends a', '1 has answered', '1 sends b', '1 has answered']);
  });

  it('does not let a send that failed hold up the next', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open());
    const answers = [new Error('first fails')];
    library.answer = () => answers.shift() ?? Promise.resolve([library.acknowledgement()]);
    const results = await Promise.allSettled([
      producer.send({ ...to, messages: messages('a') }),
      producer.send({ ...to, messages: messages('b') }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('gives up the producer id after any failure, so no sequence number is used twice', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open());
    const answers = [new Error('no answer')];
    library.answer = () => answers.shift() ?? Promise.resolve([library.acknowledgement()]);
    await expect(producer.send({ ...to, messages: messages('a') })).rejects.toThrow();
    await producer.send({ ...to, messages: messages('a') });
    expect(library.journal).toEqual(['1 sends a', '1 is cut', '2 sends a', '2 has answered']);
  });

  it('rejects and gives up the producer id when the library resolves without the partition', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open());
    library.answer = () => Promise.resolve([]);
    await expect(producer.send({ ...to, messages: messages('a') })).rejects.toMatchObject({
      code: 'HUB_KAFKA_ACK_MISMATCH',
    });
    expect(library.journal.at(-1)).toBe('1 is cut');
  });

  it('makes the producer anew before its sequence numbers can run over', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open(), { renewAfterRecords: 4 });
    for (const pair of ['ab', 'cd', 'ef']) {
      await producer.send({ ...to, messages: messages(...pair) });
    }
    expect(library.journal.filter((line) => !line.includes('answered'))).toEqual([
      '1 sends a b',
      '1 sends c d',
      '1 closes',
      '2 sends e f',
    ]);
  });

  it('settles in time when the library never does, and the waiting send does not wait longer', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open(), { timeoutMs: 30 });
    library.answer = () => new Promise(() => undefined);
    const results = await Promise.allSettled([
      producer.send({ ...to, messages: messages('a') }),
      producer.send({ ...to, messages: messages('b') }),
    ]);
    for (const result of results) {
      expect(result).toMatchObject({ reason: { code: 'HUB_KAFKA_UNAVAILABLE' } });
    }
    expect(library.journal.slice(0, 2)).toEqual(['1 sends a', '1 is cut']);
  });

  it('ends what was asked for before it closes, and takes nothing afterwards', async () => {
    const library = new ScriptedLibrary();
    const producer = new GuardedProducer(() => library.open());
    const sent = producer.send({ ...to, messages: messages('a') });
    await producer.close();
    await sent;
    expect(library.journal).toEqual(['1 sends a', '1 has answered', '1 closes']);
    await expect(producer.send({ ...to, messages: messages('b') })).rejects.toThrow('closed');
  });

  it('sends a list in record batches, in order, and stops at the first that fails', async () => {
    const library = new ScriptedLibrary();
    await using producer = new GuardedProducer(() => library.open(), {
      limits: { batchRecords: 2 },
    });
    let sends = 0;
    library.answer = () => {
      sends += 1;
      return sends === 2
        ? new Error('the second fails')
        : Promise.resolve([library.acknowledgement()]);
    };
    await expect(producer.send({ ...to, messages: messages(...'abcdef') })).rejects.toThrow();
    expect(library.journal).toEqual(['1 sends a b', '1 has answered', '1 sends c d', '1 is cut']);
  });
});
