import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import { forbidden } from './pu-errors.ts';

/** A file of PU on this machine's disk. */
export interface KeptDownload extends AsyncDisposable {
  readonly file: FileHandle;
}

/**
 * Writes a download to disk, since a zip cannot be read before its end is there. The file has lost its name before anything of a person is in it, so
 * it is gone when it is closed, and also when the process is killed.
 *
 * @throws HubError `HUB_PU_DOWNLOAD_FAILED`, `HUB_PU_ANSWER_FORBIDDEN` when it is too large, and whatever the download rejects with.
 */
export async function keepDownload(
  folder: string,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<KeptDownload> {
  const file = await openNameless(folder);
  try {
    let bytes = 0;
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > maxBytes) throw forbidden(safeText('download too large'));
      await onDisk(() => file.writeFile(piece));
    }
    return { file, [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `pu-download-${randomUUID()}.zip`);
  const file = await onDisk(() => open(path, 'wx+', 0o600));
  try {
    await onDisk(() => unlink(path));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw HubError.wrap('HUB_PU_DOWNLOAD_FAILED', cause);
  }
}
