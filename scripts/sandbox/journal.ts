/** A file of changes, one JSON value in a line, that survives `kill -9`: what was written is on disk before `append` returns. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readSync,
  truncateSync,
  writeSync,
} from 'node:fs';

const READ_BYTES = 1 << 20;
const LINE_FEED = 10;

export class Journal<Entry> implements Disposable {
  readonly #path: string;
  #file: number | undefined;
  /** Where the first line begins that was not read yet. */
  #readTo = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The entries since the last reading. A line that is not whole yet is left for the next time. */
  *readNew(): Generator<Entry> {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, 'r');
    try {
      let rest = Buffer.alloc(0);
      for (let position = this.#readTo; ; ) {
        const chunk = Buffer.allocUnsafe(READ_BYTES);
        const length = readSync(file, chunk, 0, READ_BYTES, position);
        if (length === 0) return;
        position += length;
        let bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
        for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED)) {
          const entry = JSON.parse(bytes.toString('utf8', 0, end)) as Entry;
          bytes = bytes.subarray(end + 1);
          this.#readTo += end + 1;
          yield entry;
        }
        rest = bytes;
      }
    } finally {
      closeSync(file);
    }
  }

  /**
   * For the one process that writes: cuts off a line that a killed process left half-written, which nobody was told of. To be called
   * after everything was read.
   */
  openForAppending(): void {
    this.#file = openSync(this.#path, 'a', 0o600);
    truncateSync(this.#path, this.#readTo);
  }

  /** Writes an entry; it counts as read. */
  append(entry: Entry): void {
    if (this.#file === undefined) throw new Error('this journal is open for reading alone');
    const line = Buffer.from(`${JSON.stringify(entry)}\n`);
    for (let written = 0; written < line.length; ) written += writeSync(this.#file, line, written);
    fdatasyncSync(this.#file);
    this.#readTo += line.length;
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
