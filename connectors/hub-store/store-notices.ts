import type { Database, NoticeConnection } from './database.ts';

/** What can be listened to, with what each listener is told. */
export interface StoreNoticeListeners {
  /** Outbox entries may be there. @param partitions of which; undefined: of any. */
  readonly outbox: (partitions: readonly number[] | undefined) => void;
  /** A command may be there. */
  readonly command: () => void;
}

const OUTBOX = 'hub_outbox';
const COMMAND = 'hub_command';
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
/** Other instances hear of outbox writes at most this often; this instance hears of each at once. */
const GATHER_MS = 20;

/**
 * Wakes who waits for the outbox or for a command, here and in other instances. Only a hint, to be fast: it is sent after the
 * commit and may be lost, so whoever listens also looks by itself now and then. It costs the transactions nothing: a NOTIFY inside
 * them would make all commits of the server wait for each other.
 */
export class StoreNotices implements AsyncDisposable {
  readonly #database: Database;
  readonly #listeners: {
    readonly [N in keyof StoreNoticeListeners]: Set<StoreNoticeListeners[N]>;
  } = {
    outbox: new Set(),
    command: new Set(),
  };
  readonly #gathered = new Set<number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #connection: NoticeConnection | undefined;
  #connecting: Promise<void> | undefined;
  #sending: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Calls back when there may be something, also after a lost connection came back. */
  on<N extends keyof StoreNoticeListeners>(
    notice: N,
    listener: StoreNoticeListeners[N],
  ): Disposable {
    const listeners = this.#listeners[notice];
    listeners.add(listener);
    this.#connect(FIRST_RETRY_MS);
    return { [Symbol.dispose]: () => listeners.delete(listener) };
  }

  /** Tells the listeners here at once and those of other instances soon. */
  outboxWritten(partitions: ReadonlySet<number>): void {
    if (this.#disposed) return;
    const waiting = this.#gathered.size > 0;
    for (const partition of partitions) this.#gathered.add(partition);
    if (!waiting) this.#later(GATHER_MS, () => this.#sendGathered());
    this.#wakeForOutbox([...partitions]);
  }

  /** Tells the listeners here and those of other instances. */
  commandSubmitted(): void {
    if (this.#disposed) return;
    this.#notify(COMMAND, '');
    this.#wakeForCommand();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#connecting;
    await this.#sending;
    await this.#connection?.[Symbol.asyncDispose]();
  }

  #wakeForOutbox(partitions: readonly number[] | undefined): void {
    for (const listener of this.#listeners.outbox) listener(partitions);
  }

  #wakeForCommand(): void {
    for (const listener of this.#listeners.command) listener();
  }

  #sendGathered(): void {
    const payload = [...this.#gathered].join();
    this.#gathered.clear();
    this.#notify(OUTBOX, payload);
  }

  /** One after the other, as the connection can do one thing at a time. A notice that fails was only a hint. */
  #notify(channel: string, payload: string): void {
    this.#connect(FIRST_RETRY_MS);
    this.#sending = this.#sending
      .then(() => this.#connecting)
      .then(() => this.#connection?.notify(channel, payload))
      .catch(() => undefined);
  }

  #connect(retryMs: number): void {
    if (this.#disposed || this.#connection !== undefined || this.#connecting !== undefined) return;
    this.#connecting = this.#open()
      .catch(() =>
        this.#later(retryMs, () => this.#connect(Math.min(retryMs * 2, LONGEST_RETRY_MS))),
      )
      .finally(() => {
        this.#connecting = undefined;
      });
  }

  async #open(): Promise<void> {
    this.#connection = await this.#database.listen(
      [OUTBOX, COMMAND],
      ({ channel, payload, fromHere }) => {
        if (fromHere) return;
        if (channel === OUTBOX) this.#wakeForOutbox(payload.split(',').map(Number));
        else this.#wakeForCommand();
      },
      () => {
        this.#connection = undefined;
        this.#later(FIRST_RETRY_MS, () => this.#connect(FIRST_RETRY_MS * 2));
      },
    );
    // Something may have been written while nobody listened.
    this.#wakeForOutbox(undefined);
    this.#wakeForCommand();
  }

  #later(ms: number, action: () => void): void {
    if (this.#disposed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
