import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createIdentityHasher,
  decodeSourceMessage,
  encodeSourceMessage,
  parseIdentityHash,
} from '../../../connectors/runtime/raw-message.ts';
import { BEFORE_EVERYTHING, type SourceMessage } from '../../../core/sync/source-record.ts';
import { at, TEST_PNR } from '../../support/person-builder.ts';

const person = { identityType: 'PNR', identity: TEST_PNR[0], surname: 'Ås "B"\n\u00e5' };
const common = { source: 'master', snapshot: false, readAt: '2026-01-01T00:00:00.000Z' } as const;
const upsert: SourceMessage = {
  ...common,
  operation: 'upsert',
  position: at(2n ** 60n, 3),
  person,
  children: { addresses: [{ addressKind: 'FB', line1: null }], contacts: [] },
};

/** A removal as it stands on the topic, with something else in it. */
function changed(fields: Readonly<Record<string, unknown>>): Buffer {
  const removal = { ...common, operation: 'removed', position: '1:1', person, ...fields };
  return Buffer.from(JSON.stringify(removal));
}

describe('a raw message', () => {
  it.each<SourceMessage>([
    upsert,
    { ...common, operation: 'removed', position: at(1), person },
    { ...common, operation: 'unknown', source: 'pu', position: BEFORE_EVERYTHING, person },
    { ...common, operation: 'refused', position: at(1), person, code: 'HUB_MASTER_ROW_TOO_LARGE' },
  ])('comes back as it went: $operation', (message) => {
    expect(decodeSourceMessage(encodeSourceMessage(message))).toEqual(message);
  });

  it.each([
    ['a tombstone', null],
    ['no JSON', Buffer.from('{"a":')],
    ['an array', Buffer.from('[]')],
    ['no position', Buffer.from(JSON.stringify({ ...common, operation: 'removed', person }))],
    [
      'a number where text belongs',
      Buffer.from(
        JSON.stringify({ ...common, operation: 'removed', position: '1:1', person: { a: 1 } }),
      ),
    ],
    [
      'an operation that is none',
      Buffer.from(JSON.stringify({ ...common, operation: 'merge', position: '1:1', person })),
    ],
    [
      'no children',
      Buffer.from(JSON.stringify({ ...common, operation: 'upsert', position: '1:1', person })),
    ],
    ['a time of reading that is none', changed({ readAt: 'yesterday' })],
    ['a day that does not exist', changed({ readAt: '2026-02-30T00:00:00.000Z' })],
    ['a time without a zone', changed({ readAt: '2026-01-01T00:00:00.000' })],
    ['a year that no store takes', changed({ readAt: '0000-01-01T00:00:00.000Z' })],
    ['a version above 64 bits', changed({ position: '1:9223372036854775808' })],
    ['a refusal without a code', changed({ operation: 'refused' })],
    ['a refusal with a code of nobody', changed({ operation: 'refused', code: 'as I like' })],
    ['a refusal with another code', changed({ operation: 'refused', code: 'HUB_MASTER_GAP' })],
  ])('is undefined for %s', (_name, bytes) => {
    expect(decodeSourceMessage(bytes)).toBeUndefined();
  });

  it('keeps the highest version that the store takes', () => {
    const highest = changed({ position: `1:${2n ** 63n - 1n}` });
    expect(decodeSourceMessage(highest)?.position).toEqual(at(2n ** 63n - 1n));
  });

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(() => decodeSourceMessage(Buffer.from(bytes))).not.toThrow();
      }),
    );
  });
});

describe('the key of a raw record', () => {
  const hash = createIdentityHasher('s'.repeat(32), ['identityType', 'identity']);

  it('is the same for one identity, whatever else changes', () => {
    expect(hash({ source: 'master', person: { ...person, surname: 'Provsson' } })).toBe(
      hash(upsert),
    );
  });

  it('differs by identity, by source and by secret', () => {
    const other = createIdentityHasher('t'.repeat(32), ['identityType', 'identity']);
    const keys = [
      hash(upsert),
      hash({ source: 'pu', person }),
      hash({ source: 'master', person: { ...person, identity: TEST_PNR[1] } }),
      other(upsert),
    ];
    expect(new Set(keys).size).toBe(4);
  });

  it('does not contain the identity', () => {
    expect(hash(upsert)).toMatch(/^[\w-]{22}$/);
    expect(hash(upsert)).not.toContain(TEST_PNR[0]);
  });

  it('is known by its shape', () => {
    expect(parseIdentityHash(Buffer.from(hash(upsert)))).toBe(hash(upsert));
  });

  it.each([
    ['nothing', null],
    ['no bytes', Buffer.alloc(0)],
    ['a word', Buffer.from('noise')],
    ['two keys', Buffer.from(`${'a'.repeat(22)},${'b'.repeat(22)}`)],
    ['a line more', Buffer.from(`${'a'.repeat(22)}\n`)],
    ['a null byte', Buffer.from(`${'a'.repeat(21)}\u0000`)],
    ['a letter of two bytes', Buffer.from(`${'a'.repeat(20)}å`)],
  ])('is not read out of %s', (_name, bytes) => {
    expect(parseIdentityHash(bytes)).toBeUndefined();
  });
});
