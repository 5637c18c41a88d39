import { describe, expect, it } from 'vitest';
import { fieldGroupBits, fieldGroupsOf } from '../../../connectors/hub-store/field-group-bits.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';

/** As the ledger has them. A line is only ever added. */
const RELEASED = {
  identities: 1,
  name: 2,
  sex: 4,
  birth: 8,
  protection: 16,
  deregistration: 32,
  'marital-status': 64,
  membership: 128,
  locality: 256,
  addresses: 512,
  contacts: 1_024,
  relations: 2_048,
  'contact-persons': 4_096,
  'paper-preference': 8_192,
} as const;

describe('the bits of field groups in the ledger', () => {
  it('are those that stored rows were written with', () => {
    const bits = FIELD_GROUPS.map((group) => [group, fieldGroupBits([group])]);
    expect(Object.fromEntries(bits)).toEqual(RELEASED);
  });

  it('say all groups at once, one of them, and none', () => {
    expect(fieldGroupsOf(fieldGroupBits(FIELD_GROUPS))).toEqual(new Set(FIELD_GROUPS));
    expect(fieldGroupsOf(fieldGroupBits(['contacts']))).toEqual(new Set(['contacts']));
    expect(fieldGroupsOf(fieldGroupBits([]))).toEqual(new Set());
    expect(fieldGroupBits(['name', 'name'])).toBe(RELEASED.name);
  });
});
