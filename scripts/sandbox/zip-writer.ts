/** The only file that imports yazl: writes one zip file of an order, in constant memory. */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { PassThrough, Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Person records shrink to a tenth also at the quickest level. */
const COMPRESSION_LEVEL = 1;
const HONEST_PREFIX = 'leads-out-of/';
const EVIL_PREFIX = '../../../out/';

/** A zip that is being written. It has its name only when it is whole. */
export class ZipWriter {
  readonly #path: string;
  readonly #namePrefix: string;
  readonly #zip = new ZipFile();
  readonly #written: Promise<void>;

  /** @param options.leadsOut gives each entry a name that leads out of the folder where a careless reader puts it. */
  constructor(path: string, options: { readonly leadsOut: boolean }) {
    this.#path = path;
    this.#namePrefix = options.leadsOut ? HONEST_PREFIX : '';
    this.#written = pipeline(
      this.#zip.outputStream,
      options.leadsOut ? evilNames() : new PassThrough(),
      createWriteStream(`${path}.part`, { mode: 0o600 }),
    );
    // `add` and `close` tell; until one of them is called it is nobody's unhandled rejection.
    this.#written.catch(() => undefined);
  }

  /** Writes one entry, and returns when all of its pieces were read. */
  async add(
    name: string,
    pieces: Iterable<string | Buffer>,
    compressionLevel = COMPRESSION_LEVEL,
  ): Promise<void> {
    const content = Readable.from(pieces, { objectMode: false });
    this.#zip.addReadStream(content, `${this.#namePrefix}${name}`, {
      compressionLevel,
    });
    await Promise.race([finished(content), this.#written]);
  }

  async close(): Promise<void> {
    this.#zip.end();
    await this.#written;
    await rename(`${this.#path}.part`, this.#path);
  }
}

/** The library refuses such names, so they are put in place of others of the same length. It writes each name in one piece. */
function evilNames(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const at = chunk.indexOf(HONEST_PREFIX);
      if (at >= 0) chunk.write(EVIL_PREFIX, at);
      done(null, chunk);
    },
  });
}
