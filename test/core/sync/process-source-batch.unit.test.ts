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
  map: () => ({ kind: 'mapped', evidence: evidence() }),
};
const message: SourceMessage = {
  source: 'master',
  operation: 'upsert',
  position: at(1),
  snapshot: false,
  readAt: '2026-01-01T00:00:00.000Z',
  person: {},
  children: {},
};

function record(offset: number, key: string, content?: SourceMessage): RawRecord {
  const identityHash = key as string as IdentityHash;
  return { offset, identityHash, message: content, payload: new Uint8Array() };
}

function batchOf(firstOffset: number, nextOffset: number, ...records: readonly RawRecord[]) {
  return { topic: 't', partition: 0, firstOffset, nextOffset, records };
}

describe('records whose key is none of ours', () => {
  it('are parked one by one, and a good record of somebody else clears none of them', async () => {
    const store = new PlainStore();
    const batch = batchOf(
      0,
      4,
      record(0, ''),
      record(1, ''),
      record(2, 'k', message),
      record(3, ''),
    );
    expect(await processSourceBatch(batch, store, rules)).toMatchObject({ mapped: 1 });
    expect([...store.state.parked.values()].map(({ offset }) => offset)).toEqual([0, 1, 3]);
    await processSourceBatch(batchOf(4, 5, record(4, 'k', message)), store, rules);
    expect([...store.state.parked.values()].map(({ offset }) => offset)).toEqual([0, 1, 3]);
  });
});

describe('a record of another source than the topic is for', () => {
  it('is parked, and changes nothing', async () => {
    const store = new PlainStore();
    const stray = record(0, 'k', { ...message, source: 'pu' });
    expect(await processSourceBatch(batchOf(0, 1, stray), store, rules)).toMatchObject({
      mapped: 0,
      parked: ['HUB_SYNC_RAW_UNREADABLE'],
    });
    expect(store.persons).toEqual([]);
  });
});

describe('offsets with gaps', () => {
  it('are no loss when the batch follows on what was stored', async () => {
    const store = new PlainStore();
    await processSourceBatch(batchOf(0, 1, record(0, 'k', message)), store, rules);
    await processSourceBatch(batchOf(1, 9, record(4, 'k', message)), store, rules);
    expect(store.nextOffset('t')).toBe(9);
  });

  it('are a loss when it does not', async () => {
    const store = new PlainStore();
    await processSourceBatch(batchOf(0, 1, record(0, 'k', message)), store, rules);
    const later = batchOf(4, 5, record(4, 'k', message));
    await expect(processSourceBatch(later, store, rules)).rejects.toMatchObject({
      code: 'HUB_SYNC_OFFSET_GAP',
      context: { topic: 't' },
    });
    expect(store.nextOffset('t')).toBe(1);
  });
});
