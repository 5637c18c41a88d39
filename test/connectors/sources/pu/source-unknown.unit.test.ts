import { describe, expect, it } from 'vitest';
import type { PuAnswer } from '../../../../connectors/sources/pu/pu-client-port.ts';
import {
  type SendAnswersOptions,
  sendAnswers,
} from '../../../../connectors/sources/pu/pulls/send-answers.ts';
import { type Identity, identityText } from '../../../../core/person/person-identifier.ts';
import { BEFORE_EVERYTHING, type SourceMessage } from '../../../../core/sync/source-record.ts';
import { MemoryRawSink } from '../../../support/memory-master-stores.ts';
import { MemoryPuKnown } from './source-memory-stores.ts';
import { resident, sixPersons } from './source-persons.ts';
import { born1890, type PersonInPu, recordOf } from './source-scripted-pu.ts';
import { NOON, PuWorld, untilIdle } from './source-world.ts';

const SOMEBODY = born1890(1);
const READ_AT = new Date(NOON).toISOString();

const doesNotKnow = (requested: Identity): PuAnswer => ({ requested, record: null });
const knows = (index: number, change: Partial<PersonInPu> = {}): PuAnswer => ({
  requested: born1890(index),
  record: recordOf(resident(index, change), 'P4'),
});

/** Sends answers one lot after the other, and tells what went on the topic. */
class Answers {
  readonly known = new MemoryPuKnown();
  readonly sink = new MemoryRawSink();

  async take(answers: readonly PuAnswer[], change: Partial<SendAnswersOptions> = {}) {
    this.sink.clear();
    const { counts } = await sendAnswers(answers, {
      sink: this.sink,
      known: this.known,
      askedAt: NOON,
      epoch: 1,
      readAt: READ_AT,
      isSnapshot: false,
      isForced: false,
      keepsTestPersons: false,
      ...change,
    });
    return { counts, messages: this.sink.messages as readonly SourceMessage[] };
  }

  /** Only what kind of messages. */
  async kinds(answers: readonly PuAnswer[], change?: Partial<SendAnswersOptions>) {
    const { messages } = await this.take(answers, change);
    return messages.map(({ operation }) => operation);
  }

  stateOf(identity: Identity): string | undefined {
    return this.known.rows.get(identityText(identity))?.state;
  }
}

describe('an identity that PU does not know', () => {
  it('is told of once, before everything that PU may say of it later', async () => {
    const answers = new Answers();
    const { messages, counts } = await answers.take([doesNotKnow(SOMEBODY)]);
    expect(messages).toEqual([
      {
        source: 'pu',
        operation: 'unknown',
        position: BEFORE_EVERYTHING,
        snapshot: false,
        readAt: READ_AT,
        person: { identityRoot: SOMEBODY.root, identity: SOMEBODY.extension },
      },
    ]);
    expect(counts).toMatchObject({ answers: 1, sent: 0, unknown: 1 });
    expect(answers.stateOf(SOMEBODY)).toBe('unknown');
    expect(await answers.kinds([doesNotKnow(SOMEBODY)])).toEqual([]);
    expect(await answers.kinds([knows(1), doesNotKnow(born1890(2))])).toEqual([
      'upsert',
      'unknown',
    ]);
  });

  it('is told of once when it stands twice in one lot, and not after its record', async () => {
    const twice = [doesNotKnow(SOMEBODY), doesNotKnow(SOMEBODY)];
    expect(await new Answers().kinds(twice)).toEqual(['unknown']);
    expect(await new Answers().kinds([knows(1), doesNotKnow(SOMEBODY)])).toEqual(['upsert']);
  });

  it('is not told of when PU had sent a record of it', async () => {
    const answers = new Answers();
    await answers.take([knows(1)]);
    expect(await answers.kinds([doesNotKnow(SOMEBODY)])).toEqual([]);
    expect(await answers.kinds([doesNotKnow(SOMEBODY)], { isForced: true, epoch: 2 })).toEqual([]);
    expect(answers.stateOf(SOMEBODY)).toBe('sent');
  });

  it('is told of when all that PU had was a test person, and a test person is not', async () => {
    const answers = new Answers();
    expect(await answers.kinds([knows(1, { isTestPerson: true })])).toEqual([]);
    expect(answers.stateOf(SOMEBODY)).toBe('test-person');
    expect(await answers.kinds([doesNotKnow(SOMEBODY)])).toEqual(['unknown']);
  });

  it('is told of again by a reload, like everything', async () => {
    const answers = new Answers();
    await answers.take([doesNotKnow(SOMEBODY)]);
    expect(await answers.kinds([doesNotKnow(SOMEBODY)], { isForced: true, epoch: 2 })).toEqual([
      'unknown',
    ]);
  });

  it('is remembered only when the topic has it, so that a crash between sends it again', async () => {
    const answers = new Answers();
    const sink = { append: () => Promise.reject(new Error('Kafka is away.')) };
    await expect(answers.take([doesNotKnow(SOMEBODY)], { sink })).rejects.toThrow('away');
    expect(answers.stateOf(SOMEBODY)).toBeUndefined();
    expect(await answers.kinds([doesNotKnow(SOMEBODY)])).toEqual(['unknown']);
  });

  it('is found by the first load, and not by a search, which names nobody', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.askable.add(true, born1890(9));
    await using running = world.start();
    await untilIdle(running);
    const unknown = world.sink.messages.filter(({ operation }) => operation === 'unknown');
    expect(unknown).toMatchObject([
      { person: { identity: born1890(9).extension }, snapshot: true },
    ]);
  });
});
