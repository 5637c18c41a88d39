/** The only file that imports @peculiar/x509: a throw-away authority and what it signs, made anew for each sandbox. */
import './reflect-metadata.ts';
import type { webcrypto } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its key as files. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/** Paths of everything that was made; keys can be read by their owner alone. */
export interface SandboxCertificates {
  /** Of the authority that signed the server and the clients. */
  readonly authority: string;
  readonly server: CertificatePair;
  /** Of the HSA-id that is connected. */
  readonly client: CertificatePair;
  /** In order, but of an HSA-id that is not connected to the service. */
  readonly stranger: CertificatePair;
  /** Of another HSA-id that is connected: the files of the first one are not for it. */
  readonly neighbour: CertificatePair;
  readonly expired: CertificatePair;
  /** In order, but signed by an authority that nobody here trusts. */
  readonly foreign: CertificatePair;
}

/** HSA-id of the hub in the sandbox; the syntax is that of SITHS function certificates. */
export const CONNECTED_HSA_ID = 'SE165565594230-TEST0001';
/** HSA-id of the neighbour. */
export const NEIGHBOUR_HSA_ID = 'SE165565594230-TEST0002';
/** HSA-id of the stranger. */
export const STRANGER_HSA_ID = 'SE165565594230-TEST0003';

const DAY_MS = 86_400_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Signer {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
}

interface Wanted {
  readonly subject: string;
  readonly from: number;
  readonly to: number;
  readonly usage: ExtendedKeyUsage;
}

/** Where the certificates of a sandbox are, whether they were made or not. */
export function certificatePaths(folder: string): SandboxCertificates {
  const pair = (name: string): CertificatePair => ({
    certificate: join(folder, `${name}.pem`),
    key: join(folder, `${name}-key.pem`),
  });
  return {
    authority: join(folder, 'authority.pem'),
    server: pair('server'),
    client: pair('client'),
    stranger: pair('stranger'),
    neighbour: pair('neighbour'),
    expired: pair('expired'),
    foreign: pair('foreign'),
  };
}

/** Makes the certificates, or keeps those that are there: a restart must not take a running client's trust away. */
export async function ensureCertificates(folder: string): Promise<SandboxCertificates> {
  const paths = certificatePaths(folder);
  if (existsSync(paths.authority)) return paths;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const now = Date.now();
  const valid = { from: now - DAY_MS, to: now + 365 * DAY_MS };
  const client = { ...valid, usage: ExtendedKeyUsage.clientAuth };
  const authority = await makeAuthority('CN=PU sandbox authority', valid);
  const foreign = await makeAuthority('CN=Foreign authority', valid);
  await issue(authority, paths.server, {
    ...valid,
    subject: 'CN=localhost, O=PU sandbox, C=SE',
    usage: ExtendedKeyUsage.serverAuth,
  });
  await issue(authority, paths.client, { ...client, subject: subjectOf(CONNECTED_HSA_ID) });
  await issue(authority, paths.stranger, { ...client, subject: subjectOf(STRANGER_HSA_ID) });
  await issue(authority, paths.neighbour, { ...client, subject: subjectOf(NEIGHBOUR_HSA_ID) });
  await issue(authority, paths.expired, {
    ...client,
    from: now - 30 * DAY_MS,
    to: now - DAY_MS,
    subject: subjectOf(CONNECTED_HSA_ID),
  });
  await issue(foreign, paths.foreign, { ...client, subject: subjectOf(CONNECTED_HSA_ID) });
  // Last, since its presence says that all is there.
  writeFileSync(paths.authority, authority.certificate.toString('pem'));
  return paths;
}

/** 2.5.4.5 is the subject's serialNumber, where SITHS keeps the HSA-id. */
function subjectOf(hsaId: string): string {
  return `CN=hub.test.example, 2.5.4.5=${hsaId}, O=Test, C=SE`;
}

async function makeAuthority(
  subject: string,
  valid: { readonly from: number; readonly to: number },
): Promise<Signer> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: subject,
    keys,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(valid.from),
    notAfter: new Date(valid.to),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { keys, certificate };
}

async function issue(signer: Signer, pair: CertificatePair, wanted: Wanted): Promise<void> {
  const keys = await generateKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: wanted.subject,
    issuer: signer.certificate.subjectName,
    publicKey: keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: ALGORITHM,
    notBefore: new Date(wanted.from),
    notAfter: new Date(wanted.to),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([wanted.usage]),
      ...(wanted.usage === ExtendedKeyUsage.serverAuth
        ? [
            new SubjectAlternativeNameExtension([
              { type: 'dns', value: 'localhost' },
              { type: 'ip', value: '127.0.0.1' },
            ]),
          ]
        : []),
    ],
  });
  writeFileSync(pair.key, await privateKeyPem(keys.privateKey), { mode: 0o600 });
  writeFileSync(pair.certificate, certificate.toString('pem'));
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}
