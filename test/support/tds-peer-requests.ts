/** What clients say to the scripted SQL Server, read into words (MS-TDS 2.2.6). */
import { readParameter, type WireParameter } from './tds-peer-types.ts';
import { ByteReader, type ClientMessage, PACKET } from './tds-peer-wire.ts';

/** LOGIN7. The password is not kept. */
export interface SeenLogin {
  readonly user: string;
  readonly application: string;
  readonly database: string;
  readonly isReadOnlyIntent: boolean;
}

/** A statement, sent as a batch or through `sp_executesql`. */
export interface SeenStatement {
  readonly kind: 'batch' | 'rpc';
  readonly sql: string;
  /** The declarations as the client wrote them for the server: `@p1 varchar(12), @p2 bigint`. */
  readonly declarations: string;
  /** By name, without the `@`: type and value as they travelled. */
  readonly parameters: Readonly<Record<string, WireParameter>>;
  /** True when the request named an open transaction. */
  readonly isInTransaction: boolean;
}

/** A transaction manager request. */
export interface SeenTransaction {
  readonly kind: 'begin' | 'commit' | 'rollback';
  /** Of `begin`; otherwise empty. */
  readonly isolation: string;
}

export type SeenRequest = SeenStatement | SeenTransaction;

const ISOLATION_LEVELS = [
  'unchanged',
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
];
const READ_ONLY_INTENT = 0x20;
const EXECUTE_SQL = 10;

export function readLogin(payload: Buffer): SeenLogin {
  const text = (at: number) => {
    const offset = payload.readUInt16LE(at);
    return payload.toString('utf16le', offset, offset + payload.readUInt16LE(at + 2) * 2);
  };
  return {
    user: text(40),
    application: text(48),
    database: text(68),
    isReadOnlyIntent: (payload.readUInt8(26) & READ_ONLY_INTENT) !== 0,
  };
}

/** @throws on a kind of request that the peer does not know: a test then fails with the reason. */
export function readRequest(message: ClientMessage): SeenRequest {
  const reader = new ByteReader(message.payload);
  const isInTransaction = readTransactionDescriptor(reader) !== 0n;
  switch (message.type) {
    case PACKET.sqlBatch: {
      const sql = reader.text((message.payload.length - ALL_HEADERS_LENGTH) / 2);
      return { kind: 'batch', sql, declarations: '', parameters: {}, isInTransaction };
    }
    case PACKET.rpc:
      return readExecuteSql(reader, isInTransaction);
    case PACKET.transactionManager:
      return readTransactionRequest(reader);
    default:
      throw new TypeError(`The scripted SQL Server does not know packet type ${message.type}.`);
  }
}

const ALL_HEADERS_LENGTH = 22;

/** ALL_HEADERS with the one header that clients without MARS send. Zero: no transaction. */
function readTransactionDescriptor(reader: ByteReader): bigint {
  const length = reader.uint32();
  if (length !== ALL_HEADERS_LENGTH) throw new TypeError(`ALL_HEADERS of ${length} bytes.`);
  reader.bytes(6);
  const descriptor = reader.bytes(8).readBigUInt64LE(0);
  reader.bytes(4);
  return descriptor;
}

function readExecuteSql(reader: ByteReader, isInTransaction: boolean): SeenStatement {
  const nameLength = reader.uint16();
  const procedure = nameLength === 0xffff ? reader.uint16() : reader.text(nameLength);
  if (procedure !== EXECUTE_SQL) {
    throw new TypeError(`The scripted SQL Server does not know the procedure ${procedure}.`);
  }
  reader.uint16();
  const all: { readonly name: string; readonly parameter: WireParameter }[] = [];
  while (!reader.isAtEnd) {
    const name = reader.text(reader.uint8()).replace(/^@/, '');
    reader.uint8();
    all.push({ name, parameter: readParameter(reader) });
  }
  const [statement, declarations, ...parameters] = all;
  return {
    kind: 'rpc',
    sql: String(statement?.parameter.value ?? ''),
    declarations: String(declarations?.parameter.value ?? ''),
    parameters: Object.fromEntries(parameters.map(({ name, parameter }) => [name, parameter])),
    isInTransaction,
  };
}

function readTransactionRequest(reader: ByteReader): SeenTransaction {
  const request = reader.uint16();
  switch (request) {
    case 5:
      return { kind: 'begin', isolation: ISOLATION_LEVELS[reader.uint8()] ?? 'unknown' };
    case 7:
      return { kind: 'commit', isolation: '' };
    case 8:
      return { kind: 'rollback', isolation: '' };
    default:
      throw new TypeError(`The scripted SQL Server does not know transaction request ${request}.`);
  }
}
