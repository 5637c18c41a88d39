import type { ConsumerBatch, ConsumerOptions } from '../../connectors/kafka/run-consumer.ts';
import { textOf } from './kafka-topic.ts';

/** Stands for the hub store: keeps the offset of each partition with what was done, and leaves out what is done already. */
export class OffsetStore {
  readonly #offsets = new Map<number, number>();
  readonly #values = new Map<number, string[]>();

  /** Asked by the consumer at each assignment. */
  readonly startOffset: ConsumerOptions['startOffset'] = (_topic, partition) =>
    Promise.resolve(this.#offsets.get(partition));

  set(partition: number, offset: number): void {
    this.#offsets.set(partition, offset);
  }

  get(partition: number): number | undefined {
    return this.#offsets.get(partition);
  }

  /** Does a batch as one transaction would. */
  store(batch: ConsumerBatch): void {
    const { partition, records } = batch;
    const stored = this.#offsets.get(partition) ?? 0;
    const values = this.#values.get(partition) ?? [];
    this.#values.set(partition, values);
    for (const record of records) if (record.offset >= stored) values.push(textOf(record));
    this.#offsets.set(partition, Math.max(stored, batch.nextOffset));
  }

  /** What was done of a partition, in order. */
  values(partition: number): readonly string[] {
    return this.#values.get(partition) ?? [];
  }

  count(): number {
    return [...this.#values.values()].reduce((sum, values) => sum + values.length, 0);
  }
}

/** Waits until the condition holds, for half a minute at most. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
