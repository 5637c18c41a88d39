import type { ContractName } from '../sandbox-types.ts';

const DOMAIN = 'urn:riv:strategicresourcemanagement:persons:person';

/** The types of all contracts but GetFilesForOrderId, whatever the major version of the contract (TKB 5.1 ch. 2.1). */
export const CORE_NAMESPACE = `${DOMAIN}:5`;

/** The major version of each contract in domain version 5.1. */
export const CONTRACT_MAJOR: Readonly<Record<ContractName, 4 | 5>> = {
  GetPersonsForProfile: 5,
  GetPersonsForProfileUnrestricted: 5,
  SearchPersonsForProfile: 5,
  SearchPersonsForProfileUnrestricted: 5,
  SearchPersonsForProfileByOrder: 5,
  SearchPersonsForProfileByOrderUnrestricted: 5,
  GetFilesForOrderId: 4,
  GetPersonContactInformation: 4,
  GetPersonContactInformationUnrestricted: 4,
  UpdatePersonContactInformation: 4,
  UpdatePerson: 5,
  LinkPersonIdentity: 4,
  UnlinkPersonIdentity: 4,
};

/** The namespace of a contract's request and response. */
export function responderNamespace(contract: ContractName): string {
  return `${DOMAIN}:${contract}Responder:${CONTRACT_MAJOR[contract]}`;
}

/** The SOAPAction of a contract, as its WSDL has it. */
export function soapAction(contract: ContractName): string {
  return `${responderNamespace(contract)}:${contract}`;
}

/** The tags around an answer: the responder namespace is `r`, and the core namespace is the default one. */
export function responseTags(contract: ContractName): {
  readonly open: string;
  readonly close: string;
} {
  return {
    open: `<r:${contract}Response xmlns:r="${responderNamespace(contract)}" xmlns="${CORE_NAMESPACE}">`,
    close: `</r:${contract}Response>`,
  };
}
