/** `hub read`: records of a topic for a person who looks. Personal data: it goes to that person's terminal and nowhere else. */
import type { LocatedRecord } from '../../kafka/kafka-message.ts';
import { scrubText } from '../../observability/scrub.ts';

export interface ReadRecordsPorts {
  /** From the first record to the end that the topic has now; past it, to the signal, with `follow`. */
  readonly readTopic: (options: {
    readonly topic: string;
    readonly follow?: boolean;
    readonly signal?: AbortSignal;
  }) => AsyncIterable<LocatedRecord>;
  /** Decodes an Avro value in the Confluent wire format. */
  readonly decodeAvro: (value: Buffer) => Promise<unknown>;
}

export interface ReadRecordsOptions {
  readonly topic: string;
  /** At most so many records. */
  readonly limit: number;
  /** `first`: the oldest; `last`: the newest there are now; `follow`: from the oldest on and then whatever comes. */
  readonly which: 'first' | 'last' | 'follow';
  /** Only records with this key. */
  readonly key?: string;
  readonly showIdentities: boolean;
  readonly signal: AbortSignal;
}

/** A record in words: where, when, key, headers and value. */
export interface ReadableRecord {
  readonly place: string;
  readonly time: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: a tombstone. */
  readonly value: unknown;
}

/** Reads, decodes and masks. `last` holds no more than `limit` records in memory. */
export async function* readRecords(
  ports: ReadRecordsPorts,
  options: ReadRecordsOptions,
): AsyncGenerator<ReadableRecord, void, undefined> {
  const { topic, limit, which, signal } = options;
  if (limit <= 0) return;
  const newest: LocatedRecord[] = [];
  let count = 0;
  for await (const record of ports.readTopic({ topic, follow: which === 'follow', signal })) {
    if (options.key !== undefined && record.key?.toString() !== options.key) continue;
    if (which === 'last') {
      newest.push(record);
      // Cut seldom, so that a long topic does not cost a shift for each record.
      if (newest.length >= limit * 2 + 1_000) newest.splice(0, newest.length - limit);
      continue;
    }
    yield await readable(record, ports, options);
    count += 1;
    if (count >= limit) return;
  }
  for (const record of newest.slice(-limit)) yield await readable(record, ports, options);
}

/** One record, over several lines. */
export function printRecord(record: ReadableRecord): string {
  const headers = Object.entries(record.headers).map(([name, value]) => `  ${name}: ${value}`);
  const where = `${record.place}  ${record.time}  key ${record.key ?? '-'}`;
  return [where, ...headers, ...printValue(record.value)].join('\n');
}

/** A person state is a person, a redirect to the key that the person is known by now, or a tombstone. */
function printValue(value: unknown): readonly string[] {
  if (value === null) return ['tombstone'];
  const json = JSON.stringify(value, jsonSafe, 2);
  const isRedirect = typeof value === 'object' && 'redirectTo' in value;
  return isRedirect ? ['redirect', json] : [json];
}

async function readable(
  record: LocatedRecord,
  ports: ReadRecordsPorts,
  { showIdentities }: ReadRecordsOptions,
): Promise<ReadableRecord> {
  const value = record.value === null ? null : await decode(record.value, ports);
  return {
    place: `${record.topic}/${record.partition}@${record.offset}`,
    time: new Date(record.timestamp).toISOString(),
    key: record.key?.toString() ?? null,
    headers: record.headers,
    value: showIdentities ? value : maskIdentities(value),
  };
}

/** Raw topics hold JSON, person topics Avro behind a zero byte, parked payloads neither. */
async function decode(value: Buffer, ports: ReadRecordsPorts): Promise<unknown> {
  if (value[0] === 0) return await ports.decodeAvro(value);
  try {
    return JSON.parse(value.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return `[${value.length} bytes that are not JSON]`;
    throw error;
  }
}

const MASKED = '[masked]';
/** The fields of raw records and of person states that hold an identity. */
const IDENTITY_FIELDS: ReadonlySet<string> = new Set(['extension', 'identity', 'linkedIdentity']);

/**
 * Hides identities: in the fields that hold them, and wherever else a text looks like one. Names and addresses stay, since
 * whoever looks at a record wants to see whether they are right.
 */
export function maskIdentities(value: unknown): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (Array.isArray(value)) return value.map(maskIdentities);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      IDENTITY_FIELDS.has(name) && typeof part === 'string' ? MASKED : maskIdentities(part),
    ]),
  );
}

function jsonSafe(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
