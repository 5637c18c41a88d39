import { describe, expect, it } from 'vitest';
import type { IdentityHash } from '../../../core/person/person-identifier.ts';
import type { RawRecord } from '../../../core/sync/ports.ts';
import { type ProcessRules, processSourceBatch } from '../../../core/sync/process-source-batch.ts';
import type { SourceMessage } from '../../../core/sync/source-record.ts';
import { PlainStore } from '../../scenarios/plain-store.ts';
import { at, evidence } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';

const rules: ProcessRules = {
  ...testRules,
  source: 'master',
  map: ({ operation }) =>
    operation === 'refused'
      ? { kind: 'rejected', code: 'HUB_MASTER_DUPLICATE_KEY', field: null }
      : { kind: 'mapped', evidence: evidence() },
};
const common = {
  source: 'master',
  snapshot: false,
  readAt: '2026-01-01T00:00:00.000Z',
  person: {},
} as const;

const good = (version: number): SourceMessage => ({
  ...common,
  operation: 'upsert',
  position: at(version),
  children: {},
});
const bad = (version: number): SourceMessage => ({
  ...common,
  operation: 'refused',
  position: at(version),
  code: 'HUB_MASTER_DUPLICATE_KEY',
});
const UNREADABLE = undefined;

/** All of one identity. @returns the positions that stay parked. */
async function parkedAfter(...batches: readonly (readonly (SourceMessage | undefined)[])[]) {
  const store = new PlainStore();
  let next = 0;
  for (const messages of batches) {
    const records = messages.map(
      (message, i): RawRecord => ({
        offset: next + i,
        identityHash: 'k' as string as IdentityHash,
        message,
        payload: new Uint8Array(),
      }),
    );
    const firstOffset = next;
    next += records.length;
    const batch = { topic: 't', partition: 0, firstOffset, nextOffset: next, records };
    await processSourceBatch(batch, store, rules);
  }
  return [...store.state.parked.values()].map(
    ({ position }) => position && Number(position.version),
  );
}

describe('a refused record', () => {
  it.each([
    ['stays after an older good one', [bad(10), good(4)], [10]],
    ['is done with after a good one of the same position', [bad(10), good(10)], []],
    ['is done with after a newer good one', [bad(10), good(11)], []],
    ['stays when it came last and is newest', [good(4), bad(10)], [10]],
    ['that nobody could read is done with after any good one', [UNREADABLE, good(4)], []],
  ] as const)('%s, in one batch or in two', async (_, [first, second], parked) => {
    expect(await parkedAfter([first, second])).toEqual(parked);
    expect(await parkedAfter([first], [second])).toEqual(parked);
  });

  it('does not give way to an older refused one of its batch', async () => {
    expect(await parkedAfter([bad(10), bad(4)])).toEqual([10]);
  });
});
