/** The only file that imports the schema registry client. */
import { COMPATIBILITY, SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { findHubError, HubError } from '../../core/errors/hub-error.ts';
import { type LogSafeFields, safeText, safeWord } from '../../core/errors/log-safe.ts';
import { type AvroType, encodeWireFormat, parseWireFormat } from './avro-types.ts';
import { type RecordSchema, subjectOf } from './schema-catalogue.ts';

export interface AvroCodecOptions {
  /** The registry's address; user and password may stand in it. */
  readonly registryUrl: string;
  readonly clientId: string;
  /** How long the registry may take for one answer, retries included. Default 10 s. */
  readonly timeoutMs?: number;
}

/** Writes records of one schema. */
export interface AvroWriter {
  readonly schemaId: number;
  /** The record in the Confluent wire format. @throws TypeError when it does not fit the schema. */
  encode(record: object): Buffer;
}

/** What a value turned out to be. */
export type DecodedValue =
  | { readonly kind: 'tombstone' }
  | {
      readonly kind: 'record';
      /** The full name of the record type. */
      readonly name: string;
      readonly schemaId: number;
      readonly record: Readonly<Record<string, unknown>>;
    };

interface Reader {
  readonly name: string;
  read(body: Buffer): unknown;
}

/** Every subject has it: consumers may be older or newer than the hub, by any number of versions. */
const LEVEL = COMPATIBILITY.FULL_TRANSITIVE;

/**
 * Avro in the Confluent wire format. The registry is asked once for each schema; afterwards encoding and decoding go on without it,
 * also while it is down.
 */
export class AvroCodec {
  readonly #registry: SchemaRegistry;
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #readers = new Map<number, Reader>();
  readonly #ownTypes = new Map<string, AvroType>();

  constructor(options: AvroCodecOptions) {
    this.#url = new URL(options.registryUrl);
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    const { username, password } = this.#url;
    this.#registry = new SchemaRegistry({
      host: `${this.#url.origin}${this.#url.pathname.replace(/\/$/, '')}`,
      clientId: options.clientId,
      retry: { retries: 2, initialRetryTimeInSecs: 0.1, maxRetryTimeInSecs: 1 },
      ...(username !== '' && {
        auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
      }),
    });
  }

  /**
   * Makes the schema known to the registry, at level FULL_TRANSITIVE, and gives its writer. Records of that type are from then on
   * read in this shape, whichever version they were written in.
   * @throws HubError `HUB_KAFKA_REGISTRY_UNAVAILABLE` (retriable), `HUB_KAFKA_SCHEMA_INCOMPATIBLE` (fatal).
   */
  async register(schema: RecordSchema): Promise<AvroWriter> {
    const subject = subjectOf(schema);
    return await this.#ask({ subject: safeWord(subject) }, async () => {
      try {
        return await this.#registerOnce(schema, subject);
      } catch (error) {
        // Instances that start at once on a new registry get in each other's way while a subject is made: what the other one has made
        // is there the second time. A schema that does not fit is refused again.
        if (statusOf(error) !== 409) throw error;
        return await this.#registerOnce(schema, subject);
      }
    });
  }

  async #registerOnce(schema: RecordSchema, subject: string): Promise<AvroWriter> {
    await this.#setLevel(subject);
    const raw = schema as Parameters<SchemaRegistry['register']>[0];
    const { id } = await this.#registry.register(raw, { subject, compatibility: LEVEL });
    const type = (await this.#registry.getSchema(id)) as unknown as AvroType;
    this.#ownTypes.set(type.name, type);
    this.#readers.clear();
    return { schemaId: id, encode: (record) => encodeWireFormat(id, type, record) };
  }

  /**
   * @throws HubError `HUB_KAFKA_RECORD_UNREADABLE` (rejected), or `HUB_KAFKA_REGISTRY_UNAVAILABLE` (retriable) when the schema is
   * not known yet and cannot be asked for.
   */
  async decode(value: Buffer | null): Promise<DecodedValue> {
    if (value === null) return { kind: 'tombstone' };
    const wire = parseWireFormat(value);
    if (wire === undefined) throw new HubError('HUB_KAFKA_RECORD_UNREADABLE');
    const { schemaId, body } = wire;
    const reader = this.#readers.get(schemaId) ?? (await this.#findReader(schemaId));
    try {
      const record = reader.read(body) as Readonly<Record<string, unknown>>;
      return { kind: 'record', name: reader.name, schemaId, record };
    } catch (error) {
      throw HubError.wrap('HUB_KAFKA_RECORD_UNREADABLE', error, { schemaId });
    }
  }

  async #findReader(schemaId: number): Promise<Reader> {
    const writer = await this.#ask({ schemaId }, async () => {
      return (await this.#registry.getSchema(schemaId)) as unknown as AvroType;
    });
    const own = this.#ownTypes.get(writer.name);
    const reader =
      own === undefined || own === writer
        ? { name: writer.name, read: (body: Buffer) => writer.fromBuffer(body) }
        : resolvingReader(own, writer, schemaId);
    this.#readers.set(schemaId, reader);
    return reader;
  }

  /** Before the first version is registered: the client would set the level after it, when it is too late to refuse. */
  async #setLevel(subject: string): Promise<void> {
    const path = `config/${encodeURIComponent(subject)}`;
    const answer = await this.#fetch('GET', path);
    if (answer.status === 404) {
      const set = await this.#fetch('PUT', path, { compatibility: LEVEL });
      if (!set.ok) throw new RegistryAnswer(set.status);
      return;
    }
    if (!answer.ok) throw new RegistryAnswer(answer.status);
    const { compatibilityLevel } = (await answer.json()) as { compatibilityLevel?: unknown };
    if (compatibilityLevel !== LEVEL) {
      throw new HubError('HUB_KAFKA_SCHEMA_INCOMPATIBLE', {
        subject: safeWord(subject),
        level: safeWord(String(compatibilityLevel)),
      });
    }
  }

  async #fetch(method: 'GET' | 'PUT', path: string, body?: object): Promise<Response> {
    const { username, password } = this.#url;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const headers = {
      'content-type': 'application/vnd.schemaregistry.v1+json',
      ...(username !== '' && {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      }),
    };
    const base = `${this.#url.origin}${this.#url.pathname.replace(/\/$/, '')}`;
    try {
      return await fetch(`${base}/${path}`, {
        method,
        headers,
        signal: AbortSignal.timeout(this.#timeoutMs),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw HubError.wrap('HUB_KAFKA_REGISTRY_UNAVAILABLE', error);
    }
  }

  async #ask<T>(context: LogSafeFields, question: () => Promise<T>): Promise<T> {
    const tooLate = Promise.withResolvers<never>();
    const timer = setTimeout(() => tooLate.reject(new RegistryAnswer(504)), this.#timeoutMs);
    try {
      return await Promise.race([question(), tooLate.promise]);
    } catch (error) {
      throw wrapRegistryError(error, context);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An answer of the registry that is no success. */
class RegistryAnswer extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`The schema registry answered ${status}.`);
    this.status = status;
  }
}

/** The HTTP status of an answer that is no success, our own or the client's. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/**
 * By status. 400 is not "bad request": the client also reports a registry that is down so, and a registry whose database is down
 * answers 500. What has no status comes from the client's own checks of a schema, or is a bug.
 */
function wrapRegistryError(error: unknown, context: LogSafeFields): unknown {
  if (findHubError(error) !== undefined || !(error instanceof Error)) return error;
  const status = statusOf(error);
  if (status === undefined) {
    return error.name.startsWith('ConfluentSchemaRegistry')
      ? HubError.wrap('HUB_KAFKA_SCHEMA_INCOMPATIBLE', error, context)
      : error;
  }
  const fields = { ...context, status };
  switch (status) {
    case 401:
    case 403:
      return HubError.wrap('HUB_KAFKA_UNAUTHORIZED', error, {
        ...fields,
        part: safeText('schema registry'),
      });
    case 404:
      return HubError.wrap('HUB_KAFKA_RECORD_UNREADABLE', error, fields);
    case 409:
    case 422:
      return HubError.wrap('HUB_KAFKA_SCHEMA_INCOMPATIBLE', error, fields);
    default:
      return HubError.wrap('HUB_KAFKA_REGISTRY_UNAVAILABLE', error, fields);
  }
}

function resolvingReader(own: AvroType, writer: AvroType, schemaId: number): Reader {
  try {
    const resolver = own.createResolver(writer);
    return { name: own.name, read: (body) => own.fromBuffer(body, resolver) };
  } catch (error) {
    throw HubError.wrap('HUB_KAFKA_RECORD_UNREADABLE', error, { schemaId });
  }
}
