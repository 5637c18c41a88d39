import { dispositionOf, HubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import { wrapKafkaError } from './kafka-errors.ts';
import type { PartitionOffsets } from './kafka-message.ts';
import type { TopicSpec } from './topics.ts';

/** The library's admin client, in our words. Only `kafka-client.ts` makes one. */
export interface AdminConnection {
  topicNames(): Promise<readonly string[]>;
  /** Creates what is not there; a topic that somebody else creates at the same time is no error. */
  createTopics(specs: readonly TopicSpec[]): Promise<void>;
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  settings(topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  offsets(topic: string): Promise<readonly PartitionOffsets[]>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  deleteGroups(groupIds: readonly string[]): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

/** One topic as it is, compared with the table. */
export interface TopicReport {
  readonly topic: SafeText;
  readonly partitions: number;
  /** Settings that differ from the table. They are reported and never changed by the hub. */
  readonly drift: readonly SettingDrift[];
}

export interface SettingDrift {
  readonly setting: SafeText;
  readonly have: SafeText | number;
  readonly want: SafeText | number;
}

/** Topics, offsets and groups. Connects at first use; after a failure the next call makes a new connection. */
export class KafkaAdmin implements AsyncDisposable {
  readonly #open: () => Promise<AdminConnection>;
  #connection: Promise<AdminConnection> | undefined;

  constructor(open: () => Promise<AdminConnection>) {
    this.#open = open;
  }

  /** Creates the topics that are missing, then checks all of them as {@link checkTopics} does. */
  async ensureTopics(table: readonly TopicSpec[]): Promise<readonly TopicReport[]> {
    await this.#use({}, async (admin) => {
      const present = new Set(await admin.topicNames());
      const missing = table.filter((spec) => !present.has(spec.topic));
      if (missing.length > 0) await admin.createTopics(missing);
    });
    return await this.checkTopics(table);
  }

  /**
   * Compares the topics with the table.
   * @throws HubError `HUB_KAFKA_TOPIC_MISSING`, or `HUB_KAFKA_TOPIC_MISMATCH` (fatal) when the number of partitions differs.
   */
  async checkTopics(table: readonly TopicSpec[]): Promise<readonly TopicReport[]> {
    return await this.#use({}, async (admin) => {
      const present = new Set(await admin.topicNames());
      const missing = table.find((spec) => !present.has(spec.topic));
      if (missing !== undefined) {
        throw new HubError('HUB_KAFKA_TOPIC_MISSING', { topic: safeWord(missing.topic) });
      }
      const topics = table.map((spec) => spec.topic);
      const counts = await admin.partitionCounts(topics);
      const settings = await admin.settings(topics);
      return table.map((spec) => {
        const topic = safeWord(spec.topic);
        const have = counts.get(spec.topic) ?? 0;
        if (have !== spec.partitions) {
          throw new HubError('HUB_KAFKA_TOPIC_MISMATCH', { topic, have, want: spec.partitions });
        }
        return { topic, partitions: have, drift: driftOf(spec, settings.get(spec.topic)) };
      });
    });
  }

  /** First and next offset of every partition, in partition order. */
  async offsets(topic: string): Promise<readonly PartitionOffsets[]> {
    return await this.#use({ topic: safeWord(topic) }, (admin) => admin.offsets(topic));
  }

  /** Deletes topics that exist, with all their records. For tests and demos. */
  async deleteTopics(topics: readonly string[]): Promise<void> {
    await this.#use({}, async (admin) => {
      const present = new Set(await admin.topicNames());
      const found = topics.filter((topic) => present.has(topic));
      if (found.length > 0) await admin.deleteTopics(found);
    });
  }

  /** Deletes consumer groups that have no member. */
  async deleteGroups(groupIds: readonly string[]): Promise<void> {
    await this.#use({}, (admin) => admin.deleteGroups(groupIds));
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await (await connection?.catch(() => undefined))?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #use<T>(
    context: Readonly<Record<string, SafeText>>,
    work: (admin: AdminConnection) => Promise<T>,
  ): Promise<T> {
    this.#connection ??= this.#open();
    const connection = this.#connection;
    try {
      return await work(await connection);
    } catch (error) {
      const wrapped = wrapKafkaError(error, context);
      if (this.#connection === connection && dispositionOf(wrapped) === 'retriable') {
        await this.close();
      }
      throw wrapped;
    }
  }
}

function driftOf(
  spec: TopicSpec,
  settings: ReadonlyMap<string, string> | undefined,
): readonly SettingDrift[] {
  return Object.entries(spec.settings)
    .filter(([setting, want]) => settings?.get(setting) !== want)
    .map(([setting, want]) => ({
      setting: safeWord(setting),
      have: settingText(settings?.get(setting)),
      want: settingText(want),
    }));
}

/** Numbers as numbers: milliseconds as text would look like a date of birth. */
function settingText(value: string | undefined): SafeText | number {
  return value !== undefined && /^\d{1,15}$/.test(value)
    ? Number(value)
    : safeWord(value ?? 'unset');
}
