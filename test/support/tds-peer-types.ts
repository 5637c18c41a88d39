/** SQL types of the scripted SQL Server: how a column is described and a value written, and how a parameter is read. */
import {
  type ByteReader,
  decodeCp1252,
  encodeCp1252,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
} from './tds-peer-wire.ts';

/**
 * A value as a test writes it: dates as local text (`2026-03-29T02:30:00.0000000`), bigint as text or bigint, binary as a
 * Buffer, flags as booleans.
 */
export type SqlValue = string | number | bigint | boolean | Buffer | null;

/** Finnish_Swedish_CI_AS: LCID 0x040B, code page 1252. */
export const COLLATION: Buffer = Buffer.from([0x0b, 0x04, 0xd0, 0x00, 0x00]);

const NULL_LENGTH = 0xffff;
const MAX_LENGTH = 0xffff;

/** One SQL type of a result column. */
export interface ColumnType {
  readonly userType: number;
  /** TYPE_INFO (MS-TDS 2.2.5.6). */
  readonly info: Buffer;
  write(value: SqlValue): Buffer;
}

/** @param declaration as in `create table`: `int`, `varchar(12)`, `varchar(max)`, `datetime2(7)`, `rowversion`. */
export function columnType(declaration: string): ColumnType {
  const match = /^(\w+)(?:\((\w+)\))?$/.exec(declaration);
  const name = match?.[1] ?? declaration;
  const size = match?.[2] === 'max' ? MAX_LENGTH : Number(match?.[2] ?? 0);
  switch (name) {
    case 'int':
      return byteCounted([0x26, 4], (value) => int32(Number(value)));
    case 'bigint':
      return byteCounted([0x26, 8], (value) => int64(BigInt(asText(value))));
    case 'bit':
      return byteCounted([0x68, 1], (value) => uint8(value === true ? 1 : 0));
    case 'date':
      return byteCounted([0x28], (value) => days(asText(value)));
    case 'datetime':
      return byteCounted([0x6f, 8], (value) => datetime(asText(value)));
    case 'datetime2':
      return byteCounted([0x2a, size], (value) => datetime2(asText(value), size));
    case 'uniqueidentifier':
      return byteCounted([0x24, 16], (value) => uuid(asText(value)));
    case 'char':
      return wordCounted(0xaf, size, COLLATION, (value) =>
        encodeCp1252(asText(value).padEnd(size)),
      );
    case 'varchar':
      return wordCounted(0xa7, size, COLLATION, (value) => encodeCp1252(asText(value)));
    case 'nvarchar':
      return wordCounted(0xe7, size === MAX_LENGTH ? size : size * 2, COLLATION, (value) =>
        Buffer.from(asText(value), 'utf16le'),
      );
    case 'binary':
      return wordCounted(0xad, size, Buffer.alloc(0), asBytes);
    case 'varbinary':
      return wordCounted(0xa5, size, Buffer.alloc(0), asBytes);
    case 'rowversion':
      // A rowversion column travels as binary(8) with the user type of `timestamp`.
      return { ...wordCounted(0xad, 8, Buffer.alloc(0), asBytes), userType: 0x50 };
    default:
      throw new TypeError(`The scripted SQL Server has no type ${declaration}.`);
  }
}

function byteCounted(info: readonly number[], encode: (value: SqlValue) => Buffer): ColumnType {
  return {
    userType: 0,
    info: Buffer.from(info),
    write(value) {
      if (value === null) return uint8(0);
      const bytes = encode(value);
      return Buffer.concat([uint8(bytes.length), bytes]);
    },
  };
}

function wordCounted(
  id: number,
  length: number,
  collation: Buffer,
  encode: (value: SqlValue) => Buffer,
): ColumnType {
  const isMax = length === MAX_LENGTH;
  return {
    userType: 0,
    info: Buffer.concat([uint8(id), uint16(length), collation]),
    write(value) {
      if (value === null) return isMax ? Buffer.alloc(8, 0xff) : uint16(NULL_LENGTH);
      const bytes = encode(value);
      if (!isMax) return Buffer.concat([uint16(bytes.length), bytes]);
      const total = int64(BigInt(bytes.length));
      if (bytes.length === 0) return Buffer.concat([total, uint32(0)]);
      return Buffer.concat([total, uint32(bytes.length), bytes, uint32(0)]);
    },
  };
}

function asText(value: SqlValue): string {
  if (Buffer.isBuffer(value) || value === null) throw new TypeError('The column holds text.');
  return String(value);
}

function asBytes(value: SqlValue): Buffer {
  if (!Buffer.isBuffer(value)) throw new TypeError('The column holds bytes.');
  return value;
}

