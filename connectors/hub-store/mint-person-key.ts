import { randomFillSync } from 'node:crypto';
import type { IdentityKey } from '../../core/person/person-identifier.ts';

const KEY_BYTES = 16;

/**
 * New random identity keys: UUIDs of version 8 (RFC 9562, "vendor-specific"). The first 16 bits are the second in a
 * cycle of 65 536 seconds (18 hours), the other 106 are random. So keys that are minted together lie together in the B-trees,
 * yet a key does not tell when a person was first seen: for a newborn that would be the birth date (docs/adr/0004).
 */
export function mintIdentityKeys(count: number, nowMs: number): readonly IdentityKey[] {
  const bytes = randomFillSync(Buffer.allocUnsafe(count * KEY_BYTES));
  const second = Math.floor(nowMs / 1000) & 0xffff;
  const keys: IdentityKey[] = [];
  for (let at = 0; at < bytes.length; at += KEY_BYTES) {
    bytes.writeUInt16BE(second, at);
    bytes[at + 6] = ((bytes[at + 6] ?? 0) & 0x0f) | 0x80;
    bytes[at + 8] = ((bytes[at + 8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex', at, at + KEY_BYTES);
    const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    keys.push(uuid as IdentityKey);
  }
  return keys;
}
