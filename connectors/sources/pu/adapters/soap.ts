import { safeText } from '../../../../core/errors/log-safe.ts';
import { type SoapFault, unreadable, uuidIn } from '../pu-errors.ts';
import type { XmlDecision, XmlElement, XmlReader } from '../xml-reader.ts';
import type { SoapAnswer } from './pu-adapter.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const REGISTRY = 'urn:riv:itintegration:registry:1';

/** A SOAP 1.1 envelope with the receiver that RIV-TA basic profile 2.1 wants in its header. */
export function soapEnvelope(logicalAddress: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Header><itr:LogicalAddress xmlns:itr="${REGISTRY}">${escapeXml(logicalAddress)}</itr:LogicalAddress></soapenv:Header><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text as the content of an element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);
}

/** The body's one element, which is read as a document of its own: its root has depth 0. */
export interface BodyReader<T> extends XmlReader {
  value(): T;
}

const BODY_DEPTH = 2;

/** Reads an envelope with the answer or with a fault. */
export function soapAnswer<T>(body: BodyReader<T>): SoapAnswer<T> {
  let fault: SoapFault | undefined;
  return {
    open: (namespace, name, depth): XmlDecision => {
      if (depth === 0) {
        if (namespace === SOAP && name === 'Envelope') return 'enter';
        throw unreadable(safeText('no SOAP envelope'));
      }
      if (depth === 1) return namespace === SOAP && name === 'Body' ? 'enter' : 'skip';
      if (depth === BODY_DEPTH && namespace === SOAP && name === 'Fault') {
        return { namespace: null, onForeign: () => undefined, leaveOut: new Set() };
      }
      return body.open(namespace, name, depth - BODY_DEPTH);
    },
    element: (element) => {
      if (element.name === 'Fault') fault = readFault(element);
      else body.element(element);
    },
    result: () =>
      fault === undefined ? { kind: 'answer', value: body.value() } : { kind: 'fault', fault },
  };
}

function readFault(element: XmlElement): SoapFault {
  const textOf = (name: string): string =>
    element.children.find((child) => child.name === name)?.text.trim() ?? '';
  const code = textOf('faultcode');
  const local = code.slice(code.indexOf(':') + 1);
  return {
    // `Client.Authentication` and the like are kinds of it (SOAP 1.1 ch. 4.4.1).
    side: /^client\b/i.test(local) ? 'client' : 'server',
    text: textOf('faultstring'),
    logId: uuidIn(allTextOf(element)),
  };
}

function allTextOf(element: XmlElement): string {
  return [element.text, ...element.children.map(allTextOf)].join(' ');
}
