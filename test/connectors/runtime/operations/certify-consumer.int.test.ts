/** `hub consumers certify` against consumers that obey and consumers that do not, on a real broker and registry. Issue 8, point 7. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../../connectors/kafka/avro-codec.ts';
import { certificationTopicNames } from '../../../../connectors/kafka/consumer-rights.ts';
import type { KafkaClient } from '../../../../connectors/kafka/kafka-client.ts';
import type { LocatedRecord } from '../../../../connectors/kafka/kafka-message.ts';
import type { Certification } from '../../../../connectors/runtime/operations/certify-consumer.ts';
import {
  createOperator,
  type Operator,
} from '../../../../connectors/runtime/operations/operator.ts';
import type { ConsumerProfile } from '../../../../core/disclosure/consumer-profile.ts';
import { safeText } from '../../../../core/errors/log-safe.ts';
import { profileOf } from '../../../core/disclosure/disclosure-builder.ts';
import { testEnvironment } from '../../../support/env.ts';
import { createHubDatabase, type TestDatabase } from '../../../support/hub-database.ts';
import { testKafka, testName } from '../../../support/kafka-topic.ts';
import { testConfig } from '../../../support/test-config.ts';

const PREFIX = `${testName('certify')}.`;
const CARD = profileOf({ name: 'card' });
const { played, answers } = certificationTopicNames('card', PREFIX);

let database: TestDatabase;
let operator: Operator;
let kafka: KafkaClient;
let avro: AvroCodec;
beforeAll(async () => {
  database = await createHubDatabase();
  operator = createOperator(testConfig(database.url, { HUB_TOPIC_PREFIX: PREFIX }));
  kafka = testKafka();
  avro = new AvroCodec({
    registryUrl: testEnvironment().schemaRegistryUrl,
    clientId: safeText('test'),
  });
});
afterAll(async () => {
  await kafka.close();
  await operator[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface Has {
  readonly generation: number;
  readonly version: number;
  readonly has: string;
}

/** What is wrong with a consumer; none of it: it obeys. */
interface Fault {
  readonly takesEverything?: true;
  readonly ignoresOrders?: true;
  readonly forgetsNumbers?: true;
  readonly talksNonsense?: true;
}

/** A consumer as another team would write it: by the docs and the headers, with nothing of the hub but its decoder. */
class Consumer {
  readonly #fault: Fault;
  readonly #persons = new Map<string, Has>();

  constructor(fault: Fault) {
    this.#fault = fault;
  }

  /** @returns the answer, undefined for none. */
  async handle({ key, value, headers }: LocatedRecord): Promise<object | undefined> {
    const id = headers['ce_id'];
    const isOrder = headers['ce_type']?.endsWith('.purge-order') === true;
    if (isOrder) return this.#fault.ignoresOrders ? undefined : { id, forgot: true };
    const person = `${key?.toString()}`;
    const generation = Number(headers['hub_generation']);
    const version = Number(headers['hub_version']);
    const old = this.#persons.get(person);
    const isLate =
      old !== undefined &&
      (generation < old.generation || (generation === old.generation && version < old.version));
    if (!isLate || this.#fault.takesEverything) {
      const has = await kindOf(value, headers['content-type']);
      if (has === 'gone' && this.#fault.forgetsNumbers) this.#persons.delete(person);
      else this.#persons.set(person, { generation, version, has });
    }
    return { id, ...(this.#persons.get(person) ?? { generation, version, has: 'gone' }) };
  }
}

async function kindOf(value: Buffer | null, type: string | undefined): Promise<string> {
  if (type === 'application/fhir+json') {
    // Confidentiality (HL7): restricted, or very restricted.
    const isProtected = /"code":"[RV]"/.test(`${value?.toString()}`);
    return isProtected ? 'protected-person' : 'person';
  }
  const decoded = await avro.decode(value);
  if (decoded.kind === 'tombstone') return 'gone';
  return decoded.name.endsWith('ProtectedPerson') ? 'protected-person' : 'person';
}

/** Certifies a consumer that reads on the side. */
async function certify(
  fault: Fault,
  profile: ConsumerProfile = CARD,
  withinMs = 60_000,
): Promise<Certification> {
  const stop = new AbortController();
  let consuming: Promise<void> = Promise.resolve();
  const consume = async (): Promise<void> => {
    const consumer = new Consumer(fault);
    const producer = kafka.producer();
    for await (const record of kafka.readTopic({
      topic: played,
      follow: true,
      signal: stop.signal,
    })) {
      const answer = await consumer.handle(record);
      if (answer === undefined) continue;
      const text = fault.talksNonsense ? 'yes' : JSON.stringify(answer);
      const messages = [{ key: null, value: Buffer.from(text) }];
      await producer.send({ topic: answers, partition: 0, messages });
    }
  };
  const result = await operator.consumers.certify(profile, null, {
    withinMs,
    onReady: () => {
      consuming = consume();
    },
    onAnswer: () => undefined,
    signal: stop.signal,
  });
  stop.abort();
  await consuming;
  return result === 'no-authorizer' ? expect.fail(result) : result;
}

const failed = ({ steps }: Certification): readonly (readonly [string, string])[] =>
  steps
    .filter(({ result }) => result.kind !== 'passed')
    .map(({ step, result }) => [step.about, result.kind]);

describe('a certification', () => {
  it('is passed by a consumer that does what it must, and leaves no topic behind', async () => {
    const result = await certify({});
    expect(failed(result)).toEqual([]);
    expect(result.steps.length).toBeGreaterThan(20);
    expect(result.unreadable).toBe(0);
    const left = await kafka.admin.topicNames();
    expect(left.filter((name) => name.startsWith(PREFIX))).toEqual([]);
  });

  it('is passed by one that gets nobody protected', async () => {
    const profile = profileOf({ name: 'card', protectedPersons: 'left-out' });
    const result = await certify({}, profile);
    expect(failed(result)).toEqual([]);
    const step = result.steps.find((one) => one.step.about === 'becomes protected')?.step;
    expect(step?.expects?.has).toBe('gone');
  });

  it('is passed by one that gets FHIR', async () => {
    const delivery = { kind: 'topic', format: 'fhir-patient', content: 'full-state' } as const;
    expect(failed(await certify({}, profileOf({ name: 'card', delivery })))).toEqual([]);
  });

  it('finds a consumer that takes what comes too late', async () => {
    expect(failed(await certify({ takesEverything: true }))).toEqual([
      ['is not raised from the dead', 'wrong'],
      ['refuses a lower version', 'wrong'],
      ['refuses a lower generation', 'wrong'],
    ]);
  });

  it('finds a consumer that does not keep the numbers of whom it deleted', async () => {
    expect(failed(await certify({ forgetsNumbers: true }))).toEqual([
      ['is not raised from the dead', 'wrong'],
    ]);
  });

  it('finds a consumer that does not answer orders, when the time is over', async () => {
    expect(failed(await certify({ ignoresOrders: true }, CARD, 8_000))).toEqual([
      ['forgets what is protected', 'no-answer'],
      ['forgets everything', 'no-answer'],
    ]);
  });

  it('counts answers that are none', async () => {
    const result = await certify({ talksNonsense: true }, CARD, 8_000);
    expect(result.unreadable).toBeGreaterThan(0);
    expect(failed(result)).toHaveLength(result.steps.length);
  });
});
