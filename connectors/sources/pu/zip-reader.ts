import type { FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import {
  type Entry,
  fromFdPromise,
  getFileNameLowLevel,
  validateFileName,
  type ZipFile,
} from 'yauzl';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import { forbidden, unreadable } from './pu-errors.ts';

/** Beyond these no honest zip goes. */
export interface ZipLimits {
  readonly entries: number;
  /** Bytes of one entry, and of all together, when they are unpacked. */
  readonly entryBytes: number;
  readonly totalBytes: number;
  /** How many times larger an entry may become. XML of records becomes about 20 times larger. */
  readonly ratio: number;
}

const GIB = 2 ** 30;

export const ZIP_LIMITS: ZipLimits = {
  entries: 10_000,
  entryBytes: 32 * GIB,
  totalBytes: 128 * GIB,
  ratio: 200,
};

/** Small entries say nothing about ratio: a document with nobody in it can be all blanks. */
const RATIO_FROM_BYTES = 1_000_000;

/**
 * The entries of a zip, each as its unpacked bytes in pieces; an entry must be read to its end before the next is asked for. Only one piece at
 * a time is in memory: whoever reads slowly slows down the unpacking. Names are looked at only to refuse what no answer has, nothing is ever
 * written under them.
 *
 * @throws HubError `HUB_PU_ANSWER_UNREADABLE` for a cut or damaged zip, `HUB_PU_ANSWER_FORBIDDEN` for a bomb, a link or a path that leads out.
 */
export async function* readZip(
  file: FileHandle,
  limits: ZipLimits = ZIP_LIMITS,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  // Names are not decoded by the library, whose refusal could not be told from damage.
  const zip = await orUnreadable(() =>
    fromFdPromise(file.fd, { autoClose: false, decodeStrings: false, lazyEntries: true }),
  );
  if (zip.entryCount > limits.entries) throw forbidden(safeText('too many zip entries'));
  const entries = zip.eachEntry();
  let total = 0;
  for (;;) {
    const next = await orUnreadable(() => entries.next());
    if (next.done === true) return;
    const entry: Entry = next.value;
    if (checkName(entry) === 'folder') continue;
    total += entry.uncompressedSize;
    checkSize(entry, total, limits);
    yield unpack(zip, entry);
  }
}

const FILE_KIND = 0o170000;
const SYMBOLIC_LINK = 0o120000;

function checkName(entry: Entry): 'file' | 'folder' {
  // Also with the library's strict names a backslash would be taken for a slash, so the name is looked at as it stands.
  const name = getFileNameLowLevel(
    entry.generalPurposeBitFlag,
    entry.fileNameRaw,
    entry.extraFields,
    true,
  );
  if (validateFileName(name) !== null || name.includes('\\') || name.includes('\0'))
    throw forbidden(safeText('path in zip entry'));
  if (((entry.externalFileAttributes >>> 16) & FILE_KIND) === SYMBOLIC_LINK)
    throw forbidden(safeText('link in zip'));
  return name.endsWith('/') ? 'folder' : 'file';
}

function checkSize(entry: Entry, total: number, limits: ZipLimits): void {
  const { uncompressedSize, compressedSize } = entry;
  const isBomb =
    uncompressedSize > RATIO_FROM_BYTES && uncompressedSize > compressedSize * limits.ratio;
  if (isBomb || uncompressedSize > limits.entryBytes || total > limits.totalBytes)
    throw forbidden(safeText('zip bomb'));
}

const STORED = 0;
/** Larger pieces than zlib's own measure mean fewer turns through the event loop. */
const PIECE_BYTES = 32_768;

async function* unpack(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  if (!entry.canDecodeFileData()) throw unreadable(safeText('zip method'));
  const packed = await orUnreadable(() =>
    zip.openReadStreamPromise(entry, { decodeFileData: false }),
  );
  const stream =
    entry.compressionMethod === STORED
      ? packed
      : packed.pipe(createInflateRaw({ chunkSize: PIECE_BYTES }));
  if (stream !== packed) packed.once('error', (error: Error) => stream.destroy(error));
  const pieces: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  let bytes = 0;
  let sum = 0;
  try {
    for (;;) {
      const next = await orUnreadable(() => pieces.next());
      if (next.done === true) break;
      bytes += next.value.length;
      // The stated size was let pass; what grows beyond it was stated wrong so that it would.
      if (bytes > entry.uncompressedSize) throw forbidden(safeText('zip bomb'));
      sum = crc32(next.value, sum);
      yield next.value;
    }
  } finally {
    packed.destroy();
    stream.destroy();
  }
  if (bytes !== entry.uncompressedSize || sum !== entry.crc32)
    throw unreadable(safeText('zip checksum'));
}

/**
 * Neither the library nor zlib has codes that tell faults apart, and their texts can repeat names from the zip. So whatever fails in
 * reading a zip is damage, unless the machine's disk says otherwise.
 */
async function orUnreadable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error)
      throw HubError.wrap('HUB_PU_DOWNLOAD_FAILED', error);
    throw unreadable(safeText('zip'));
  }
}