const DAY = 86_400_000;

/** Milliseconds of the local time as if it were UTC: there is no zone on the wire. */
function wallClock(text: string): number {
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19) || '00:00:00'}Z`);
}

/** The fraction of the second in units of 100 ns. */
function fraction(text: string): number {
  return Number(text.slice(20).padEnd(7, '0').slice(0, 7));
}

function days(text: string): Buffer {
  const count = Math.floor((wallClock(text) - Date.parse('0001-01-01T00:00:00Z')) / DAY);
  return uint32(count).subarray(0, 3);
}

/** Days since 1900 and three-hundredths of a second, which is all the precision of `datetime`. */
function datetime(text: string): Buffer {
  const since1900 = wallClock(text) - Date.parse('1900-01-01T00:00:00Z');
  const day = Math.floor(since1900 / DAY);
  const ticks = Math.round(((since1900 - day * DAY + fraction(text) / 10_000) * 3) / 10);
  return Buffer.concat([int32(day), int32(ticks)]);
}

function datetime2(text: string, scale: number): Buffer {
  const ofDay = (((wallClock(text) % DAY) + DAY) % DAY) * 10_000 + fraction(text);
  const units = Math.round(ofDay / 10 ** (7 - scale));
  const length = scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
  const time = Buffer.alloc(6);
  time.writeUIntLE(units, 0, 6);
  return Buffer.concat([time.subarray(0, length), days(text)]);
}

/** The first three groups of a uniqueidentifier are little-endian. */
function uuid(text: string): Buffer {
  const [a = '', b = '', c = '', d = '', e = ''] = text.split('-');
  const reversed = [a, b, c].map((group) => Buffer.from(group, 'hex').reverse());
  return Buffer.concat([...reversed, Buffer.from(d + e, 'hex')]);
}

/** A parameter's type and value as they came over the wire. */
export interface WireParameter {
  /** The type in T-SQL words, as the client described it: `varchar(12)`, `bigint`, `varbinary(8)`. */
  readonly type: string;
  readonly value: SqlValue;
}

/** Reads TYPE_INFO and the value after it. */
export function readParameter(reader: ByteReader): WireParameter {
  const id = reader.uint8();
  switch (id) {
    case 0x26: {
      const type = reader.uint8() === 8 ? 'bigint' : 'int';
      const bytes = reader.bytes(reader.uint8());
      if (bytes.length === 0) return { type, value: null };
      if (bytes.length === 8) return { type, value: bytes.readBigInt64LE(0) };
      return { type, value: bytes.readIntLE(0, bytes.length) };
    }
    case 0x68: {
      reader.uint8();
      const bytes = reader.bytes(reader.uint8());
      return { type: 'bit', value: bytes.length === 0 ? null : bytes[0] === 1 };
    }
    case 0xa7:
    case 0xaf: {
      const length = reader.uint16();
      reader.bytes(COLLATION.length);
      const bytes = wordCountedValue(reader, length);
      const type = `${id === 0xa7 ? 'varchar' : 'char'}(${sizeName(length)})`;
      return { type, value: bytes === null ? null : decodeCp1252(bytes) };
    }
    case 0xe7:
    case 0xef: {
      const length = reader.uint16();
      reader.bytes(COLLATION.length);
      const bytes = wordCountedValue(reader, length);
      const size = length === MAX_LENGTH ? 'max' : String(length / 2);
      const type = `${id === 0xe7 ? 'nvarchar' : 'nchar'}(${size})`;
      return { type, value: bytes === null ? null : bytes.toString('utf16le') };
    }
    case 0xa5:
    case 0xad: {
      const length = reader.uint16();
      const type = `${id === 0xa5 ? 'varbinary' : 'binary'}(${sizeName(length)})`;
      return { type, value: wordCountedValue(reader, length) };
    }
    default:
      throw new TypeError(`The scripted SQL Server reads no parameter of type ${id}.`);
  }
}

function sizeName(length: number): string {
  return length === MAX_LENGTH ? 'max' : String(length);
}

function wordCountedValue(reader: ByteReader, length: number): Buffer | null {
  if (length !== MAX_LENGTH) {
    const size = reader.uint16();
    return size === NULL_LENGTH ? null : Buffer.from(reader.bytes(size));
  }
  const total = reader.bytes(8);
  if (total.equals(Buffer.alloc(8, 0xff))) return null;
  const chunks: Buffer[] = [];
  for (let size = reader.uint32(); size > 0; size = reader.uint32()) {
    chunks.push(reader.bytes(size));
  }
  return Buffer.concat(chunks);
}
