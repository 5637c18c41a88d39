import { describe, expect, it } from 'vitest';
import type { LocatedRecord } from '../../../../connectors/kafka/kafka-message.ts';
import {
  maskIdentities,
  printRecord,
  type ReadRecordsOptions,
  readRecords,
} from '../../../../connectors/runtime/operations/read-records.ts';

const NRID = '22790814AA01';

function record(offset: number, value: Buffer | null, key = 'k'): LocatedRecord {
  return {
    topic: 't',
    partition: 0,
    offset,
    key: Buffer.from(key),
    value,
    timestamp: 0,
    headers: { ce_type: 'x' },
  };
}

async function read(
  records: readonly LocatedRecord[],
  options: Partial<ReadRecordsOptions>,
): Promise<readonly { readonly place: string; readonly value: unknown }[]> {
  const ports = {
    readTopic: async function* () {
      yield* records;
    },
    decodeAvro: (value: Buffer) => Promise.resolve({ bytes: value.length }),
  };
  const signal = new AbortController().signal;
  const all = {
    topic: 't',
    limit: 2,
    which: 'first',
    showIdentities: false,
    signal,
    ...options,
  } as const;
  const read = [];
  for await (const one of readRecords(ports, all)) read.push(one);
  return read;
}

const FIVE = [0, 1, 2, 3, 4].map((offset) =>
  record(offset, Buffer.from(`{"n":${offset}}`), offset % 2 === 0 ? 'even' : 'odd'),
);
const offsets = (read: readonly { readonly place: string }[]): readonly number[] =>
  read.map(({ place }) => Number(place.split('@')[1]));

describe('readRecords', () => {
  it('gives the oldest, or the newest in their order', async () => {
    expect(offsets(await read(FIVE, { which: 'first' }))).toEqual([0, 1]);
    expect(offsets(await read(FIVE, { which: 'last' }))).toEqual([3, 4]);
    expect(offsets(await read(FIVE, { which: 'last', limit: 9 }))).toEqual([0, 1, 2, 3, 4]);
  });

  it('gives the newest of a topic that is much longer than the limit', async () => {
    const many = Array.from({ length: 5_000 }, (_, offset) => record(offset, null));
    expect(offsets(await read(many, { which: 'last', limit: 3 }))).toEqual([4997, 4998, 4999]);
  });

  it('leaves out records with another key', async () => {
    expect(offsets(await read(FIVE, { key: 'odd', limit: 9 }))).toEqual([1, 3]);
  });

  it('decodes Avro, JSON and tombstones, and says what is neither', async () => {
    const values = [
      Buffer.from([0, 0, 0, 0, 7, 1]),
      Buffer.from('{"a":1}'),
      null,
      Buffer.from('€x'),
    ];
    const records = values.map((value, offset) => record(offset, value));
    const got = await read(records, { limit: 9 });
    expect(got.map(({ value }) => value)).toEqual([
      { bytes: 6 },
      { a: 1 },
      null,
      '[4 bytes that are not JSON]',
    ]);
  });

  it('names a redirect, which a reader of person states must follow', () => {
    const redirect = { personKey: 'a', version: 3n, redirectTo: 'b' };
    const shown = { place: 't/0@1', time: '', key: 'a', headers: {} };
    expect(printRecord({ ...shown, value: redirect })).toContain('\nredirect\n{');
    expect(printRecord({ ...shown, value: { personKey: 'a' } })).not.toContain('redirect');
    expect(printRecord({ ...shown, value: null })).toContain('tombstone');
  });

  it('masks identities unless they are asked for', async () => {
    const value = Buffer.from(
      JSON.stringify({
        person: { identity: 'short', note: `see ${NRID}` },
        identities: [{ extension: NRID }],
      }),
    );
    const [masked] = await read([record(0, value)], {});
    expect(JSON.stringify(masked)).not.toMatch(/22790814|short/);
    const [shown] = await read([record(0, value)], { showIdentities: true });
    expect(JSON.stringify(shown)).toContain(NRID);
  });
});

describe('maskIdentities', () => {
  it('leaves names, codes and numbers as they are', () => {
    const value = {
      name: 'Anna',
      municipalityCode: '0380',
      version: 7,
      at: '2025-01-31T10:00:00Z',
    };
    expect(maskIdentities(value)).toEqual(value);
  });
});

describe('printRecord', () => {
  it('prints place, time, key, headers and value', async () => {
    const [first] = await read([record(4, Buffer.from('{"a":1}'))], {});
    expect(printRecord(first as Parameters<typeof printRecord>[0])).toBe(
      't/0@4  1970-01-01T00:00:00.000Z  key k\n  ce_type: x\n{\n  "a": 1\n}',
    );
  });
});
