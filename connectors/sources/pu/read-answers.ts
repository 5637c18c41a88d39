import type { FileHandle } from 'node:fs/promises';
import type { PuAdapter } from './adapters/pu-adapter.ts';
import type { PuClientSettings } from './pu-client-options.ts';
import type { PuAnswer } from './pu-client-port.ts';
import { openXmlDocument } from './xml-reader.ts';
import { readZip } from './zip-reader.ts';

/** What the reading of a file depends on. */
export type ReadingSettings = Pick<PuClientSettings, 'lotAnswers' | 'xml' | 'zip'>;

/**
 * The answers in a zip of an order, in lots and in constant memory. What was read before a fault is handed over before the fault is thrown.
 *
 * @throws HubError `HUB_PU_ANSWER_UNREADABLE`, `HUB_PU_ANSWER_FORBIDDEN`, `HUB_PU_WRONG_VERSION`
 */
export async function* readAnswers(
  file: FileHandle,
  adapter: PuAdapter,
  settings: ReadingSettings,
): AsyncGenerator<readonly PuAnswer[]> {
  for await (const entry of readZip(file, settings.zip))
    yield* readDocument(entry, adapter, settings);
}

async function* readDocument(
  pieces: AsyncIterable<Uint8Array>,
  adapter: PuAdapter,
  settings: ReadingSettings,
): AsyncGenerator<readonly PuAnswer[]> {
  let lot: PuAnswer[] = [];
  const reader = adapter.openDocument(null, (answer) => {
    lot.push(answer);
  });
  const document = openXmlDocument(reader, settings.xml);
  let fault: { readonly error: unknown } | undefined;
  try {
    for await (const piece of pieces) {
      document.write(piece);
      if (lot.length < settings.lotAnswers) continue;
      yield lot;
      lot = [];
    }
    document.end();
  } catch (error) {
    fault = { error };
  }
  if (lot.length > 0) yield lot;
  if (fault !== undefined) throw fault.error;
}
