import { createPopulation } from '../population/population.ts';
import { puRecordsOf } from '../population/pu-view.ts';
import { readRegion } from '../population/synthetic-places.ts';
import { responseTags } from '../sandbox/contracts/contract-namespaces.ts';
import { writePersonRecord } from '../sandbox/contracts/write-person-record.ts';
import { ZipWriter } from '../sandbox/zip-writer.ts';

const MUNICIPALITIES = new URL('../../mappings/code-tables/municipalities.csv', import.meta.url);
/** As PU cuts its answers by default. */
const RECORDS_PER_DOCUMENT = 50_000;
const PIECE_CHARACTERS = 65_536;

/** Writes a file as an order of PU has it, with so many records of the synthetic population, in profile P4. @returns the characters of XML. */
export async function writePuZip(path: string, records: number): Promise<number> {
  const { open, close } = responseTags('SearchPersonsForProfile');
  const zip = new ZipWriter(path, { leadsOut: false });
  const source = recordsOf(records);
  let characters = 0;
  for (let written = 0; written < records; written += RECORDS_PER_DOCUMENT) {
    const persons = Math.min(RECORDS_PER_DOCUMENT, records - written);
    await zip.add(`records-${written}.xml`, document(persons));
  }
  await zip.close();
  return characters;

  function* document(persons: number): Generator<string> {
    let piece = `<?xml version="1.0" encoding="UTF-8"?>\n${open}`;
    for (let i = 0; i < persons; i++) {
      const { value } = source.next();
      if (value === undefined) throw new Error('The population is too small.');
      piece += `<r:personRecord>${value}</r:personRecord>`;
      if (piece.length < PIECE_CHARACTERS) continue;
      characters += piece.length;
      yield piece;
      piece = '';
    }
    characters += piece.length + close.length;
    yield piece + close;
  }
}

function* recordsOf(records: number): Generator<string, undefined> {
  // Not everybody is in PU; some are there with several identities.
  const persons = Math.ceil(records * 1.1);
  const population = createPopulation({
    seed: 1,
    persons,
    region: readRegion(MUNICIPALITIES),
  });
  for (const person of population.persons()) {
    for (const record of puRecordsOf(person, population)) {
      yield writePersonRecord(record, 'P4', false);
    }
  }
}
