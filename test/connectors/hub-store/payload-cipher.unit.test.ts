import { describe, expect, it } from 'vitest';
import { PayloadCipher } from '../../../connectors/hub-store/payload-cipher.ts';

const KEY = new Uint8Array(32).fill(7);
const PAYLOAD = new TextEncoder().encode('what was parked');

describe('the cipher of parked payloads', () => {
  const cipher = new PayloadCipher(KEY);

  it.each([new Uint8Array(0), PAYLOAD, new Uint8Array(100_000).fill(1)])(
    'gives back what it was given',
    (payload) => {
      const sealed = cipher.encrypt(payload, 'topic/0/1');
      expect(new Uint8Array(cipher.decrypt(sealed, 'topic/0/1'))).toEqual(payload);
    },
  );

  it('never writes the same twice', () => {
    expect(cipher.encrypt(PAYLOAD, 'a')).not.toEqual(cipher.encrypt(PAYLOAD, 'a'));
  });

  it.each([
    ['under another key', new PayloadCipher(new Uint8Array(32)), 'a', (bytes: Uint8Array) => bytes],
    ['at another place', cipher, 'b', (bytes: Uint8Array) => bytes],
    [
      'with a changed byte',
      cipher,
      'a',
      (bytes: Uint8Array) => bytes.with(40, bytes[40] === 0 ? 1 : 0),
    ],
    ['cut short', cipher, 'a', (bytes: Uint8Array) => bytes.slice(0, 10)],
  ])('refuses a payload %s', (_, reader, place, damage) => {
    const sealed = damage(new Uint8Array(cipher.encrypt(PAYLOAD, 'a')));
    expect(() => reader.decrypt(sealed, place)).toThrow(
      expect.objectContaining({ code: 'HUB_STORE_PAYLOAD_UNREADABLE' }),
    );
  });

  it('takes a key of 32 bytes and no other', () => {
    expect(() => new PayloadCipher(new Uint8Array(16))).toThrow(RangeError);
  });
});
