/** The lowest layer of the scripted SQL Server: bytes, texts and packets of TDS (MS-TDS 2.2.3), without any meaning. */
import type { Socket } from 'node:net';

/** Packet types that a client sends (MS-TDS 2.2.3.1.1). */
export const PACKET = {
  sqlBatch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  transactionManager: 0x0e,
  login7: 0x10,
  prelogin: 0x12,
} as const;

const HEADER_LENGTH = 8;
const END_OF_MESSAGE = 0x01;
const IGNORE = 0x02;
const PACKET_SIZE = 4096;

/** One whole message of a client. An `ignored` one was given up by the client before its last packet. */
export interface ClientMessage {
  readonly type: number;
  readonly ignored: boolean;
  readonly payload: Buffer;
}

/** Cuts the bytes of one connection into messages. */
export class MessageReader {
  #pending: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];

  /** @returns the messages that these bytes complete. */
  feed(bytes: Buffer): readonly ClientMessage[] {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    const messages: ClientMessage[] = [];
    for (;;) {
      if (this.#pending.length < HEADER_LENGTH) return messages;
      const length = this.#pending.readUInt16BE(2);
      if (this.#pending.length < length) return messages;
      const type = this.#pending.readUInt8(0);
      const status = this.#pending.readUInt8(1);
      this.#parts.push(this.#pending.subarray(HEADER_LENGTH, length));
      this.#pending = this.#pending.subarray(length);
      if ((status & END_OF_MESSAGE) !== 0) {
        const ignored = (status & IGNORE) !== 0;
        messages.push({ type, ignored, payload: Buffer.concat(this.#parts) });
        this.#parts = [];
      }
    }
  }
}

/** Writes one response message, packet by packet, at the pace at which the client reads. */
export class ResponseWriter {
  readonly #socket: Socket;
  #pending: Buffer[] = [];
  #pendingLength = 0;
  #packetId = 1;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Adds tokens; full packets leave at once. Resolves when the client has room for more. */
  async write(tokens: Buffer): Promise<void> {
    this.#pending.push(tokens);
    this.#pendingLength += tokens.length;
    const room = PACKET_SIZE - HEADER_LENGTH;
    if (this.#pendingLength <= room) return;
    let rest = Buffer.concat(this.#pending);
    while (rest.length > room) {
      await this.#send(rest.subarray(0, room), 0);
      rest = rest.subarray(room);
    }
    this.#pending = [rest];
    this.#pendingLength = rest.length;
  }

  /** Sends what is left without ending the message: the place to break a connection in the middle of an answer. */
  async flush(): Promise<void> {
    await this.#send(this.#take(), 0);
  }

  async end(): Promise<void> {
    await this.#send(this.#take(), END_OF_MESSAGE);
  }

  #take(): Buffer {
    const rest = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingLength = 0;
    return rest;
  }

  async #send(payload: Buffer, status: number): Promise<void> {
    if (this.#socket.destroyed) return;
    const header = Buffer.alloc(HEADER_LENGTH);
    header.writeUInt8(PACKET.response, 0);
    header.writeUInt8(status, 1);
    header.writeUInt16BE(HEADER_LENGTH + payload.length, 2);
    header.writeUInt8(this.#packetId, 6);
    this.#packetId = (this.#packetId + 1) & 0xff;
    if (this.#socket.write(Buffer.concat([header, payload]))) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        this.#socket.off('drain', go).off('close', go);
        resolve();
      };
      this.#socket.on('drain', go).on('close', go);
    });
  }
}

/** Reads fields one after the other. */
export class ByteReader {
  readonly #bytes: Buffer;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  uint8(): number {
    return this.bytes(1).readUInt8(0);
  }

  uint16(): number {
    return this.bytes(2).readUInt16LE(0);
  }

  uint32(): number {
    return this.bytes(4).readUInt32LE(0);
  }

  bytes(length: number): Buffer {
    const slice = this.#bytes.subarray(this.#offset, this.#offset + length);
    if (slice.length < length) throw new RangeError('The client message ends too early.');
    this.#offset += length;
    return slice;
  }

  /** Text in UTF-16, its length in characters. */
  text(characters: number): string {
    return this.bytes(characters * 2).toString('utf16le');
  }
}

export function uint8(value: number): Buffer {
  return Buffer.from([value & 0xff]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** B_VARCHAR: the number of characters in one byte, then UTF-16. */
export function shortText(text: string): Buffer {
  return Buffer.concat([uint8(text.length), Buffer.from(text, 'utf16le')]);
}

/** US_VARCHAR: the number of characters in two bytes, then UTF-16. */
export function longText(text: string): Buffer {
  return Buffer.concat([uint16(text.length), Buffer.from(text, 'utf16le')]);
}

const CP1252 = new TextDecoder('windows-1252');
const CP1252_BYTES = new Map(
  Array.from({ length: 256 }, (_, byte) => [CP1252.decode(Uint8Array.of(byte)), byte]),
);

/** Text as a `varchar` column under a Finnish_Swedish collation holds it: code page 1252. */
export function encodeCp1252(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const byte = unit < 0x80 ? unit : CP1252_BYTES.get(text.charAt(index));
    if (byte === undefined) throw new RangeError('Code page 1252 does not have the character.');
    bytes[index] = byte;
  }
  return bytes;
}

export function decodeCp1252(bytes: Buffer): string {
  return CP1252.decode(bytes);
}
