/**
 * The append-only registry of id kinds. Ids of different kinds do not mix: each is a brand of its own.
 */
import type { SafeText } from '../errors/log-safe.ts';

declare const brand: unique symbol;

/** An object identifier that names who issues a kind of number, for example `1.2.752.129.2.1.3.1` for personnummer. */
export type Oid = string & { readonly [brand]: 'oid' };

/**
 * An identity is a root and an extension, never a bare string: two regions' reserve numbers can look the same
 * (TKB 5.1 ch. 7.1.1). The extension has the stored form of its format: no hyphen, no space, and upper case unless the
 * format tells letters apart by case.
 */
export interface Identity {
  readonly root: Oid;
  readonly extension: string;
}

/**
 * The random key that an identity gets when it is first seen. Says nothing about the identity, so it is log-safe.
 */
export type IdentityKey = SafeText & { readonly [brand]: 'identity-key' };

/**
 * The key of a person: the {@link IdentityKey} of the person's first-seen identity. The only id of a person in topic keys,
 * logs, metrics, URLs and file names.
 */
export type PersonKey = SafeText & { readonly [brand]: 'person-key' };

/** HMAC of an identity: the key of the raw topics and of parked records. Cannot be turned back without the hub's secret. */
export type IdentityHash = SafeText & { readonly [brand]: 'identity-hash' };

/** SHA-256 of a canonical text, in hex or base64url. */
export type ContentHash = SafeText & { readonly [brand]: 'content-hash' };

/** Kinds of identity, from the weakest to the strongest: links go upwards only (TKB 5.1 ch. 6.13). */
export type IdentityType = 'LRID' | 'NRID' | 'SNR' | 'PNR';

export const OID_PNR = '1.2.752.129.2.1.3.1' as Oid;
export const OID_SNR = '1.2.752.129.2.1.3.3' as Oid;
export const OID_NRID = '1.2.752.74.9.1' as Oid;

const OID = /^[0-2](?:\.(?:0|[1-9]\d*))+$/;

/** @returns undefined when the text is not an object identifier in dotted form. */
export function parseOid(text: string): Oid | undefined {
  return OID.test(text) ? (text as Oid) : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns the key, or undefined when the text is not a UUID in lower case. */
export function parsePersonKey(text: string): PersonKey | undefined {
  return UUID.test(text) ? (text as PersonKey) : undefined;
}

/** A person is known by the key of its first-seen identity. */
export function personKeyOf(firstSeen: IdentityKey): PersonKey {
  return firstSeen as string as PersonKey;
}

/** One text for one identity, for maps and sorting. Personal data: never log it. */
export function identityText(identity: Identity): string {
  return `${identity.root}|${identity.extension}`;
}
