/** What the parts of the sandbox share: the register that it serves, and the contracts over it. */
import type { PuIdentity, PuRecord } from '../population/pu-record.ts';

/** PU's own data: the population as PU sees it, with every change since. */
export interface SandboxRegister {
  /** Records of the population as it was when the sandbox was made have versions before this moment, `YYYYMMDDhhmmss`. */
  readonly madeAt: string;
  /** The sandbox's clock in milliseconds since 1970, which a test can set wrong. */
  now(): number;
  /** @returns undefined for an identity that PU does not know. */
  find(identity: PuIdentity): PuRecord | undefined;
  /** Every record as it is now, one at a time; the whole population is never in memory. */
  all(): Iterable<PuRecord>;
  /** Only those that changed or came since the sandbox was made. */
  changed(): Iterable<PuRecord>;
  /** Stores records under a new version and keeps them over a restart. @returns them with that version. */
  put(records: readonly PuRecord[]): readonly PuRecord[];
}

export const CONTRACTS = [
  'GetPersonsForProfile',
  'GetPersonsForProfileUnrestricted',
  'SearchPersonsForProfile',
  'SearchPersonsForProfileUnrestricted',
  'SearchPersonsForProfileByOrder',
  'SearchPersonsForProfileByOrderUnrestricted',
  'GetFilesForOrderId',
  'GetPersonContactInformation',
  'GetPersonContactInformationUnrestricted',
  'UpdatePersonContactInformation',
  'UpdatePerson',
  'LinkPersonIdentity',
  'UnlinkPersonIdentity',
] as const;
export type ContractName = (typeof CONTRACTS)[number];

export const PROFILES = ['P1', 'P2', 'P3', 'P4', 'P5'] as const;
export type Profile = (typeof PROFILES)[number];

/** One call as it came in, after TLS, logical address and rate were checked. */
export interface ContractCall {
  readonly contract: ContractName;
  /** The SOAP body's one element, as text. */
  readonly request: string;
  /** HSA-id of the caller. */
  readonly caller: string;
}

/** The body's one element of the answer, or a SOAP fault. Neither its text nor anything else of a fault holds personal data. */
export type ContractAnswer =
  | { readonly kind: 'answer'; readonly body: string }
  | { readonly kind: 'fault'; readonly side: 'client' | 'server'; readonly text: string };

/** A question that is answered by files, for the worker that makes them. */
export type OrderedQuestion =
  | {
      readonly kind: 'query';
      readonly query: string;
      readonly profile: Profile;
      readonly unrestricted: boolean;
    }
  | {
      readonly kind: 'identities';
      /** A file with one identity in a line: `root;extension`. */
      readonly file: string;
      readonly profile: Profile;
      /** Only records with this version or a later one; null: all. `YYYYMMDDhhmmss`. */
      readonly fromDate: string | null;
      readonly onlyPrimary: boolean;
      readonly unrestricted: boolean;
    };

/** Takes orders and knows their files: made by the server, used by the contracts. */
export interface OrderDesk {
  place(question: OrderedQuestion, caller: string): string;
  /** The addresses of the files; empty while the order is worked on; undefined when it is not there or not this caller's. */
  files(orderId: string, caller: string): readonly string[] | undefined;
}

/** How the contracts are answered: made by `contracts/answer-contract.ts`. */
export interface Contracts {
  answer(call: ContractCall): ContractAnswer;
  /**
   * The documents of an order, as text in pieces: each begins with the XML declaration and is one whole answer document of the
   * contract. A query gives SearchPersonsForProfile…Response documents, a list of identities GetPersonsForProfileResponse documents, which name
   * each identity that was asked for. `maxPerDocument` persons each.
   * @throws Error with a text for a SOAP fault when the query cannot be read.
   */
  documents(
    question: OrderedQuestion,
    maxPerDocument: number,
  ): Iterable<{ readonly persons: number; readonly pieces: Iterable<string> }>;
}
