import { describe, expect, it } from 'vitest';
import { mintIdentityKeys } from '../../../connectors/hub-store/mint-person-key.ts';
import { parsePersonKey } from '../../../core/person/person-identifier.ts';

const NOON = Date.UTC(2026, 0, 2, 12, 0, 0);
const CYCLE_MS = 65_536_000;

describe('a minted key', () => {
  it('is a UUID of version 8 and no other key is the same', () => {
    const keys = mintIdentityKeys(20_000, NOON);
    expect(new Set(keys).size).toBe(20_000);
    for (const key of keys) {
      expect(parsePersonKey(key)).toBe(key);
      expect(key).toMatch(/^.{14}8.{4}[89ab]/);
    }
  });

  it('lies near those of the same second and after those of the second before', () => {
    const [now, same, next] = [NOON, NOON + 999, NOON + 1_000].map(prefixAt);
    expect(same).toBe(now);
    expect(next).toBe((now ?? 0) + 1);
  });

  it('does not tell the day: the prefix comes again after 18 hours', () => {
    expect(prefixAt(NOON + CYCLE_MS)).toBe(prefixAt(NOON));
    expect(prefixAt(NOON + 1_000 * CYCLE_MS)).toBe(prefixAt(NOON));
  });

  it('is random in every other bit', () => {
    const ones = Array.from({ length: 128 }, () => 0);
    const keys = mintIdentityKeys(2_000, NOON);
    for (const key of keys) {
      const bits = BigInt(`0x${key.replaceAll('-', '')}`);
      for (let bit = 0; bit < 128; bit++)
        ones[bit] = (ones[bit] ?? 0) + Number((bits >> BigInt(bit)) & 1n);
    }
    const random = ones.filter((count) => count > 800 && count < 1_200);
    expect(random).toHaveLength(106);
  });
});

function prefixAt(nowMs: number): number {
  return Number.parseInt(mintIdentityKeys(1, nowMs)[0]?.slice(0, 4) ?? '', 16);
}
