import type { Group, Leaf, Member } from './schema-types.ts';

/** Writes the content of one element, without its own tags. */
export type ElementWriter<T> = (value: T) => string;

const FORMATS: Readonly<Record<number, string>> = { 4: 'YYYY', 7: 'YYYY-MM', 10: 'YYYY-MM-DD' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const TO_ESCAPE = /[<>&"\x00-\x1f\ufffe\uffff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const EACH_TO_ESCAPE = /[<>&"\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const ESCAPED: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  // A reader turns a bare one into a line feed.
  '\r': '&#13;',
};

/**
 * Text for an element or attribute. Characters that XML 1.0 forbids, even as references, become U+FFFD; so do halves of surrogate pairs.
 */
export function escapeXml(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  if (!TO_ESCAPE.test(wellFormed)) return wellFormed;
  return wellFormed.replace(EACH_TO_ESCAPE, (character) => ESCAPED[character] ?? '\ufffd');
}

/**
 * Prepares the writer of a type once, since it runs for every record: no names are looked up while writing. Elements carry no prefix, so
 * the core namespace has to be the default one around them.
 *
 * @param isSent decides by the path of a leaf; a group of which nothing is left is not written.
 */
export function createElementWriter<T extends object>(
  type: Group,
  isSent: (path: readonly string[]) => boolean = () => true,
): ElementWriter<T> {
  return groupWriter(type, isSent, []) as ElementWriter<T>;
}

type AnyWriter = (value: unknown) => string;

function groupWriter(
  type: Group,
  isSent: (path: readonly string[]) => boolean,
  path: readonly string[],
): AnyWriter {
  const members = Object.entries(type.members)
    .map(([name, member]) => ({ name, write: memberWriter(name, member, isSent, [...path, name]) }))
    .filter(({ write }) => write !== null);
  return (value) => {
    const fields = value as Readonly<Record<string, unknown>>;
    let xml = '';
    for (const { name, write } of members) {
      const field = fields[name];
      if (field !== undefined && write !== null) xml += write(field);
    }
    return xml;
  };
}

/** @returns null when nothing of the member is sent. */
function memberWriter(
  name: string,
  member: Member,
  isSent: (path: readonly string[]) => boolean,
  path: readonly string[],
): AnyWriter | null {
  const { type, occurs } = member;
  if (!hasSentLeaf(type, isSent, path)) return null;
  const content = type.kind === 'group' ? groupWriter(type, isSent, path) : leafWriter(type);
  const open = `<${name}>`;
  const close = `</${name}>`;
  const write: AnyWriter =
    type.kind === 'group' && occurs === '?'
      ? (value) => {
          const inner = content(value);
          return inner === '' ? '' : open + inner + close;
        }
      : (value) => open + content(value) + close;
  if (occurs === '1' || occurs === '?') return write;
  return (values) => {
    let xml = '';
    for (const value of values as readonly unknown[]) xml += write(value);
    return xml;
  };
}

function hasSentLeaf(
  type: Leaf | Group,
  isSent: (path: readonly string[]) => boolean,
  path: readonly string[],
): boolean {
  if (type.kind !== 'group') return isSent(path);
  return Object.entries(type.members).some(([name, member]) =>
    hasSentLeaf(member.type, isSent, [...path, name]),
  );
}

function leafWriter(type: Leaf): AnyWriter {
  switch (type.kind) {
    case 'text':
      return (value) => escapeXml(value as string);
    case 'number':
    case 'flag':
      return String;
    case 'date':
      return (value) => {
        const text = value as string;
        return `<format>${FORMATS[text.length] ?? 'YYYY-MM-DD'}</format><value>${escapeXml(text)}</value>`;
      };
  }
}
