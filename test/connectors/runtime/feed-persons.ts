import { mappingFilesOf } from '../../../connectors/runtime/operations/mapping-files.ts';
import { decideRules } from '../../../connectors/runtime/process-rules.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import type { IdentityHash } from '../../../core/person/person-identifier.ts';
import type { DecideRules } from '../../../core/sync/decide-batch.ts';
import type { PersonStore, RawRecord } from '../../../core/sync/ports.ts';
import { processSourceBatch } from '../../../core/sync/process-source-batch.ts';
import type { SourceName } from '../../../core/sync/source-record.ts';
import { freshTopic } from '../../contracts/store-under-test.ts';

/** The rules of this installation, as an instance in the environment `test` has them. */
export async function testRules(): Promise<DecideRules> {
  return decideRules(await mappingFilesOf(), 'test');
}

/** Takes what a register says of some identities through the main path into the store. @param version of the position; higher is newer. */
export async function feedPersons(
  store: PersonStore,
  rules: DecideRules,
  source: SourceName,
  contents: readonly PersonEvidence[],
  version = 1n,
): Promise<void> {
  const records = contents.map(
    (_, offset): RawRecord => ({
      offset,
      identityHash: `person-${offset}` as string as IdentityHash,
      message: {
        source,
        operation: 'upsert',
        position: { epoch: 1, version },
        snapshot: false,
        readAt: '2025-01-31T10:00:00.000Z',
        person: { index: `${offset}` },
        children: {},
      },
      payload: new Uint8Array(),
    }),
  );
  await processSourceBatch(
    {
      topic: freshTopic(),
      partition: 0,
      firstOffset: 0,
      nextOffset: contents.length,
      records,
    },
    store,
    {
      ...rules,
      source,
      map: ({ person }) => {
        const found = contents[Number(person['index'])];
        if (found === undefined) throw new TypeError('a record of nobody');
        return { kind: 'mapped', evidence: found };
      },
    },
  );
}
