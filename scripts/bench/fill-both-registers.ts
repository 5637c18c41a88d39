/** A store of people whom both registers know, filled by the main path in this process: without Kafka and without the sources. */
import type { MappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { processRules, RAW_TOPIC } from '../../connectors/runtime/process-rules.ts';
import type { IdentityHash } from '../../core/person/person-identifier.ts';
import type { PersonStore, RawRecord } from '../../core/sync/ports.ts';
import { processSourceBatch } from '../../core/sync/process-source-batch.ts';
import type { SourceRecord } from '../../core/sync/source-record.ts';
import { createPopulation } from '../population/population.ts';
import { type BothRegisters, knownToBoth } from './bench-source-records.ts';
import { REGION, SEED } from './bench-world.ts';

/** People in one batch, each with all of their records, so that batches under way at the same time have nobody in common. */
const BATCH_PERSONS = 1_000;
/** Batches under way at the same time: one is made while another one is stored. */
const LANES = 2;
/** About so many of the population are known to only one register. */
const SPARE = 1.3;
const NO_PAYLOAD = new Uint8Array();

/** Fills the store with so many people. Master's records come first, then PU's about the same people. @returns how many records were processed. */
export async function fillBothRegisters(
  store: PersonStore,
  files: MappingFiles,
  persons: number,
  report: (line: string) => void,
): Promise<number> {
  const rules = processRules(files, 'demo');
  const population = createPopulation({
    seed: SEED,
    persons: Math.ceil(persons * SPARE),
    region: REGION,
  });
  const source = knownToBoth(population, files.masterMapping);
  let taken = 0;
  let records = 0;

  async function fillLane(partition: number): Promise<void> {
    const offsets = { master: 0, pu: 0 };
    for (let batch = take(); batch.length > 0; batch = take()) {
      for (const name of ['master', 'pu'] as const) {
        const messages = batch.flatMap((one) => one[name]);
        const firstOffset = offsets[name];
        offsets[name] += messages.length;
        const outcome = await processSourceBatch(
          {
            topic: RAW_TOPIC[name],
            partition,
            firstOffset,
            nextOffset: offsets[name],
            records: messages.map((message, i) => rawRecord(message, firstOffset + i)),
          },
          store,
          rules[name],
        );
        records += outcome.mapped;
      }
      report(`phase-switch: ${taken} of ${persons} persons are in the store`);
    }
  }

  function take(): readonly BothRegisters[] {
    const batch: BothRegisters[] = [];
    while (batch.length < BATCH_PERSONS && taken < persons) {
      const { value } = source.next();
      if (value === undefined) throw new Error('The population is too small.');
      batch.push(value);
      taken += 1;
    }
    return batch;
  }

  await Promise.all(Array.from({ length: LANES }, (_, partition) => fillLane(partition)));
  return records;
}

function rawRecord(message: SourceRecord, offset: number): RawRecord {
  return { offset, identityHash: '' as IdentityHash, message, payload: NO_PAYLOAD };
}
