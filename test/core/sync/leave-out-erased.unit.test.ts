import { describe, expect, it } from 'vitest';
import type { MappingResult } from '../../../core/mapping/mapping-result.ts';
import { type IdentityHash, identityText } from '../../../core/person/person-identifier.ts';
import {
  leaveOutErased,
  type MappedRecord,
  withoutMentions,
} from '../../../core/sync/leave-out-erased.ts';
import type { ErasedIdentities } from '../../../core/sync/ports.ts';
import { PlainStore } from '../../scenarios/plain-store.ts';
import { evidence, pnr } from '../../support/person-builder.ts';

const relation = (index: number) =>
  ({
    kind: 'child',
    identity: pnr(index),
    birthDate: null,
    name: null,
    from: null,
    to: null,
  }) as const;

function record(key: string, result: MappingResult): MappedRecord {
  return {
    offset: 0,
    identityHash: key as IdentityHash,
    message: undefined,
    payload: new Uint8Array(),
    result,
  };
}

async function leaveOut(records: readonly MappedRecord[], erased: ErasedIdentities | undefined) {
  return await new PlainStore().transact(async (transaction) => {
    return await leaveOutErased({ ...transaction, findErased: async () => erased }, records);
  });
}

const REJECTED: MappingResult = {
  kind: 'rejected',
  code: 'HUB_SYNC_RAW_UNREADABLE',
  field: null,
};
const erased: ErasedIdentities = {
  identities: new Set([identityText(pnr())]),
  hashes: new Set(['known' as IdentityHash]),
};

describe('records of somebody who was erased', () => {
  it('are refused whatever they say, also those that only their key tells', async () => {
    const raises = { identity: pnr(), protectedPerson: true, protectedPopulationRecord: false };
    const theirs = [
      record('a', { kind: 'mapped', evidence: evidence() }),
      record('b', { kind: 'removed', identity: pnr() }),
      record('c', { kind: 'unknown', identity: pnr() }),
      record('d', { ...REJECTED, raises }),
      record('a', REJECTED),
      record('known', REJECTED),
    ];
    const others = [
      record('e', { kind: 'mapped', evidence: evidence({ identity: pnr(1) }) }),
      record('f', REJECTED),
      record('', REJECTED),
    ];
    const { records, refused } = await leaveOut([...theirs, ...others], erased);
    expect(records).toEqual(others);
    expect(refused).toEqual([
      { identity: pnr(), identityHash: 'a' },
      { identity: pnr(), identityHash: 'b' },
      { identity: pnr(), identityHash: 'c' },
      { identity: pnr(), identityHash: 'd' },
      { identity: null, identityHash: 'a' },
      { identity: null, identityHash: 'known' },
    ]);
  });

  it('are not looked for when nobody was erased', async () => {
    const records = [record('a', { kind: 'mapped', evidence: evidence() })];
    expect(await leaveOut(records, undefined)).toEqual({ records, refused: [] });
  });
});

describe('what others say about somebody who was erased', () => {
  it('is left out of their records, and nothing else is', async () => {
    const links = [
      { kind: 'linked', identity: pnr() },
      { kind: 'referred', identity: pnr(2) },
    ] as const;
    const relations = [relation(0), relation(2), { ...relation(0), identity: null }];
    const given = evidence({ identity: pnr(1), links, relations });
    const { records } = await leaveOut([record('e', { kind: 'mapped', evidence: given })], erased);
    expect(records.map(({ result }) => result)).toEqual([
      {
        kind: 'mapped',
        evidence: { ...given, links: links.slice(1), relations: relations.slice(1) },
      },
    ]);
  });

  it('leaves a record alone that says nothing about them', () => {
    const given = evidence({ relations: [relation(2)] });
    expect(withoutMentions(given, erased.identities)).toBe(given);
  });
});
