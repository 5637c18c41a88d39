/** An Avro type of the library that the registry client uses, as far as we use it. */
export interface AvroType {
  readonly name: string;
  /** @returns the next position, or a negative number when the buffer is too short. */
  encode(value: unknown, buffer: Buffer, position: number): number;
  fromBuffer(buffer: Buffer, resolver?: unknown): unknown;
  createResolver(writer: AvroType): unknown;
  isValid(value: unknown, options: { errorHook(path: readonly string[]): void }): boolean;
}

const MAGIC_BYTE = 0;
const HEADER_BYTES = 5;

/** The Confluent wire format: a zero, the schema id in four bytes, the Avro body. */
export interface WireParts {
  readonly schemaId: number;
  readonly body: Buffer;
}

/** @returns undefined when the bytes are not in the wire format. */
export function parseWireFormat(value: Buffer): WireParts | undefined {
  if (value.length < HEADER_BYTES || value[0] !== MAGIC_BYTE) return undefined;
  return { schemaId: value.readUInt32BE(1), body: value.subarray(HEADER_BYTES) };
}

/** One for all encoders: encoding never waits, so no two are in it at once. */
let scratch = Buffer.allocUnsafe(64 * 1024);

/** Writes a record in the wire format with one copy, since this is the hot path of the publisher. */
export function encodeWireFormat(schemaId: number, type: AvroType, record: unknown): Buffer {
  for (;;) {
    scratch[0] = MAGIC_BYTE;
    scratch.writeUInt32BE(schemaId, 1);
    const end = writeBody(type, record);
    if (end >= 0) return Buffer.from(scratch.subarray(0, end));
    scratch = Buffer.allocUnsafe(scratch.length * 2);
  }
}

/** @throws TypeError that names the place in the record; what stands there is a person's, so the library's message is dropped. */
function writeBody(type: AvroType, record: unknown): number {
  try {
    return type.encode(record, scratch, HEADER_BYTES);
  } catch {
    const places: string[] = [];
    type.isValid(record, { errorHook: (path) => places.push(path.join('.')) });
    throw new TypeError(`A ${type.name} does not fit its schema at: ${places.join(', ')}`);
  }
}
