import { type SaxesOptions, SaxesParser } from 'saxes';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import { forbidden, unreadable } from './pu-errors.ts';

/** One element with everything in it that the reader was asked to keep. */
export interface XmlElement {
  readonly name: string;
  /** The text of an element without children. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** What to do with an element: look at its children, leave it out with all that is in it, or build it whole. */
export type XmlDecision = 'enter' | 'skip' | XmlCapture;

export interface XmlCapture {
  /** Children of other namespaces are extensions (`xs:any ##other`) and left out. Null: all are kept. */
  readonly namespace: string | null;
  /** Called with the namespace of each such child, for whoever must know that it is no extension at all. */
  readonly onForeign: (namespace: string) => void;
  readonly leaveOut: ReadonlySet<string>;
}

/** What is wanted of a document. Faults in it are thrown from here as HubErrors. */
export interface XmlReader {
  /** An element whose parents were all entered. The root has depth 0. */
  open(namespace: string, name: string, depth: number): XmlDecision;
  /** A captured element, as soon as it ends. */
  element(element: XmlElement): void;
}

/** Beyond these no honest answer goes. */
export interface XmlLimits {
  readonly depth: number;
  /** Characters of one text, tag, comment or instruction. */
  readonly tokenCharacters: number;
  /** Characters of one captured element, and elements in it. */
  readonly elementCharacters: number;
  readonly elementCount: number;
  /** Characters of the whole document. */
  readonly documentCharacters: number;
}

export const XML_LIMITS: XmlLimits = {
  depth: 32,
  tokenCharacters: 8_000_000,
  elementCharacters: 16_000_000,
  elementCount: 100_000,
  // A file of a million records has about 2 000 000 000.
  documentCharacters: 50_000_000_000,
};

/** One document, read piece by piece. */
export interface XmlDocument {
  write(chunk: Uint8Array): void;
  /** @throws HubError `HUB_PU_ANSWER_UNREADABLE` when the document is not complete. */
  end(): void;
}

interface Draft {
  readonly name: string;
  text: string;
  children: Draft[];
}

/** Most elements have none, and there are many elements. */
const NO_CHILDREN: Draft[] = [];

function addChild(parent: Draft | undefined, child: Draft): void {
  if (parent === undefined) return;
  if (parent.children === NO_CHILDREN) parent.children = [child];
  else parent.children.push(child);
}

/** The parser takes namespaces apart; where something stands in lines and columns nobody asks. */
const PARSER_OPTIONS = { xmlns: true, position: false } as const satisfies SaxesOptions;

/**
 * Opens a document for reading. Memory holds one captured element at most. A DTD is refused before anything in it could be used, so there are no
 * entities beside the five of XML.
 *
 * @throws HubError `HUB_PU_ANSWER_UNREADABLE` for what is not well-formed UTF-8 XML, `HUB_PU_ANSWER_FORBIDDEN` for a DTD or what is over a limit.
 */
export function openXmlDocument(reader: XmlReader, limits: XmlLimits = XML_LIMITS): XmlDocument {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = new SaxesParser(PARSER_OPTIONS);
  let depth = 0;
  /** How deep we are in what was left out; 0: not in it. */
  let skipping = 0;
  let capture: XmlCapture | undefined;
  /** The captured element and those of its descendants that are open. */
  const open: Draft[] = [];
  let captured = { characters: 0, elements: 0 };
  let total = 0;
  /** Characters since the last event: the length of what the parser is still collecting. */
  let pending = 0;

  parser.on('opentag', ({ local, uri }) => {
    pending = 0;
    if (depth === 0) checkEncoding(parser.xmlDecl.encoding);
    if (depth >= limits.depth) throw forbidden(safeText('too deep'));
    depth += 1;
    if (skipping > 0) {
      skipping += 1;
    } else if (capture === undefined) {
      const decision = reader.open(uri, local, depth - 1);
      if (decision === 'skip') skipping = 1;
      else if (decision !== 'enter') {
        capture = decision;
        captured = { characters: 0, elements: 0 };
        open.push({ name: local, text: '', children: NO_CHILDREN });
      }
    } else if (capture.namespace !== null && uri !== capture.namespace) {
      capture.onForeign(uri);
      skipping = 1;
    } else if (capture.leaveOut.has(local)) {
      skipping = 1;
    } else {
      captured.elements += 1;
      if (captured.elements > limits.elementCount) throw forbidden(safeText('too many elements'));
      const draft: Draft = { name: local, text: '', children: NO_CHILDREN };
      addChild(open.at(-1), draft);
      open.push(draft);
    }
  });

  parser.on('closetag', () => {
    pending = 0;
    depth -= 1;
    if (skipping > 0) {
      skipping -= 1;
      return;
    }
    const draft = open.pop();
    if (draft === undefined) return;
    // Between the children stands only what makes the document easier to look at.
    if (draft.children.length > 0) draft.text = '';
    if (open.length === 0) {
      capture = undefined;
      reader.element(draft);
    }
  });

  const addText = (text: string): void => {
    pending = 0;
    if (text.length > limits.tokenCharacters) throw forbidden(safeText('text too long'));
    const draft = skipping > 0 ? undefined : open.at(-1);
    if (draft === undefined) return;
    captured.characters += text.length;
    if (captured.characters > limits.elementCharacters)
      throw forbidden(safeText('element too large'));
    draft.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);

  parser.on('doctype', () => {
    throw forbidden(safeText('DTD'));
  });
  // No more handlers than these: each is a property that the parser gets late, and with the seventh V8 makes a dictionary of the parser, which
  // then reads three times as slowly.

  /** Without a handler the parser throws what it finds. Its own words can repeat what stands in the document, so they go no further. */
  const wellFormed = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (error instanceof HubError) throw error;
      if (error instanceof TypeError || error instanceof RangeError) throw error;
      throw unreadable(safeText('not well-formed'));
    }
  };

  const decode = (chunk?: Uint8Array): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw unreadable(safeText('not UTF-8'));
    }
  };

  const parse = (text: string): void => {
    total += text.length;
    if (total > limits.documentCharacters) throw forbidden(safeText('document too large'));
    pending += text.length;
    wellFormed(() => parser.write(text));
    // An event within this piece set it to 0, so it may now be short by one piece, which does no harm.
    if (pending > limits.tokenCharacters) throw forbidden(safeText('text too long'));
  };

  return {
    write: (chunk) => parse(decode(chunk)),
    end: () => {
      parse(decode());
      wellFormed(() => parser.close());
    },
  };
}

function checkEncoding(encoding: string | undefined): void {
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8')
    throw unreadable(safeText('encoding'));
}
