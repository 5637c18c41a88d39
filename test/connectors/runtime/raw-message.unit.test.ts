import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createIdentityHasher,
  decodeSourceMessage,
  encodeSourceMessage,
} from '../../../connectors/runtime/raw-message.ts';
import type { SourceMessage } from '../../../core/sync/source-record.ts';
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

describe('a raw message', () => {
  it.each<SourceMessage>([
    upsert,
    { ...common, operation: 'removed', position: at(1), person },
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
      'an unknown operation',
      Buffer.from(JSON.stringify({ ...common, operation: 'merge', position: '1:1', person })),
    ],
    [
      'no children',
      Buffer.from(JSON.stringify({ ...common, operation: 'upsert', position: '1:1', person })),
    ],
  ])('is undefined for %s', (_name, bytes) => {
    expect(decodeSourceMessage(bytes)).toBeUndefined();
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
});
