/** Calls to a sandbox as any system would make them: with Node's own HTTPS, and none of the hub's code. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromBufferPromise } from 'yauzl';
import type { PuIdentity } from '../../scripts/population/pu-record.ts';
import type { CertificatePair } from '../../scripts/sandbox/certificates.ts';
import type { ContractName } from '../../scripts/sandbox/sandbox-types.ts';
import type { Sandbox } from '../../scripts/sandbox/start-sandbox.ts';
import { hasSchemas, validateFault, validateSoap } from './xsd-validator.ts';

const DOMAIN = 'urn:riv:strategicresourcemanagement:persons:person';
const READY_WITHIN_MS = 20_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface CallOptions {
  /** Null: no certificate at all. */
  readonly as?: CertificatePair | null;
  readonly logicalAddress?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A fault spoils the answer: it is not checked against the schemas. */
  readonly isSpoiled?: boolean;
}

export interface ZipEntry {
  readonly name: string;
  readonly text: string;
}

/** @throws the error of the connection when there is no whole answer. */
export async function send(
  sandbox: Sandbox,
  url: string,
  call: CallOptions & { readonly method?: 'GET'; readonly body?: string } = {},
): Promise<Answer> {
  const pair = call.as === undefined ? sandbox.certificates.client : call.as;
  const outgoing = request(url, {
    method: call.method ?? 'POST',
    agent: false,
    ca: readFileSync(sandbox.certificates.authority),
    headers: call.headers ?? {},
    ...(pair === null ? {} : { cert: readFileSync(pair.certificate), key: readFileSync(pair.key) }),
  });
  outgoing.end(call.body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    bytes,
    text: bytes.toString('utf8'),
  };
}

export function contractUrl(sandbox: Sandbox, contract: ContractName): string {
  const path = 'strategicresourcemanagement/persons/person';
  return `${sandbox.endpoints.soap}/${path}/${contract}/${majorOf(contract)}/rivtabp21`;
}

/** A SOAP envelope around the content of a contract's request. Namespaces are declared on the envelope, as many systems do it. */
export function envelopeOf(
  contract: ContractName,
  content: string,
  logicalAddress = 'SE165565594230-1000',
): string {
  return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:i="urn:riv:itintegration:registry:1" xmlns:p="${DOMAIN}:5" xmlns:r="${DOMAIN}:${contract}Responder:${majorOf(contract)}"><s:Header><i:LogicalAddress>${logicalAddress}</i:LogicalAddress></s:Header><s:Body><r:${contract}>${content}</r:${contract}></s:Body></s:Envelope>`;
}

/** @throws when what is answered is neither valid by the official schemas, where they are, nor a SOAP fault. */
export async function callContract(
  sandbox: Sandbox,
  contract: ContractName,
  content: string,
  options: CallOptions = {},
): Promise<Answer> {
  const body = envelopeOf(contract, content, options.logicalAddress);
  const answer = await send(sandbox, contractUrl(sandbox, contract), { ...options, body });
  if (options.isSpoiled !== true && hasSchemas()) {
    const problems =
      answer.status === 200
        ? validateSoap(contract, 'response', answer.text)
        : validateFault(answer.text);
    if (problems.length > 0) throw new Error(`${contract} is answered with ${problems.join('; ')}`);
  }
  return answer;
}

/** GetPersonsForProfile of these identities alone, at P4. */
export async function getPersons(
  sandbox: Sandbox,
  identities: readonly PuIdentity[],
  options: CallOptions = {},
): Promise<Answer> {
  const ids = identities.map(
    ({ root, extension }) =>
      `<r:personId><p:root>${root}</p:root><p:extension>${extension}</p:extension></r:personId>`,
  );
  const content = `${ids.join('')}<r:profile>P4</r:profile><r:ignoreReferredIdentity>true</r:ignoreReferredIdentity>`;
  return await callContract(sandbox, 'GetPersonsForProfile', content, options);
}

export async function orderByFile(
  sandbox: Sandbox,
  identities: readonly PuIdentity[],
  parameters = 'Profile=P4&maxResultsPerFile=500',
  options: CallOptions = {},
): Promise<Answer> {
  const body = identities.map(({ root, extension }) => `${root};${extension}\n`).join('');
  const url = `${sandbox.endpoints.rest}/getPersonsByFile?${parameters}`;
  return await send(sandbox, url, { ...options, body });
}

/** Everybody in the counties, by SearchPersonsForProfileByOrder. @returns the order id. */
export async function orderByQuery(sandbox: Sandbox, query: string): Promise<string> {
  const content = `<r:query>${query.replaceAll('<', '&lt;')}</r:query><r:queryLanguage>SimpleQL</r:queryLanguage><r:profile>P4</r:profile>`;
  const { text } = await callContract(sandbox, 'SearchPersonsForProfileByOrder', content);
  const orderId = /orderId>([0-9a-f-]{36})</.exec(text)?.[1];
  if (orderId === undefined) throw new Error(`no order id in: ${text}`);
  return orderId;
}

/** GetFilesForOrderId, once. */
export async function askForFiles(
  sandbox: Sandbox,
  orderId: string,
  options: CallOptions = {},
): Promise<Answer & { readonly files: readonly string[] }> {
  const content = `<r:orderId>${orderId}</r:orderId>`;
  const answer = await callContract(sandbox, 'GetFilesForOrderId', content, options);
  const files = [...answer.text.matchAll(/reference>([^<]+)</g)].map((match) => match[1] ?? '');
  return { ...answer, files };
}

/** Asks until the order is ready. */
export async function waitForFiles(sandbox: Sandbox, orderId: string): Promise<readonly string[]> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const { files } = await askForFiles(sandbox, orderId);
    if (files.length > 0) return files;
    if (Date.now() > deadline) throw new Error('the order did not get ready');
    await sleep(30);
  }
}

export async function download(
  sandbox: Sandbox,
  url: string,
  options: CallOptions = {},
): Promise<Answer> {
  return await send(sandbox, url, { ...options, method: 'GET' });
}

/** @throws when it is no whole zip, or a name in it leads out of its folder. */
export async function readZip(bytes: Buffer): Promise<readonly ZipEntry[]> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const entries: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    const content = await zip.openReadStreamPromise(entry);
    for await (const chunk of content as AsyncIterable<Buffer>) chunks.push(chunk);
    entries.push({ name: entry.fileName, text: Buffer.concat(chunks).toString('utf8') });
  }
  return entries;
}

function majorOf(contract: ContractName): number {
  return /^(GetFiles|Update\w+Contact|GetPersonContact|Link|Unlink)/.test(contract) ? 4 : 5;
}
