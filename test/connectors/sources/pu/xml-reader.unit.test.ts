import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openXmlDocument,
  XML_LIMITS,
  type XmlElement,
  type XmlLimits,
  type XmlReader,
} from '../../../../connectors/sources/pu/xml-reader.ts';
import { findHubError } from '../../../../core/errors/hub-error.ts';

/** Captures each child of the root, with what is in namespace `a`. */
function capturing(): XmlReader & { readonly elements: XmlElement[]; readonly foreign: string[] } {
  const elements: XmlElement[] = [];
  const foreign: string[] = [];
  return {
    elements,
    foreign,
    open: (_, name, depth) => {
      if (depth === 0) return 'enter';
      if (name === 'skipped') return 'skip';
      return {
        namespace: 'a',
        onForeign: (namespace) => foreign.push(namespace),
        leaveOut: new Set(['unread']),
      };
    },
    element: (element) => elements.push(element),
  };
}

function read(
  text: string | Uint8Array,
  limits: Partial<XmlLimits> = {},
  pieceBytes = 7,
): ReturnType<typeof capturing> {
  const reader = capturing();
  const document = openXmlDocument(reader, { ...XML_LIMITS, ...limits });
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let at = 0; at < bytes.length; at += pieceBytes)
    document.write(bytes.subarray(at, at + pieceBytes));
  document.end();
  return reader;
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return findHubError(error)?.code ?? 'another error';
  }
  return undefined;
}

