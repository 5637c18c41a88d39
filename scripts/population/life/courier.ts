import { DeliveryQueue } from './delivery-queue.ts';
import { now } from './fine-clock.ts';

export interface CourierOptions<T> {
  /** So many deliveries can be under way at once. */
  readonly lanes: number;
  /** Between two deliveries of one person, at least. */
  readonly gapMs: number;
  readonly deliver: (parcel: T) => Promise<void>;
}

/** Brings changes to one register, each when it is due. The first failure ends it: later changes build on earlier ones. */
export class Courier<T> implements Disposable {
  readonly #options: CourierOptions<T>;
  readonly #queue: DeliveryQueue<T>;
  readonly #ended = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #underWay = 0;
  #isComplete = false;
  #isHurried = false;
  #hasFailed = false;

  constructor(options: CourierOptions<T>) {
    this.#options = options;
    this.#queue = new DeliveryQueue(options.gapMs);
    // Its failure is met by whoever waits for the end; until then it must not count as unhandled.
    this.#ended.promise.catch(() => undefined);
  }

  /** Rejects as soon as a delivery fails. Resolves after {@link finish}, when everything is delivered. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  hand(parcel: T, indexes: readonly number[], delayMs: number): void {
    this.#queue.add(parcel, indexes, now() + delayMs);
    this.#go();
  }

  /** Nothing more comes. */
  finish(): void {
    this.#isComplete = true;
    this.#go();
  }

  /** Whatever waits is due now, still in its order. */
  hurry(): void {
    this.#isHurried = true;
    this.#go();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#hasFailed = true;
  }

  #go(): void {
    clearTimeout(this.#timer);
    if (this.#hasFailed) return;
    // One moment for the whole turn: what becomes due in the middle of it must not fall between taking it and waiting for it.
    const moment = this.#isHurried ? Number.POSITIVE_INFINITY : now();
    while (this.#underWay < this.#options.lanes) {
      const delivery = this.#queue.take(moment);
      if (delivery === undefined) break;
      this.#underWay += 1;
      this.#options
        .deliver(delivery.parcel)
        .finally(() => {
          this.#underWay -= 1;
          this.#queue.done(delivery);
        })
        .then(
          () => this.#go(),
          (error: unknown) => {
            this.#hasFailed = true;
            this.#ended.reject(error);
          },
        );
    }
    const { nextDueAt, size } = this.#queue;
    if (size === 0 && this.#underWay === 0 && this.#isComplete) this.#ended.resolve();
    // Whatever is due and has to wait for another one is looked at when that one is done.
    if (nextDueAt === undefined || this.#underWay === this.#options.lanes) return;
    if (nextDueAt > moment) this.#timer = setTimeout(() => this.#go(), nextDueAt - moment);
  }
}
