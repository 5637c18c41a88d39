import type { OrderDesk, SandboxRegister } from '../sandbox-types.ts';
import { ClientFault, TOO_MUCH } from './client-fault.ts';
import type { RequestOf } from './contract-requests.ts';
import { matchingRecords } from './order-documents.ts';
import { readProfile } from './read-profile.ts';
import { parseQuery } from './simple-ql.ts';
import { escapeXml } from './write-element.ts';
import { writePersonRecord } from './write-person-record.ts';

/** TKB 5.1 ch. 6.5. */
const MAX_HITS = 500;

type SearchRequest = RequestOf<'SearchPersonsForProfile'>;

/** SearchPersonsForProfile: never follows to the main identity (TKB 5.1 ch. 6.5). */
export function answerSearch(
  register: SandboxRegister,
  request: SearchRequest,
  isUnrestricted: boolean,
): string {
  const profile = readProfile(request.profile);
  const condition = readQuery(request);
  let answer = '';
  let hits = 0;
  for (const record of matchingRecords(register, condition, isUnrestricted)) {
    if (++hits > MAX_HITS) throw new ClientFault(`${TOO_MUCH}: fler än ${MAX_HITS} träffar.`);
    answer += `<r:personRecord>${writePersonRecord(record, profile, isUnrestricted)}</r:personRecord>`;
  }
  return answer;
}

/** SearchPersonsForProfileByOrder: refuses what it could not answer, and leaves the answering to the orders. */
export function answerPlaceOrder(
  orders: OrderDesk,
  request: SearchRequest,
  caller: string,
  unrestricted: boolean,
): string {
  const profile = readProfile(request.profile);
  readQuery(request);
  const { query } = request;
  const orderId = orders.place({ kind: 'query', query, profile, unrestricted }, caller);
  return `<r:orderId>${escapeXml(orderId)}</r:orderId>`;
}

/** GetFilesForOrderId: its types are in its own namespace, unlike those of all other contracts. */
export function answerGetFiles(orders: OrderDesk, orderId: string, caller: string): string {
  const files = orders.files(orderId, caller);
  if (files === undefined) throw new ClientFault('Beställningen finns inte.');
  return files
    .map(
      (address) =>
        `<r:multimedia><r:mediaType>application/zip</r:mediaType><r:reference>${escapeXml(address)}</r:reference></r:multimedia>`,
    )
    .join('');
}

function readQuery({ query, queryLanguage }: SearchRequest): ReturnType<typeof parseQuery> {
  if (queryLanguage.toLowerCase() !== 'simpleql') {
    throw new ClientFault('Frågespråket är inte SimpleQL.');
  }
  return parseQuery(query);
}
