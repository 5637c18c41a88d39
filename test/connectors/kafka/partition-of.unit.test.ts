import { describe, expect, it } from 'vitest';
import { murmur2, partitionOf } from '../../../connectors/kafka/partition-of.ts';

describe('the partition of a key', () => {
  // The vectors of Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('is the positive hash modulo the number of partitions, as in the default partitioner', () => {
    expect(partitionOf('abc', 6)).toBe(479470107 % 6);
    expect(partitionOf('21', 6)).toBe((-973932308 & 0x7fffffff) % 6);
  });

  it('hashes the UTF-8 bytes of a key', () => {
    const bytes = murmur2(Buffer.from('Ä-å-ö', 'utf8')) & 0x7fffffff;
    expect(partitionOf('Ä-å-ö', 1_000_000)).toBe(bytes % 1_000_000);
  });

  it('spreads keys over all partitions', () => {
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 6_000; i += 1) {
      const partition = partitionOf(`key-${i}`, 6);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(850);
    expect(Math.max(...counts)).toBeLessThan(1_150);
  });
});
