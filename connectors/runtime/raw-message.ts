import { createHmac, createSecretKey } from 'node:crypto';
import type { IdentityHash } from '../../core/person/person-identifier.ts';
import {
  formatPosition,
  parsePosition,
  REFUSAL_CODES,
  type SourceMessage,
  type SourceRow,
} from '../../core/sync/source-record.ts';

/**
 * The key of a raw record: HMAC-SHA256 of the source and the key columns, 128 bits, base64url. One identity always has one key, so
 * all its records stand in one partition in order, and the key tells nobody who it is.
 *
 * @param secret the hub's secret, at least 32 bytes.
 * @param keyFields the field names of the source's key, in its order.
 */
export function createIdentityHasher(
  secret: string | Uint8Array,
  keyFields: readonly string[],
): (message: Pick<SourceMessage, 'source' | 'person'>) => IdentityHash {
  // Made once: making the key anew for each record takes five times as long as the HMAC itself.
  const key = createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
  return ({ source, person }) => {
    let text: string = source;
    for (const field of keyFields) text += `\u0000${person[field]?.trim().toUpperCase() ?? ''}`;
    const digest = createHmac('sha256', key).update(text).digest('base64url');
    return digest.slice(0, 22) as IdentityHash;
  };
}

/** @returns undefined for a key that {@link createIdentityHasher} cannot have made. */
export function parseIdentityHash(key: Buffer | null): IdentityHash | undefined {
  const text = key?.toString('latin1') ?? '';
  return /^[\w-]{22}$/.test(text) ? (text as IdentityHash) : undefined;
}

/** A source message as it stands on a raw topic: JSON, the position as text. */
export function encodeSourceMessage(message: SourceMessage): Buffer {
  const { position, ...rest } = message;
  return Buffer.from(JSON.stringify({ position: formatPosition(position), ...rest }));
}

/** The store keeps versions as 64 bits with a sign. */
const MAX_VERSION = 2n ** 63n - 1n;

/** @returns undefined for anything that is not a source message: the main path parks it. */
export function decodeSourceMessage(value: Buffer | null): SourceMessage | undefined {
  if (value === null) return undefined;
  const json = parseJson(value);
  if (!isRecord(json) || typeof json['position'] !== 'string') return undefined;
  const position = parsePosition(json['position']);
  if (position === undefined || position.version > MAX_VERSION) return undefined;
  if (!hasCommonShape(json)) return undefined;
  switch (json['operation']) {
    case 'upsert':
      return isChildren(json['children']) ? ({ ...json, position } as SourceMessage) : undefined;
    case 'removed':
    case 'unknown':
      return { ...json, position } as SourceMessage;
    case 'refused':
      return isRefusalCode(json['code']) ? ({ ...json, position } as SourceMessage) : undefined;
    default:
      return undefined;
  }
}

function parseJson(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function hasCommonShape(json: Readonly<Record<string, unknown>>): boolean {
  return (
    (json['source'] === 'master' || json['source'] === 'pu') &&
    typeof json['snapshot'] === 'boolean' &&
    isInstant(json['readAt']) &&
    isRow(json['person'])
  );
}

/** ISO 8601 in UTC, as the connectors write it: the store takes it as a time. */
function isInstant(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const milliseconds = Date.parse(value);
  return milliseconds >= 0 && new Date(milliseconds).toISOString() === value;
}

function isRefusalCode(value: unknown): boolean {
  return REFUSAL_CODES.some((code) => code === value);
}

function isChildren(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.values(value).every((rows) => Array.isArray(rows) && rows.every(isRow))
  );
}

function isRow(value: unknown): value is SourceRow {
  if (!isRecord(value)) return false;
  for (const name in value) {
    const field = value[name];
    if (field !== null && typeof field !== 'string') return false;
  }
  return true;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
