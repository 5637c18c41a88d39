/** What operators do about the look-up: who may call, how often it was called, what the contract says. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HubError } from '../../core/errors/hub-error.ts';
import type { AccessLogCount } from '../hub-store/access-log.ts';
import type { CallerCredentials, ListedCredential } from '../hub-store/caller-credentials.ts';
import { tokenHash } from '../look-up/caller.ts';
import { openApiDocument } from '../look-up/openapi.ts';
import { CONTRACT_VERSION } from './compose-look-up.ts';

const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;

export interface NewCredential {
  /** The name of the consumer. */
  readonly consumer: string;
  readonly days: number;
  readonly addedBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Makes a token. @returns it whole, for the only time: the store keeps a hash of its secret. */
export async function addToken(
  callers: CallerCredentials,
  { consumer, days, addedBy, now }: NewCredential,
): Promise<string> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const validTo = now + days * DAY_MS;
  const credential = { consumer, kind: 'token', hash: tokenHash(secret), validTo } as const;
  return `${await callers.add(credential, addedBy)}.${secret}`;
}

/**
 * Registers a client certificate by its fingerprint.
 * @param file PEM text. It is valid no longer than the certificate itself.
 * @returns the id; undefined: it is registered already, for this consumer or another one.
 * @throws HubError `HUB_LOOKUP_CERTIFICATE_UNREADABLE`
 */
export async function addCertificate(
  callers: CallerCredentials,
  file: string,
  { consumer, days, addedBy, now }: NewCredential,
): Promise<string | undefined> {
  const certificate = await readCertificate(file);
  const validTo = Math.min(now + days * DAY_MS, Date.parse(certificate.validTo));
  const hash = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex');
  return await callers.add({ consumer, kind: 'certificate', hash, validTo }, addedBy);
}

async function readCertificate(file: string): Promise<X509Certificate> {
  try {
    return new X509Certificate(await readFile(file));
  } catch (error) {
    throw HubError.wrap('HUB_LOOKUP_CERTIFICATE_UNREADABLE', error);
  }
}

/** A line for each credential: id, kind, until when, who added it. @param now milliseconds since 1970. */
export function printCredentials(credentials: readonly ListedCredential[], now: number): string {
  if (credentials.length === 0) return 'The consumer has no token and no certificate.';
  return credentials
    .map(({ id, kind, validTo, isRevoked, addedBy, addedAt }) => {
      const state = isRevoked ? 'revoked' : validTo <= now ? 'expired' : 'valid  ';
      const to = `${validTo <= now ? 'until' : 'to'} ${day(validTo)}`;
      return `${id}  ${kind.padEnd(11)}  ${state}  ${to}  added ${day(addedAt)} by ${addedBy}`;
    })
    .join('\n');
}

/** The counts as a table, without anything personal. */
export function printAccessCounts(counts: readonly AccessLogCount[], days: number): string {
  if (counts.length === 0) return `No calls in the last ${days} days.`;
  const rows = counts.map(({ systemId, activity, outcome, calls, persons, users }) => [
    systemId ?? '(nobody known)',
    activity,
    outcome,
    String(calls),
    String(persons),
    String(users),
  ]);
  const table = [['system', 'call', 'outcome', 'calls', 'persons', 'users'], ...rows];
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths?.[column] ?? 0;
        return column < 3 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd();
  return [`The last ${days} days:`, ...table.map(line)].join('\n');
}

/** docs/openapi.json. */
export function printOpenApi(): string {
  return `${JSON.stringify(openApiDocument(CONTRACT_VERSION), null, 2)}\n`;
}

function day(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
