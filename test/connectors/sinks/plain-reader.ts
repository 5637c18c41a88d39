/** A consumer's program as it has to be, and no more: what it does is what docs/topics asks of everybody who reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import type { KafkaClient } from '../../../connectors/kafka/kafka-client.ts';
import type { LocatedRecord } from '../../../connectors/kafka/kafka-message.ts';
import type { TopicSpec } from '../../../connectors/kafka/topics.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { HeldPerson } from '../../contracts/consumer-sink-under-test.ts';

const WITHIN_MS = 20_000;
const LOOK_MS = 20;

export interface PlainReaderOptions {
  readonly kafka: Pick<KafkaClient, 'readTopic' | 'admin'>;
  readonly avro: Pick<AvroCodec, 'decode'>;
  readonly topics: readonly TopicSpec[];
}

type Fields = Readonly<Record<string, unknown>>;

interface Standing {
  readonly generation: number;
  readonly version: number;
  /** Null: a tombstone, which is remembered, so that what is older than it raises nobody from the dead. */
  readonly record: LocatedRecord | null;
}

/**
 * Reads the topics of one consumer from the beginning on. Of a person it keeps the record with the highest (generation, version), and of the same two numbers
 * the later one; an event or an order whose `ce_id` it knows it drops.
 */
export class PlainReader implements AsyncDisposable {
  readonly #options: PlainReaderOptions;
  readonly #stop = new AbortController();
  readonly #reading: Promise<unknown>;
  readonly #standings = new Map<string, Standing>();
  readonly #orders = new Map<string, string[]>();
  readonly #events = new Map<string, string[]>();
  readonly #known = new Set<string>();
  /** By topic and partition the offset after what was read. */
  readonly #next = new Map<string, number>();
  #failure: Error | undefined;

  constructor(options: PlainReaderOptions) {
    this.#options = options;
    const reading = options.topics.map(async ({ topic }) => await this.#follow(topic));
    this.#reading = Promise.all(reading).catch((error: unknown) => {
      this.#failure = new Error('The consumer cannot read.', { cause: error });
    });
  }

  async held(keys: readonly PersonKey[]): Promise<ReadonlyMap<PersonKey, HeldPerson>> {
    await this.#untilRead();
    const held = new Map<PersonKey, HeldPerson>();
    for (const key of keys) {
      const standing = this.#standings.get(key);
      if (standing === undefined || standing.record === null) continue;
      const { generation, version, record } = standing;
      held.set(key, { generation, version, ...(await this.#see(record)) });
    }
    return held;
  }

  async orders(key: PersonKey): Promise<readonly string[]> {
    await this.#untilRead();
    return this.#orders.get(key) ?? [];
  }

  async events(key: PersonKey): Promise<readonly string[]> {
    await this.#untilRead();
    return this.#events.get(key) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }

  async #follow(topic: string): Promise<void> {
    const { signal } = this.#stop;
    for await (const record of this.#options.kafka.readTopic({ topic, follow: true, signal })) {
      await this.#take(record);
      this.#next.set(`${topic}/${record.partition}`, record.offset + 1);
    }
  }

  async #take(record: LocatedRecord): Promise<void> {
    const key = String(record.key);
    if (record.topic.endsWith('.person.v1')) {
      const generation = Number(record.headers['hub_generation']);
      const version = Number(record.headers['hub_version']);
      const last = this.#standings.get(key);
      if (last !== undefined && isLower({ generation, version }, last)) return;
      this.#standings.set(key, { generation, version, record: record.value && record });
      return;
    }
    const id = record.headers['ce_id'] ?? '';
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const told = await this.#decode(record);
    if (record.topic.endsWith('.purge.v1')) add(this.#orders, key, String(told['orderId']));
    else add(this.#events, key, `${String(told['version'])}:${wordOf(told['type'])}`);
  }

  /** What the record says, in either format. */
  async #see(record: LocatedRecord): Promise<Omit<HeldPerson, 'generation' | 'version'>> {
    if (record.headers['content-type'] === 'application/fhir+json') {
      const patient = JSON.parse(String(record.value)) as Fields;
      const [name] = listOf(patient['name']);
      const { security } = patient['meta'] as Fields;
      const isProtected = listOf(security).some(({ code }) => code === 'R' || code === 'V');
      return {
        kind: isProtected ? 'protected-person' : 'person',
        surname: (name?.['family'] ?? null) as string | null,
        identities: listOf(patient['identifier']).length,
        hidden: countOf(patient, ['address', 'telecom', 'contact']),
      };
    }
    const person = await this.#decode(record);
    return {
      kind: person['protectedPerson'] === undefined ? 'person' : 'protected-person',
      surname: ((person['name'] as Fields | null)?.['surname'] ?? null) as string | null,
      identities: listOf(person['identities']).length,
      hidden: countOf(person, ['addresses', 'contacts', 'relations', 'contactPersons']),
    };
  }

  async #decode({ value }: LocatedRecord): Promise<Fields> {
    const decoded = await this.#options.avro.decode(value);
    if (decoded.kind === 'tombstone') throw new TypeError('A tombstone has no value.');
    return decoded.record;
  }

  /** Until all that stands in the topics now was read. */
  async #untilRead(): Promise<void> {
    const until = performance.now() + WITHIN_MS;
    for (const { topic } of this.#options.topics) {
      for (const { partition, high } of await this.#options.kafka.admin.offsets(topic)) {
        while ((this.#next.get(`${topic}/${partition}`) ?? 0) < high) {
          if (this.#failure !== undefined) throw this.#failure;
          if (performance.now() > until) throw new Error('The consumer does not keep up.');
          await sleep(LOOK_MS);
        }
      }
    }
  }
}

type Numbers = Pick<Standing, 'generation' | 'version'>;

function isLower(one: Numbers, other: Numbers): boolean {
  return one.generation === other.generation
    ? one.version < other.version
    : one.generation < other.generation;
}

function add(lists: Map<string, string[]>, key: string, word: string): void {
  const list = lists.get(key) ?? [];
  list.push(word);
  lists.set(key, list);
}

/** `NAME_CHANGED` is `name-changed`. */
function wordOf(symbol: unknown): string {
  return String(symbol).toLowerCase().replaceAll('_', '-');
}

function countOf(fields: Fields, names: readonly string[]): number {
  return names.reduce((count, name) => count + listOf(fields[name]).length, 0);
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}