describe('reading XML in pieces', () => {
  it('builds what was captured, whatever the pieces are', () => {
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?><r xmlns="a"><e>\n <n>Åsa &amp; <![CDATA[<Öst>]]>&#246;</n> <m/></e><e/></r>';
    for (const pieceBytes of [1, 2, 3, 50, 1000]) {
      expect(read(xml, {}, pieceBytes).elements).toEqual([
        {
          name: 'e',
          text: '',
          children: [
            { name: 'n', text: 'Åsa & <Öst>ö', children: [] },
            { name: 'm', text: '', children: [] },
          ],
        },
        { name: 'e', text: '', children: [] },
      ]);
    }
  });

  it('leaves out extensions, what it was told to leave out, and what is in them', () => {
    const { elements, foreign } = read(
      '<r xmlns="a"><e><x xmlns="b"><n xmlns="a">no</n></x><unread><n>no</n></unread><n>yes</n></e><skipped><n>no</n></skipped></r>',
    );
    expect(elements).toEqual([
      { name: 'e', text: '', children: [{ name: 'n', text: 'yes', children: [] }] },
    ]);
    expect(foreign).toEqual(['b']);
  });

  it('takes a byte order mark', () => {
    expect(read('\uFEFF<r xmlns="a"><e/></r>').elements).toHaveLength(1);
  });

  it.each([
    ['nothing', ''],
    ['a document without an end', '<r xmlns="a"><e/>'],
    ['a tag without an end', '<r xmlns="a"><e'],
    ['another end tag', '<r xmlns="a"><e></r></e>'],
    ['text after the end', '<r xmlns="a"/>more'],
    ['an unknown prefix', '<r xmlns="a"><b:e/></r>'],
    ['an entity that nobody defined', '<r xmlns="a"><e>&secret;</e></r>'],
    ['a character that XML does not have', '<r xmlns="a"><e>\u0001</e></r>'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><r xmlns="a"/>'],
    ['a page', '<!-- oops --><html><body>Gateway<br></body></html>'],
  ])('refuses %s as unreadable', (_, xml) => {
    expect(codeOf(() => read(xml))).toBe('HUB_PU_ANSWER_UNREADABLE');
  });

  it('refuses bytes that are no UTF-8', () => {
    const latin = Buffer.from('<r xmlns="a"><e>Åsa</e></r>', 'latin1');
    expect(codeOf(() => read(latin))).toBe('HUB_PU_ANSWER_UNREADABLE');
    const cut = Buffer.from('<r xmlns="a"/>Å').subarray(0, -1);
    expect(codeOf(() => read(cut))).toBe('HUB_PU_ANSWER_UNREADABLE');
  });

  it.each([
    ['a DTD', '<!DOCTYPE r><r xmlns="a"/>'],
    ['entities', '<!DOCTYPE r [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><r xmlns="a">&b;</r>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hosts">]><r>&x;</r>'],
    ['what is too deep', `<r xmlns="a">${'<e>'.repeat(100_000)}`],
    ['what is too deep where nobody looks', `<r xmlns="a"><skipped>${'<e>'.repeat(100)}`],
  ])('refuses %s as forbidden', (_, xml) => {
    expect(codeOf(() => read(xml, {}, 4096))).toBe('HUB_PU_ANSWER_FORBIDDEN');
  });

  it.each<[string, Partial<XmlLimits>, string]>([
    ['a long text', { tokenCharacters: 100 }, `<r xmlns="a"><e>${'a'.repeat(200)}</e></r>`],
    [
      'a long text of sections',
      { elementCharacters: 100 },
      `<r xmlns="a"><e>${'<![CDATA[abcdefghij]]>'.repeat(20)}</e></r>`,
    ],
    ['an endless text', { tokenCharacters: 100 }, `<r xmlns="a"><e>${'a'.repeat(300)}`],
    [
      'an endless text where nobody looks',
      { tokenCharacters: 100 },
      `<r xmlns="a"><skipped>${'a'.repeat(300)}`,
    ],
    ['an endless comment', { tokenCharacters: 100 }, `<r xmlns="a"><!--${'a'.repeat(300)}`],
    ['an endless DTD', { tokenCharacters: 100 }, `<!DOCTYPE r [${'<!ENTITY a "a">'.repeat(30)}`],
    ['an endless attribute', { tokenCharacters: 100 }, `<r xmlns="a"><e a="${'a'.repeat(300)}`],
    [
      'many attributes',
      { tokenCharacters: 100 },
      `<r xmlns="a"><e ${Array.from({ length: 90 }, (_, i) => `a${i}=""`).join(' ')}/></r>`,
    ],
    [
      'a large element',
      { elementCharacters: 100 },
      `<r xmlns="a"><e>${'<n>0123456789</n>'.repeat(20)}</e></r>`,
    ],
    ['an element of many', { elementCount: 100 }, `<r xmlns="a"><e>${'<n/>'.repeat(200)}</e></r>`],
    ['a large document', { documentCharacters: 100 }, `<r xmlns="a">${'<e/>'.repeat(100)}</r>`],
  ])('refuses %s as forbidden', (_, limits, xml) => {
    expect(codeOf(() => read(xml, limits))).toBe('HUB_PU_ANSWER_FORBIDDEN');
  });

  it('lets pass what is just within its limits', () => {
    const xml = `<r xmlns="a"><e><n>${'a'.repeat(90)}</n></e><e><n>${'a'.repeat(90)}</n></e></r>`;
    const limits = { tokenCharacters: 100, elementCharacters: 100, elementCount: 1 };
    expect(read(xml, limits).elements).toHaveLength(2);
  });

  it('never tells of an error what stood in the document', () => {
    const secret = 'Hemlighetsson';
    for (const xml of [
      `<r>${secret}</x>`,
      `<${secret}:r/>`,
      `<r>&${secret};</r>`,
      `<r><${secret}`,
    ]) {
      const error = (() => {
        try {
          read(xml);
        } catch (thrown) {
          return thrown;
        }
        return undefined;
      })();
      expect(findHubError(error)?.code).toBe('HUB_PU_ANSWER_UNREADABLE');
      for (let link = error; link instanceof Error; link = link.cause)
        expect(`${link.message} ${link.stack}`).not.toContain(secret);
    }
  });

  it('gives only its own errors, whatever the bytes are', () => {
    const scraps = fc.constantFrom(
      '<',
      '>',
      '/',
      '<r xmlns="a">',
      '</r>',
      '<e>',
      '</e>',
      '&',
      '&amp;',
      ';',
      '<!',
      '[CDATA[',
      ']]>',
      '<?xml ',
      '?>',
      '"',
      '=',
      'xmlns:',
      'a',
      '\u0000',
      'å',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(scraps, { maxLength: 40 })
        .map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 50 }), (document, pieceBytes) => {
        const code = codeOf(() => read(document, {}, pieceBytes));
        expect([undefined, 'HUB_PU_ANSWER_UNREADABLE', 'HUB_PU_ANSWER_FORBIDDEN']).toContain(code);
      }),
      { numRuns: 2_000 },
    );
  });
});
