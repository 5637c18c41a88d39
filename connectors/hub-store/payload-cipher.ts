import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { HubError } from '../../core/errors/hub-error.ts';

const ALGORITHM = 'aes-256-gcm';
const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what is parked: a byte for the format, nonce, tag, then the ciphertext. */
export class PayloadCipher {
  readonly #key: Uint8Array;

  /** @param key 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.byteLength !== 32) throw new RangeError('the key of parked payloads must be 32 bytes');
    this.#key = key;
  }

  /** @param boundTo where the payload belongs; moved to another place it does not decrypt. */
  encrypt(payload: Uint8Array, boundTo: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce).setAAD(Buffer.from(boundTo));
    const text = Buffer.concat([cipher.update(payload), cipher.final()]);
    return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), text]);
  }

  /** @throws HubError `HUB_STORE_PAYLOAD_UNREADABLE` when the key or the place is another one. */
  decrypt(sealed: Uint8Array, boundTo: string): Uint8Array {
    const nonceEnd = 1 + NONCE_BYTES;
    const tagEnd = nonceEnd + TAG_BYTES;
    try {
      const decipher = createDecipheriv(ALGORITHM, this.#key, sealed.subarray(1, nonceEnd))
        .setAAD(Buffer.from(boundTo))
        .setAuthTag(sealed.subarray(nonceEnd, tagEnd));
      return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
    } catch (error) {
      throw HubError.wrap('HUB_STORE_PAYLOAD_UNREADABLE', error);
    }
  }
}
