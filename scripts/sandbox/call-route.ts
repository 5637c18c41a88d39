/** Which call an address means. */
import { CONTRACT_MAJOR } from './contracts/contract-namespaces.ts';
import type { FaultTarget } from './fault-kinds.ts';
import { CONTRACTS, type ContractName } from './sandbox-types.ts';

export type CallRoute =
  | { readonly kind: 'soap'; readonly contract: ContractName }
  | { readonly kind: 'upload'; readonly parameters: URLSearchParams }
  | { readonly kind: 'download'; readonly orderId: string; readonly file: string };

export const SOAP_PATH = '/pu';
export const REST_PATH = '/purest';
const FILES_PATH = `${REST_PATH}/order/files`;
const CONTRACT_PATH =
  /^\/pu\/strategicresourcemanagement\/persons\/person\/(\w+)\/(\d+)\/rivtabp21$/;
const FILE_PATH = /^\/purest\/order\/files\/([0-9a-f-]{36})\/(\d+\.zip)$/;

/** Where everything is served at a port of this machine. */
export function puAddresses(port: number): {
  readonly soap: string;
  readonly rest: string;
  readonly files: string;
} {
  const base = `https://127.0.0.1:${port}`;
  return {
    soap: `${base}${SOAP_PATH}`,
    rest: `${base}${REST_PATH}`,
    files: `${base}${FILES_PATH}`,
  };
}

/** Undefined: there is nothing at this address. */
export function findRoute(method: string, address: string): CallRoute | undefined {
  const { pathname, searchParams } = new URL(address, 'https://pu');
  if (method === 'POST') {
    const [, name, major] = CONTRACT_PATH.exec(pathname) ?? [];
    const contract = CONTRACTS.find((one) => one === name);
    if (contract !== undefined && String(CONTRACT_MAJOR[contract]) === major) {
      return { kind: 'soap', contract };
    }
    if (pathname === `${REST_PATH}/getPersonsByFile`) {
      return { kind: 'upload', parameters: searchParams };
    }
  }
  const [, orderId, file] = (method === 'GET' && FILE_PATH.exec(pathname)) || [];
  if (orderId === undefined || file === undefined) return undefined;
  return { kind: 'download', orderId, file };
}

export function targetOf(route: CallRoute): FaultTarget {
  switch (route.kind) {
    case 'soap':
      return route.contract;
    case 'upload':
      return 'GetPersonsByFile';
    case 'download':
      return 'download';
  }
}
