import { SaxesParser } from 'saxes';
import { ClientFault } from './client-fault.ts';

/** One element of a request. Comments, processing instructions and attributes with a prefix are dropped. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  /** An attribute without prefix, which no type of the contracts has. */
  readonly hasAttribute: boolean;
  readonly children: readonly XmlElement[];
  /** The text of the element itself, between all of its children. */
  readonly text: string;
}

/** A call names at most 500 identities; a query may list what it likes up to here. */
const MAX_CHARACTERS = 1_000_000;
const MAX_DEPTH = 32;

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads one whole XML document into a tree: well-formed, with namespaces, without DTD (and so without entities of its own), and not
 * larger or deeper than any message of the contracts.
 *
 * @throws ClientFault with the line and column where it is not.
 */
export function readXml(document: string): XmlElement {
  if (document.length > MAX_CHARACTERS) throw new ClientFault('Meddelandet är för stort.');
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  const refuse = (what: string): never => {
    throw new ClientFault(`${what} vid rad ${parser.line}, kolumn ${parser.column}.`);
  };
  parser.on('error', () => refuse('XML-dokumentet är inte välformat'));
  parser.on('doctype', () => refuse('DTD är inte tillåtet'));
  parser.on('opentag', (tag) => {
    if (open.length === MAX_DEPTH) refuse('För många nivåer');
    const element: OpenElement = {
      namespace: tag.uri,
      name: tag.local,
      hasAttribute: Object.values(tag.attributes).some(
        ({ name, prefix }) => prefix === '' && name !== 'xmlns',
      ),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => open.pop());
  parser.write(document).close();
  return root ?? refuse('XML-dokumentet är tomt');
}
