/** The answer documents of domain 5.1, read as they come. */

import { HubError } from '../../../../core/errors/hub-error.ts';
import { safeText } from '../../../../core/errors/log-safe.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import type { PuAnswer, PuPersonRecord, PuProfile } from '../pu-client-port.ts';
import { unreadable } from '../pu-errors.ts';
import type { XmlCapture, XmlDecision, XmlElement, XmlReader } from '../xml-reader.ts';
import type { BodyReader } from './soap.ts';
import { readIdentity, readPersonRecord, UNREAD_PARTS } from './version-5-record.ts';

const DOMAIN = 'urn:riv:strategicresourcemanagement:persons:person';
/** The domain's own types. */
export const CORE_NAMESPACE = `${DOMAIN}:5`;

/** The namespace of a contract's own elements. */
export function responderNamespace(contract: string, version: number): string {
  return `${DOMAIN}:${contract}Responder:${version}`;
}

/** Whole numbers only: `person:3.1` is how the domain named an extension within a version. */
const VERSIONED = /^(.+):(\d{1,9})$/;

/** Another version would look like an extension, or like an answer with nothing in it. */
function refuseOtherVersion(namespace: string, expected: string): void {
  const [, found, version] = VERSIONED.exec(namespace) ?? [];
  const [, wanted, wantedVersion] = VERSIONED.exec(expected) ?? [];
  if (found === wanted && version !== wantedVersion)
    throw new HubError('HUB_PU_WRONG_VERSION', {
      version: Number(version),
      expected: Number(wantedVersion),
    });
}

const CORE: XmlCapture = {
  namespace: CORE_NAMESPACE,
  onForeign: (namespace) => refuseOtherVersion(namespace, CORE_NAMESPACE),
  leaveOut: UNREAD_PARTS,
};

/** The root of an answer. @throws HubError */
function enterRoot(namespace: string, name: string, contract: string, version: number): 'enter' {
  const expected = responderNamespace(contract, version);
  if (namespace === expected && name === `${contract}Response`) return 'enter';
  refuseOtherVersion(namespace, expected);
  throw unreadable(safeText('answer of another contract'));
}

/**
 * A document with persons: either they were found (SearchPersonsForProfileResponse), or each is the answer about one identity
 * (GetPersonsForProfileResponse).
 */
export function personsDocument(
  profile: PuProfile | null,
  onAnswer: (answer: PuAnswer) => void,
): XmlReader {
  let responder = '';
  return {
    open: (namespace, name, depth): XmlDecision => {
      if (depth === 0) {
        responder = namespace;
        const contract =
          name === 'SearchPersonsForProfileResponse'
            ? 'SearchPersonsForProfile'
            : 'GetPersonsForProfile';
        return enterRoot(namespace, name, contract, 5);
      }
      if (namespace === responder && (name === 'requestedPersonRecord' || name === 'personRecord'))
        return CORE;
      return 'skip';
    },
    element: (element) => {
      if (element.name === 'requestedPersonRecord') {
        onAnswer(readRequested(element, profile));
        return;
      }
      const record = readPersonRecord(element, profile);
      if (record !== null) onAnswer({ requested: null, record });
    },
  };
}

function readRequested(element: XmlElement, profile: PuProfile | null): PuAnswer {
  let requested: Identity | null = null;
  let record: PuPersonRecord | null = null;
  for (const child of element.children) {
    if (child.name === 'requestedPersonalIdentity') requested = readIdentity(child);
    else if (child.name === 'personRecord') record = readPersonRecord(child, profile);
  }
  if (requested === null) throw unreadable(safeText('answer without identity'));
  return { requested, record };
}

/** GetPersonsForProfileResponse in an envelope: at most 500 answers, so they are collected. */
export function personsBody(profile: PuProfile): BodyReader<readonly PuAnswer[]> {
  const answers: PuAnswer[] = [];
  const reader = personsDocument(profile, (answer) => answers.push(answer));
  return { ...reader, value: () => answers };
}

/** SearchPersonsForProfileByOrderResponse. */
export function orderBody(): BodyReader<string> {
  let orderId = '';
  return {
    open: (namespace, name, depth) => {
      if (depth === 0) return enterRoot(namespace, name, 'SearchPersonsForProfileByOrder', 5);
      return name === 'orderId' &&
        namespace === responderNamespace('SearchPersonsForProfileByOrder', 5)
        ? CORE
        : 'skip';
    },
    element: ({ text }) => {
      orderId = text.trim();
    },
    value: () => {
      if (orderId === '') throw unreadable(safeText('answer without order id'));
      return orderId;
    },
  };
}

const FILES_NAMESPACE = responderNamespace('GetFilesForOrderId', 4);

const MULTIMEDIA: XmlCapture = {
  namespace: FILES_NAMESPACE,
  onForeign: () => undefined,
  // A file inside the answer would be as large as the order.
  leaveOut: new Set(['value']),
};

/** GetFilesForOrderIdResponse, whose types are all in its own namespace. */
export function filesBody(): BodyReader<readonly string[]> {
  const files: string[] = [];
  return {
    open: (namespace, name, depth) => {
      if (depth === 0) return enterRoot(namespace, name, 'GetFilesForOrderId', 4);
      return name === 'multimedia' && namespace === FILES_NAMESPACE ? MULTIMEDIA : 'skip';
    },
    element: ({ children }) => {
      const file = children.find(({ name }) => name === 'reference')?.text.trim();
      if (file === undefined || file === '') throw unreadable(safeText('file without address'));
      files.push(file);
    },
    value: () => files,
  };
}
