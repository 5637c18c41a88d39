import { setTimeout as sleep } from 'node:timers/promises';
import { dispositionOf, findHubError, HubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import { wrapKafkaError } from './kafka-errors.ts';
import type { PartitionOffsets } from './kafka-message.ts';
import type { TopicSpec } from './topics.ts';

/** What a principal may do with a topic or a group: a line of Kafka's authorizer, always an allowing one, from any host. */
export interface AccessRight extends AccessResource {
  /** With its kind: `User:cosmic`. */
  readonly principal: string;
  readonly operation: 'read' | 'write' | 'describe';
}

/** What rights are about. `isPrefix`: everything whose name begins so. */
export interface AccessResource {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly isPrefix: boolean;
}

/** The library's admin client, in our words. Only `kafka-client.ts` makes one. */
export interface AdminConnection {
  topicNames(): Promise<readonly string[]>;
  /** Creates what is not there; a topic that somebody else creates at the same time is no error. */
  createTopics(specs: readonly TopicSpec[]): Promise<void>;
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  settings(topics: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  offsets(topic: string): Promise<readonly PartitionOffsets[]>;
  /** Of each partition the first offset whose record is not older; the next offset where there is none. */
  offsetsSince(topic: string, at: number): Promise<readonly OffsetOfPartition[]>;
  /** Rights that are there already are no error. */
  addRights(rights: readonly AccessRight[]): Promise<void>;
  /** Of every principal, on exactly these topics and groups. */
  rightsOn(resources: readonly AccessResource[]): Promise<readonly AccessRight[]>;
  removeRights(rights: readonly AccessRight[]): Promise<void>;
  deleteTopics(topics: readonly string[]): Promise<void>;
  deleteGroups(groupIds: readonly string[]): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface OffsetOfPartition {
  readonly partition: number;
  readonly offset: number;
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

/** Another refusal, such as that of a topic that is not there, the library has tried again by itself. */
function isWithoutLeader(error: unknown): boolean {
  return findHubError(error)?.context['kafkaError'] === 'NOT_LEADER_FOR_PARTITION';
}

const OFFSET_RETRIES = 3;
const OFFSET_WAIT_MS = 100;

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

  /** The names of all topics of the cluster that this login may see. */
  async topicNames(): Promise<readonly string[]> {
    return await this.#use({}, (admin) => admin.topicNames());
  }

  /** The settings of topics by Kafka's own names. */
  async settings(
    topics: readonly string[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
    return await this.#use({}, (admin) => admin.settings(topics));
  }

  /** First and next offset of every partition, in partition order. */
  async offsets(topic: string): Promise<readonly PartitionOffsets[]> {
    const ask = () => this.#use({ topic: safeWord(topic) }, (admin) => admin.offsets(topic));
    // The library gives up at once where a topic was just made, or a leader just moved.
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        if (tries >= OFFSET_RETRIES || !isWithoutLeader(error)) throw error;
        await sleep(OFFSET_WAIT_MS * 2 ** tries);
      }
    }
  }

  /**
   * Where each partition has its first record of that time or later, in partition order; its end where there is none.
   * @param at milliseconds since 1970.
   */
  async offsetsSince(topic: string, at: number): Promise<readonly OffsetOfPartition[]> {
    return await this.#use({ topic: safeWord(topic) }, (admin) => admin.offsetsSince(topic, at));
  }

  /**
   * Gives these rights, and takes away every other one on the `owned` topics and groups, whoever has it: what a principal of before was given is not left behind.
   * @throws HubError `HUB_KAFKA_UNAUTHORIZED`, with `kafkaError` SECURITY_DISABLED when the brokers have no authorizer.
   */
  async setRights(
    owned: readonly AccessResource[],
    rights: readonly AccessRight[],
  ): Promise<{ readonly removed: readonly AccessRight[] }> {
    return await this.#use({}, async (admin) => {
      const wanted = new Set(rights.map(rightText));
      const have = await admin.rightsOn(owned);
      const removed = have.filter((right) => !wanted.has(rightText(right)));
      if (removed.length > 0) await admin.removeRights(removed);
      if (rights.length > 0) await admin.addRights(rights);
      return { removed };
    });
  }

  /** Takes rights away; what is not there is no error. */
  async removeRights(rights: readonly AccessRight[]): Promise<void> {
    if (rights.length > 0) await this.#use({}, (admin) => admin.removeRights(rights));
  }

  /** Deletes topics with all their records; one that does not exist is no error. For a consumer that is dropped, a certification that is over, tests and demos. */
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
    const isNew = this.#connection === undefined;
    try {
      return await this.#useOnce(context, work);
    } catch (error) {
      // The library asks about every topic that a connection was ever asked about, so one that was deleted meanwhile fails every later question.
      const isOldTopic =
        findHubError(error)?.context['kafkaError'] === 'UNKNOWN_TOPIC_OR_PARTITION';
      if (isNew || !isOldTopic) throw error;
      return await this.#useOnce(context, work);
    }
  }

  async #useOnce<T>(
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

function rightText({ resource, name, isPrefix, principal, operation }: AccessRight): string {
  return [resource, name, isPrefix, principal, operation].join(' ');
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
