import type {
  ContractAnswer,
  ContractCall,
  ContractName,
  Contracts,
  OrderDesk,
  SandboxRegister,
} from '../sandbox-types.ts';
import { answerGetContacts, answerUpdateContacts } from './answer-contacts.ts';
import { answerGetPersons } from './answer-get-persons.ts';
import { answerLink, answerUnlink } from './answer-links.ts';
import { answerGetFiles, answerPlaceOrder, answerSearch } from './answer-search.ts';
import { answerUpdatePerson } from './answer-update-person.ts';
import { ClientFault } from './client-fault.ts';
import { responderNamespace, responseTags } from './contract-namespaces.ts';
import { REQUESTS, type RequestOf } from './contract-requests.ts';
import { orderDocuments } from './order-documents.ts';
import { readElement } from './read-element.ts';
import { readXml } from './read-xml.ts';
import type { Group } from './schema-types.ts';

/** What the contracts answer from. */
export interface ContractsOptions {
  readonly register: SandboxRegister;
  readonly orders: OrderDesk;
}

/** Gives the content of the response element. Throws ClientFault. */
type Answerer<C extends ContractName> = (request: RequestOf<C>, caller: string) => string;

/** The contracts of PU's domain 5.1 over a register: pure but for what they put into the register and the orders they place. */
export function createContracts({ register, orders }: ContractsOptions): Contracts {
  const answerers: { readonly [C in ContractName]: Answerer<C> } = {
    GetPersonsForProfile: (request) => answerGetPersons(register, request, false),
    GetPersonsForProfileUnrestricted: (request) => answerGetPersons(register, request, true),
    SearchPersonsForProfile: (request) => answerSearch(register, request, false),
    SearchPersonsForProfileUnrestricted: (request) => answerSearch(register, request, true),
    SearchPersonsForProfileByOrder: (request, caller) =>
      answerPlaceOrder(orders, request, caller, false),
    SearchPersonsForProfileByOrderUnrestricted: (request, caller) =>
      answerPlaceOrder(orders, request, caller, true),
    GetFilesForOrderId: ({ orderId }, caller) => answerGetFiles(orders, orderId, caller),
    GetPersonContactInformation: ({ personId }) => answerGetContacts(register, personId, false),
    GetPersonContactInformationUnrestricted: ({ personId }) =>
      answerGetContacts(register, personId, true),
    UpdatePersonContactInformation: (request) => answerUpdateContacts(register, request),
    UpdatePerson: (request) => answerUpdatePerson(register, request),
    LinkPersonIdentity: (request) => answerLink(register, request),
    UnlinkPersonIdentity: (request) => answerUnlink(register, request),
  };

  const answerAs = <C extends ContractName>(contract: C, call: ContractCall): string => {
    const namespace = responderNamespace(contract);
    const element = readXml(call.request);
    if (element.name !== contract || element.namespace !== namespace) {
      throw new ClientFault(`Meddelandet är inte ${contract} i namnrymden ${namespace}.`);
    }
    // The compiler does not see that the two tables have the same type in the same place.
    const type: Group = REQUESTS[contract];
    const request = readElement(element, type, namespace) as unknown as RequestOf<C>;
    const { open, close } = responseTags(contract);
    return open + answerers[contract](request, call.caller) + close;
  };

  return {
    answer(call): ContractAnswer {
      try {
        return { kind: 'answer', body: answerAs(call.contract, call) };
      } catch (error) {
        if (error instanceof ClientFault) {
          return { kind: 'fault', side: 'client', text: error.message };
        }
        throw error;
      }
    },
    documents: (question, maxPerDocument) => orderDocuments(register, question, maxPerDocument),
  };
}
