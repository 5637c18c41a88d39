import { createHash, timingSafeEqual } from 'node:crypto';
import type { LookUpRule } from '../../core/disclosure/consumer-profile.ts';
import type { Consumer } from '../../core/disclosure/delivery-ports.ts';
import type { CallerCredential, LookUpUser } from '../../core/disclosure/look-up-ports.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeText } from '../../core/errors/log-safe.ts';
import type { CallerDirectory } from './look-up-ports.ts';

/** A consumer that may look up. */
export interface Caller {
  readonly consumer: Consumer;
  readonly rule: LookUpRule;
  readonly credential: CallerCredential;
}

/** What a call shows of who makes it. */
export interface ShownIdentity {
  /** The header `Authorization` as it came. */
  readonly authorization: string | undefined;
  /** SHA-256 of a client certificate that is signed by an authority of LOOK_UP_CA and is valid now, in hex; null: there is none. */
  readonly certificate: string | null;
}

/** A UUID that names the token, a point, and 256 random bits in base64url. */
const BEARER = /^Bearer +([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/;

/** What is kept of a token's secret. It has 256 random bits, so a slow hash would protect nothing more. */
export function tokenHash(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}

/** `unknown` has the id of the credential when it was shown rightly and opens nothing any more: the log names it, the caller is not told. */
export type FoundCaller =
  | { readonly kind: 'known'; readonly credential: CallerCredential; readonly consumer: Consumer }
  | { readonly kind: 'unknown'; readonly credentialId: string | null };

/**
 * Who calls: by the token if there is one, else by the certificate. In a time that does not depend on the secret.
 * @param mayBeDropping also a consumer that is being dropped: it still has to say that it forgot.
 */
export async function findCaller(
  shown: ShownIdentity,
  callers: CallerDirectory,
  now: number,
  mayBeDropping: boolean,
): Promise<FoundCaller> {
  const credential = await findCredential(shown, callers);
  if (credential === undefined) return { kind: 'unknown', credentialId: null };
  const unknown = { kind: 'unknown', credentialId: credential.id } as const;
  if (credential.isRevoked || credential.validTo <= now) return unknown;
  const consumer = await callers.findConsumer(credential.consumer);
  if (consumer === undefined || (consumer.state === 'dropping' && !mayBeDropping)) return unknown;
  return { kind: 'known', credential, consumer };
}

const NOBODYS_HASH = new Uint8Array(32);

async function findCredential(
  { authorization, certificate }: ShownIdentity,
  callers: CallerDirectory,
): Promise<CallerCredential | undefined> {
  if (authorization === undefined) {
    return certificate === null ? undefined : await callers.findCertificate(certificate);
  }
  const [, id, secret] = BEARER.exec(authorization) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const credential = await callers.findToken(id);
  const isSame = timingSafeEqual(tokenHash(secret), credential?.hash ?? NOBODYS_HASH);
  return isSame ? credential : undefined;
}

/** The purposes of `urn:riv:ehr:log` (domain 6.4). */
export const PURPOSES = [
  'Vård och behandling',
  'Kvalitetssäkring',
  'Annan dokumentation enligt lag',
  'Statistik',
  'Administration',
  'Kvalitetsregister',
] as const;

export interface UserHeaders {
  readonly userId: string | undefined;
  readonly careUnit: string | undefined;
  readonly purpose: string | undefined;
  readonly assignment: string | undefined;
}

/** HSA-ids, those of test systems as well: letters, an organisation number, a hyphen. */
const HSA_ID = /^[A-Z]{2,8}(?:16)?\d{10}-[0-9A-Za-z]{1,24}$/;
const LONGEST_ASSIGNMENT = 120;
/** Percent-encoding brings in what a header cannot hold, such as NUL, which the access log cannot hold either. */
const CONTROL = /\p{Cc}/u;

/**
 * For whom the call is made.
 * @param mayBeMissing a system without a user may leave all of them out; what it sends has to be right even so.
 * @throws HubError `HUB_LOOKUP_USER_MISSING` with the name of the header.
 */
export function readUser(headers: UserHeaders, mayBeMissing: boolean): LookUpUser | null {
  const { userId, careUnit, assignment } = headers;
  const isSilent = [userId, careUnit, headers.purpose].every((value) => value === undefined);
  if (isSilent && mayBeMissing) return null;
  if (userId === undefined || !HSA_ID.test(userId)) throw missing('X-User-Hsa-Id');
  if (careUnit === undefined || !HSA_ID.test(careUnit)) throw missing('X-Care-Unit-Hsa-Id');
  const purpose = readPurpose(headers.purpose ?? '');
  if (purpose === undefined) throw missing('X-Purpose');
  const decoded = textOf(assignment ?? '');
  if (decoded.length > LONGEST_ASSIGNMENT || CONTROL.test(decoded)) throw missing('X-Assignment');
  return { userId, careUnit, purpose, assignment: decoded || null };
}

function missing(header: string): HubError {
  const names = {
    'X-User-Hsa-Id': safeText('X-User-Hsa-Id'),
    'X-Care-Unit-Hsa-Id': safeText('X-Care-Unit-Hsa-Id'),
    'X-Purpose': safeText('X-Purpose'),
    'X-Assignment': safeText('X-Assignment'),
  };
  return new HubError('HUB_LOOKUP_USER_MISSING', {
    header: names[header as keyof typeof names],
  });
}

function readPurpose(written: string): string | undefined {
  const purpose = textOf(written).toLowerCase();
  return PURPOSES.find((known) => known.toLowerCase() === purpose);
}

/** Headers are Latin-1 by their standard, UTF-8 in much that is written, and percent-encoded where somebody was careful: all three are read. */
function textOf(written: string): string {
  const utf8 = Buffer.from(written, 'latin1').toString('utf8');
  const text = utf8.includes('\uFFFD') ? written : utf8;
  return percentDecoded(text).normalize('NFC').trim();
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
