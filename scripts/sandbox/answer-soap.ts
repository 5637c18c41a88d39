/** One SOAP call: envelope, logical address, contract, and what is made wrong on purpose. */
import type { IncomingMessage } from 'node:http';
import type { PuIdentity } from '../population/pu-record.ts';
import { type Reply, soapFault, soapReply } from './call-reply.ts';
import { ClientFault, TOO_MUCH } from './contracts/client-fault.ts';
import { soapAction } from './contracts/contract-namespaces.ts';
import { readEnvelope } from './contracts/read-envelope.ts';
import { escapeXml } from './contracts/write-element.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { ContractName, Contracts } from './sandbox-types.ts';
import { spoilDocument } from './spoil-document.ts';
import { writeEnvelope } from './write-envelope.ts';

/** The one logical address of the national service (TKB 5.1 ch. 3.2). */
export const LOGICAL_ADDRESS = 'SE165565594230-1000';

export interface SoapCall {
  readonly contract: ContractName;
  readonly caller: string;
  readonly logId: string;
  /** What is to go wrong with the call or its answer. */
  readonly faults: readonly FaultKind[];
}

export interface SoapOptions {
  readonly contracts: Contracts;
  readonly mostRequestBytes: number;
  /** For an answer about the wrong person. */
  readonly somebodyElse: PuIdentity;
}

/** @throws ClientFault for what the caller did wrong. */
export async function answerSoap(
  request: IncomingMessage,
  call: SoapCall,
  options: SoapOptions,
): Promise<Reply> {
  const envelope = readEnvelope(await readText(request, options.mostRequestBytes));
  if (envelope.logicalAddress !== LOGICAL_ADDRESS) {
    // The code is the one that the national service platform has for this.
    throw new ClientFault('VP004 Ingen tjänst är kopplad till den logiska adressen');
  }
  const action = request.headers['soapaction'];
  const isOther =
    typeof action === 'string' && !['', soapAction(call.contract)].includes(unquote(action));
  if (isOther) throw new ClientFault('SOAPAction är inte kontraktets');
  if (call.faults.includes('too-many-hits')) throw new ClientFault(TOO_MUCH);
  const answer = options.contracts.answer({
    contract: call.contract,
    request: call.faults.includes('other-identity')
      ? askAboutOther(envelope.request, options.somebodyElse)
      : envelope.request,
    caller: call.caller,
  });
  if (answer.kind === 'fault') return soapFault(answer.side, answer.text, call.logId);
  const body = call.faults.includes('fewer-records') ? leaveOutLast(answer.body) : answer.body;
  return soapReply([...spoilDocument([writeEnvelope(body)], call.faults)].join(''));
}

async function readText(request: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new ClientFault('Meddelandet är för stort.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unquote(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1');
}

function askAboutOther(request: string, { root, extension }: PuIdentity): string {
  return request
    .replace(/(<root\b[^>]*>)[^<]*/, `$1${escapeXml(root)}`)
    .replace(/(<extension\b[^>]*>)[^<]*/, `$1${escapeXml(extension)}`);
}

function leaveOutLast(answer: string): string {
  const from = answer.lastIndexOf('<r:requestedPersonRecord>');
  const end = '</r:requestedPersonRecord>';
  const to = answer.lastIndexOf(end);
  return from < 0 || to < from ? answer : answer.slice(0, from) + answer.slice(to + end.length);
}
