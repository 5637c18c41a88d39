/** Makes the files of one order: zips of documents, one record at a time. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { PuIdentity } from '../population/pu-record.ts';
import { readIdentityFile } from './contracts/read-identity-file.ts';
import type { FaultKind } from './fault-kinds.ts';
import { type OrderWork, orderFileName } from './order-work.ts';
import type { Contracts, OrderedQuestion } from './sandbox-types.ts';
import { spoilDocument } from './spoil-document.ts';
import { ZipWriter } from './zip-writer.ts';

/** Deflate packs spaces to less than a thousandth at its best: 64 MiB show what could be terabytes. */
const BOMB_CHUNK = Buffer.alloc(1 << 20, ' ');
const BOMB_CHUNKS = 64;
const BOMB_COMPRESSION = 9;

/** @param somebodyElse of the population, for an order that is to be answered about the wrong person. */
export async function makeOrderFiles(
  work: OrderWork,
  contracts: Contracts,
  somebodyElse: PuIdentity,
): Promise<{ readonly files: number; readonly persons: number }> {
  const question = spoilQuestion(work, somebodyElse);
  const leadsOut = work.faults.includes('zip-path');
  let files = 0;
  let persons = 0;
  let documents = 0;
  let zip: ZipWriter | undefined;
  const openZip = (): ZipWriter => {
    files++;
    documents = 0;
    return new ZipWriter(join(work.folder, orderFileName(files)), { leadsOut });
  };
  for (const document of contracts.documents(question, work.personsPerDocument)) {
    zip ??= openZip();
    documents++;
    await zip.add(`persons-${documents}.xml`, spoilDocument(document.pieces, work.faults));
    persons += document.persons;
    if (documents < work.documentsPerZip) continue;
    await zip.close();
    zip = undefined;
  }
  // An order without any file would look as if it was still in work.
  if (files === 0) zip = openZip();
  if (work.faults.includes('zip-bomb')) {
    zip ??= openZip();
    await zip.add('persons-0.xml', bomb(), BOMB_COMPRESSION);
  }
  await zip?.close();
  return { files, persons };
}

function* bomb(): Generator<Buffer> {
  for (let chunk = 0; chunk < BOMB_CHUNKS; chunk++) yield BOMB_CHUNK;
}

/** The question as a PU asks itself that mistakes one identity for another, or forgets one. */
function spoilQuestion(work: OrderWork, somebodyElse: PuIdentity): OrderedQuestion {
  const { question, faults, folder } = work;
  const isSpoiled = faults.includes('other-identity') || faults.includes('fewer-records');
  if (question.kind !== 'identities' || !isSpoiled) return question;
  const file = join(folder, 'mistaken.csv');
  writeLines(file, mistake(readIdentityFile(question.file), faults, somebodyElse));
  return { ...question, file };
}

/** Puts somebody else in place of the first identity, or leaves the last one out. */
function* mistake(
  identities: Iterable<PuIdentity>,
  faults: readonly FaultKind[],
  somebodyElse: PuIdentity,
): Generator<PuIdentity> {
  let held: PuIdentity | undefined = faults.includes('other-identity') ? somebodyElse : undefined;
  let isFirst = held !== undefined;
  for (const identity of identities) {
    if (isFirst) {
      isFirst = false;
      continue;
    }
    if (held !== undefined) yield held;
    held = identity;
  }
  if (held !== undefined && !faults.includes('fewer-records')) yield held;
}

function writeLines(path: string, identities: Iterable<PuIdentity>): void {
  const file = openSync(path, 'w', 0o600);
  try {
    for (const { root, extension } of identities) writeSync(file, `${root};${extension}\n`);
  } finally {
    closeSync(file);
  }
}
