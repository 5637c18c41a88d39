/** What waits for a register: each thing until its time, and never one of a person before an earlier one of the same person. */

export interface Delivery<T> {
  readonly parcel: T;
  /** The people whom it is about. */
  readonly indexes: readonly number[];
  readonly dueAt: number;
}

export class DeliveryQueue<T> {
  readonly #gapMs: number;
  /** By time; what came first of what has the same time. */
  readonly #waiting: Delivery<T>[] = [];
  readonly #lastDue = new Map<number, number>();
  readonly #underWay = new Set<number>();

  /** @param gapMs so much time is between two deliveries of one person, at least. */
  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.length;
  }

  /** When the first of those that wait is due. */
  get nextDueAt(): number | undefined {
    return this.#waiting[0]?.dueAt;
  }

  add(parcel: T, indexes: readonly number[], wantedAt: number): void {
    const dueAt = indexes.reduce(
      (due, index) => Math.max(due, (this.#lastDue.get(index) ?? -Infinity) + this.#gapMs),
      wantedAt,
    );
    for (const index of indexes) this.#lastDue.set(index, dueAt);
    let place = this.#waiting.length;
    while ((this.#waiting[place - 1]?.dueAt ?? -Infinity) > dueAt) place -= 1;
    this.#waiting.splice(place, 0, { parcel, indexes, dueAt });
  }

  /** The next one that is due and whose people have nothing under way. It is under way until {@link done}. */
  take(now: number): Delivery<T> | undefined {
    const blocked = new Set(this.#underWay);
    for (const [place, delivery] of this.#waiting.entries()) {
      if (delivery.dueAt > now) return undefined;
      if (delivery.indexes.some((index) => blocked.has(index))) {
        for (const index of delivery.indexes) blocked.add(index);
        continue;
      }
      this.#waiting.splice(place, 1);
      for (const index of delivery.indexes) this.#underWay.add(index);
      return delivery;
    }
    return undefined;
  }

  done({ indexes }: Delivery<T>): void {
    for (const index of indexes) this.#underWay.delete(index);
  }
}
