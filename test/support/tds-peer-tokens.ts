/** Response tokens of the scripted SQL Server (MS-TDS 2.2.7). */
import { COLLATION, columnType, type SqlValue } from './tds-peer-types.ts';
import { int32, longText, shortText, uint8, uint16, uint32 } from './tds-peer-wire.ts';

/** An error or a message as SQL Server raises it. */
export interface SqlError {
  readonly number: number;
  readonly state: number;
  /** The severity. From 20 on the server closes the connection. */
  readonly class: number;
  readonly message: string;
}

/** The columns of a result: name to SQL type, in order. */
export type Columns = Readonly<Record<string, string>>;

/** Writes the rows of one result set. */
export interface RowEncoder {
  /** COLMETADATA. */
  readonly metadata: Buffer;
  row(values: readonly SqlValue[]): Buffer;
}

/** @param compressNulls send NBCROW, a bitmap of nulls before the row, as a server does for rows with many nulls. */
export function rowEncoder(columns: Columns, compressNulls: boolean): RowEncoder {
  const types = Object.entries(columns).map(([name, declaration]) => ({
    name,
    type: columnType(declaration),
  }));
  const metadata = Buffer.concat([
    uint8(0x81),
    uint16(types.length),
    ...types.map(({ name, type }) =>
      Buffer.concat([uint32(type.userType), uint16(NULLABLE), type.info, shortText(name)]),
    ),
  ]);
  const row = (values: readonly SqlValue[]) => {
    const written = types.map(({ type }, index) => type.write(values[index] ?? null));
    if (!compressNulls) return Buffer.concat([uint8(0xd1), ...written]);
    const bitmap = Buffer.alloc(Math.ceil(types.length / 8));
    const present = written.filter((_, index) => {
      const isNull = (values[index] ?? null) === null;
      if (isNull) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
      return !isNull;
    });
    return Buffer.concat([uint8(0xd2), bitmap, ...present]);
  };
  return { metadata, row };
}

const NULLABLE = 0x0001;

export function errorToken(error: SqlError): Buffer {
  const body = Buffer.concat([
    uint32(error.number),
    uint8(error.state),
    uint8(error.class),
    longText(error.message),
    shortText('PEER'),
    shortText(''),
    uint32(1),
  ]);
  return Buffer.concat([uint8(0xaa), uint16(body.length), body]);
}

const DONE_ERROR = 0x0002;
const DONE_COUNT = 0x0010;
const DONE_ATTENTION = 0x0020;
const MORE = 0x0001;
const SELECT = 0xc1;

function done(token: number, status: number, rowCount: number): Buffer {
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(rowCount));
  return Buffer.concat([uint8(token), uint16(status), uint16(SELECT), count]);
}

/** The end of a good answer. A procedure call ends with a return status and DONEPROC, a batch with DONE. */
export function endOfRows(kind: 'batch' | 'rpc', rowCount: number): Buffer {
  if (kind === 'batch') return done(0xfd, DONE_COUNT, rowCount);
  const returnStatus = Buffer.concat([uint8(0x79), int32(0)]);
  return Buffer.concat([done(0xff, DONE_COUNT | MORE, rowCount), returnStatus, done(0xfe, 0, 0)]);
}

export function endOfError(kind: 'batch' | 'rpc'): Buffer {
  return done(kind === 'batch' ? 0xfd : 0xfe, DONE_ERROR, 0);
}

export function plainDone(): Buffer {
  return done(0xfd, 0, 0);
}

/** The acknowledgement of an attention: a message of its own after that of the interrupted request. */
export function attentionDone(): Buffer {
  return done(0xfd, DONE_ATTENTION, 0);
}

function envChange(type: number, body: Buffer): Buffer {
  return Buffer.concat([uint8(0xe3), uint16(body.length + 1), uint8(type), body]);
}

function shortBytes(bytes: Buffer): Buffer {
  return Buffer.concat([uint8(bytes.length), bytes]);
}

const NOTHING = Buffer.alloc(0);

export function transactionBegun(descriptor: Buffer): Buffer {
  return envChange(8, Buffer.concat([shortBytes(descriptor), shortBytes(NOTHING)]));
}

export function transactionCommitted(descriptor: Buffer): Buffer {
  return envChange(9, Buffer.concat([shortBytes(NOTHING), shortBytes(descriptor)]));
}

export function transactionRolledBack(descriptor: Buffer): Buffer {
  return envChange(10, Buffer.concat([shortBytes(NOTHING), shortBytes(descriptor)]));
}

/** The answer to PRELOGIN: SQL Server 2022, encryption not supported. */
export function preloginResponse(): Buffer {
  const options = [
    { token: 0x00, data: Buffer.from([16, 0, 0x10, 0x04, 0, 0]) },
    { token: 0x01, data: Buffer.from([0x02]) },
  ];
  let offset = options.length * 5 + 1;
  const index = options.map(({ token, data }) => {
    const entry = Buffer.alloc(5);
    entry.writeUInt8(token, 0);
    entry.writeUInt16BE(offset, 1);
    entry.writeUInt16BE(data.length, 3);
    offset += data.length;
    return entry;
  });
  return Buffer.concat([...index, uint8(0xff), ...options.map(({ data }) => data)]);
}

/** The answer to a good LOGIN7: database, collation, packet size and LOGINACK for TDS 7.4. */
export function loginResponse(database: string): Buffer {
  const ack = Buffer.concat([
    uint8(1),
    Buffer.from([0x74, 0x00, 0x00, 0x04]),
    shortText('Scripted TDS peer'),
    Buffer.from([16, 0, 0x10, 0x04]),
  ]);
  return Buffer.concat([
    envChange(1, Buffer.concat([shortText(database), shortText('master')])),
    envChange(7, Buffer.concat([shortBytes(COLLATION), shortBytes(NOTHING)])),
    envChange(4, Buffer.concat([shortText('4096'), shortText('4096')])),
    uint8(0xad),
    uint16(ack.length),
    ack,
    plainDone(),
  ]);
}
