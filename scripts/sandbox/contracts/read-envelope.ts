import { ClientFault } from './client-fault.ts';
import { readXml, type XmlElement } from './read-xml.ts';
import { escapeXml } from './write-element.ts';

const SOAP_NAMESPACE = 'http://schemas.xmlsoap.org/soap/envelope/';
const REGISTRY_NAMESPACE = 'urn:riv:itintegration:registry:1';

export interface SoapEnvelope {
  /** The LogicalAddress of the header; undefined: none. */
  readonly logicalAddress: string | undefined;
  /** The body's one element as a document of its own: the namespaces that were declared around it are in it. */
  readonly request: string;
}

/**
 * Opens a SOAP 1.1 envelope as RIV-TA BP 2.1 has it.
 *
 * @throws ClientFault when it is no envelope, or its body is not one element.
 */
export function readEnvelope(document: string): SoapEnvelope {
  const envelope = readXml(document);
  const isSoap = (element: XmlElement | undefined, name: string): boolean =>
    element?.name === name && element.namespace === SOAP_NAMESPACE;
  const header = envelope.children.find((child) => isSoap(child, 'Header'));
  const body = envelope.children.find((child) => isSoap(child, 'Body'));
  const request = body?.children[0];
  if (!isSoap(envelope, 'Envelope') || request === undefined || body?.children.length !== 1) {
    throw new ClientFault('Meddelandet är inget SOAP-kuvert med ett element i kroppen.');
  }
  const logicalAddress = header?.children.find(
    (child) => child.name === 'LogicalAddress' && child.namespace === REGISTRY_NAMESPACE,
  )?.text;
  return { logicalAddress: logicalAddress?.trim(), request: writeTree(request, '') };
}

function writeTree(element: XmlElement, around: string): string {
  const { name, namespace } = element;
  const declaration = namespace === around ? '' : ` xmlns="${escapeXml(namespace)}"`;
  // Kept so that the reader of the request refuses it; which attribute it was does not matter.
  const attribute = element.hasAttribute ? ' attribute=""' : '';
  const content = element.children.map((child) => writeTree(child, namespace)).join('');
  return `<${name}${declaration}${attribute}>${escapeXml(element.text)}${content}</${name}>`;
}
