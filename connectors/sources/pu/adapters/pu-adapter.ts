/** What an adapter of a contract version does: everything that depends on the version is behind this, names, namespaces and nesting. */
import type { SafeText } from '../../../../core/errors/log-safe.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import type { PuAnswer, PuProfile, PuQuery } from '../pu-client-port.ts';
import type { SoapFault } from '../pu-errors.ts';
import type { XmlReader } from '../xml-reader.ts';

/** A question in SOAP, ready to send, and how its answer is read. */
export interface SoapQuestion<T> {
  readonly contract: SafeText;
  /** Below the address of PU. */
  readonly path: string;
  readonly soapAction: string;
  readonly envelope: string;
  /** A new reader for each answer. */
  openAnswer(): SoapAnswer<T>;
}

export type SoapOutcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: SoapFault };

export interface SoapAnswer<T> extends XmlReader {
  /** After the document has ended. @throws HubError when the answer lacks what it must have. */
  result(): SoapOutcome<T>;
}

export interface PuAdapter {
  /** GetPersonsForProfile, always with ignoreReferredIdentity=true: the record on the identity itself, never that of another. */
  askForPersons(
    identities: readonly Identity[],
    profile: PuProfile,
  ): SoapQuestion<readonly PuAnswer[]>;
  /** SearchPersonsForProfileByOrder. @returns of the answer: the order's id. */
  askByQuery(query: PuQuery, profile: PuProfile): SoapQuestion<string>;
  /** GetFilesForOrderId. @returns of the answer: the addresses of the files, none while the order is worked on. */
  askForFiles(orderId: string): SoapQuestion<readonly string[]>;
  /** GetPersonsByFile: where the file goes to, below the address of the REST part. */
  identitiesPath(profile: PuProfile, since: number | null, maxResultsPerFile: number): string;
  /** One line of that file, with its end. Empty for an identity that does not fit on a line, which is nobody's: it is left out. */
  identityLine(identity: Identity): string;
  /**
   * Reads one document of an order's files.
   *
   * @param profile what was asked for, where that is known; it is written into the records.
   */
  openDocument(profile: PuProfile | null, onAnswer: (answer: PuAnswer) => void): XmlReader;
}
