import type { KnownRow, KnownRowStore } from '../../connectors/sources/master/known-row-store.ts';
import type { Lease, RawRecordSink, SourceCheckpointStore } from '../../core/sync/ports.ts';
import type { SourceMessage, SourceName } from '../../core/sync/source-record.ts';

/** A raw topic in memory, that can be made to fail. */
export class MemoryRawSink implements RawRecordSink {
  readonly batches: (readonly SourceMessage[])[] = [];
  /** Runs before batch number n (from 0) is written. */
  beforeAppend: ((batch: number) => Promise<void>) | undefined;
  #failure: { readonly when: 'before' | 'after'; readonly error: Error } | undefined;
  #failAfter: { readonly batches: number; readonly error: Error } | undefined;

  get messages(): readonly SourceMessage[] {
    return this.batches.flat();
  }

  /** The next append rejects, before or after its records are written. */
  failNext(when: 'before' | 'after', error: Error): void {
    this.#failure = { when, error };
  }

  /** The append after so many batches rejects once and writes nothing. */
  failAfter(batches: number, error: Error): void {
    this.#failAfter = { batches, error };
  }

  /** Takes back the failures that have not happened yet. */
  heal(): void {
    this.#failure = undefined;
    this.#failAfter = undefined;
  }

  clear(): void {
    this.batches.length = 0;
  }

  async append(messages: readonly SourceMessage[]): Promise<void> {
    await this.beforeAppend?.(this.batches.length);
    if (this.#failAfter && this.batches.length >= this.#failAfter.batches) {
      const { error } = this.#failAfter;
      this.#failAfter = undefined;
      throw error;
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure?.when === 'before') throw failure.error;
    this.batches.push(messages);
    if (failure) throw failure.error;
  }
}

/** Checkpoints in memory, with the fence: only the newest lease may save. */
export class MemoryCheckpoints implements SourceCheckpointStore {
  readonly #texts = new Map<SourceName, string>();
  #token = 0n;
  saves = 0;

  /** A new owner takes over: older leases are lost. */
  takeOver(): Lease {
    this.#token += 1n;
    return { name: 'source.master', owner: `owner-${this.#token}`, token: this.#token };
  }

  load(source: SourceName): Promise<string | undefined> {
    return Promise.resolve(this.#texts.get(source));
  }

  save(lease: Lease, source: SourceName, checkpoint: string): Promise<boolean> {
    if (lease.token !== this.#token) return Promise.resolve(false);
    this.#texts.set(source, checkpoint);
    this.saves += 1;
    return Promise.resolve(true);
  }
}

/** Known rows in memory. */
export class MemoryKnownRows implements KnownRowStore {
  readonly #rows = new Map<string, KnownRow>();

  hashes(keys: readonly (readonly string[])[]): Promise<ReadonlyMap<number, string | null>> {
    const found = new Map<number, string | null>();
    for (const [place, key] of keys.entries()) {
      const row = this.#rows.get(JSON.stringify(key));
      if (row) found.set(place, row.contentHash);
    }
    return Promise.resolve(found);
  }

  put(rows: readonly KnownRow[]): Promise<void> {
    for (const row of rows) {
      this.#rows.set(JSON.stringify(row.key), { key: row.key, contentHash: row.contentHash });
    }
    return Promise.resolve();
  }

  remove(keys: readonly (readonly string[])[]): Promise<void> {
    for (const key of keys) this.#rows.delete(JSON.stringify(key));
    return Promise.resolve();
  }

  page(
    after: string | undefined,
    limit: number,
  ): Promise<{ rows: readonly KnownRow[]; next: string | undefined }> {
    const later = [...this.#rows.entries()]
      .filter(([text]) => after === undefined || text > after)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const page = later.slice(0, limit);
    const next = later.length > limit ? page.at(-1)?.[0] : undefined;
    return Promise.resolve({ rows: page.map(([, row]) => row), next });
  }

  count(): Promise<number> {
    return Promise.resolve(this.#rows.size);
  }
}
