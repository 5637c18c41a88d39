import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { PuIdentity } from '../../population/pu-record.ts';
import { ClientFault } from './client-fault.ts';

const CHUNK_BYTES = 65_536;
const MAX_LINE = 200;

/**
 * The identities of a file, `root;extension` on a line, a chunk of the file in memory at a time. Empty lines are passed over.
 *
 * @throws ClientFault with the number of the line that is no identity.
 */
export function* readIdentityFile(path: string): Generator<PuIdentity> {
  let lineNumber = 0;
  for (const line of readLines(path)) {
    lineNumber++;
    const written = line.trim();
    if (written === '') continue;
    const [root = '', extension = '', ...rest] = written.split(';');
    if (root === '' || extension === '' || rest.length > 0) {
      throw new ClientFault(`Filen kan inte läsas: rad ${lineNumber} är ingen identitet.`);
    }
    yield { root, extension };
  }
}

function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) throw new ClientFault('Filen kan inte läsas: för lång rad.');
      yield* lines;
    }
    yield rest + decoder.end();
  } finally {
    closeSync(file);
  }
}
