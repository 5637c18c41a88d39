import { parsePartialDate } from '../../../core/person/partial-date.ts';
import { ClientFault } from './client-fault.ts';
import { CORE_NAMESPACE } from './contract-namespaces.ts';
import type { XmlElement } from './read-xml.ts';
import type { Group, Leaf, Member, Members, ValuesOf } from './schema-types.ts';

/**
 * Reads an element as a type of the schema: the right elements, in the order of the sequence, with allowed values. After them, elements
 * of other namespaces may stand, as in every type of the contracts, and are not looked at. An optional field that is sent empty is left
 * out of the value: empty and absent both mean that nothing is to stand there.
 *
 * @param namespace of the element's children; deeper ones are of the core namespace.
 * @throws ClientFault with the path of the element.
 */
export function readElement<M extends Members>(
  element: XmlElement,
  type: Group<M>,
  namespace: string,
): ValuesOf<M> {
  return readGroup(element, type, namespace, element.name) as ValuesOf<M>;
}

function readGroup(
  element: XmlElement,
  type: Group,
  namespace: string,
  path: string,
): Readonly<Record<string, unknown>> {
  if (element.hasAttribute) throw new ClientFault(`Otillåtet attribut i ${path}.`);
  if (element.text.trim() !== '') throw new ClientFault(`Otillåten text i ${path}.`);
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const [name, member] of Object.entries(type.members)) {
    const found: unknown[] = [];
    const isSingle = member.occurs === '1' || member.occurs === '?';
    for (let child = element.children[at]; child !== undefined; child = element.children[at]) {
      const isNext = child.name === name && child.namespace === namespace;
      if (!isNext || (isSingle && found.length === 1)) break;
      found.push(readMember(child, member, `${path}/${name}`));
      at++;
    }
    const isRequired = member.occurs === '1' || member.occurs === '+';
    if (isRequired && found.length === 0) {
      throw new ClientFault(`Elementet ${path}/${name} saknas eller står på fel plats.`);
    }
    const kept = isRequired ? found : found.filter((value) => !isEmpty(value));
    if (kept.length > 0) values[name] = isSingle ? kept[0] : kept;
  }
  const isKnownNamespace = element.children
    .slice(at)
    .some((child) => child.namespace === namespace || child.namespace === '');
  if (isKnownNamespace) throw new ClientFault(`Oväntat element i ${path}.`);
  return values;
}

function readMember(element: XmlElement, { type }: Member, path: string): unknown {
  if (type.kind === 'group') return readGroup(element, type, CORE_NAMESPACE, path);
  if (type.kind === 'date') return readPartialDate(element, path);
  if (element.children.length > 0 || element.hasAttribute) {
    throw new ClientFault(`Oväntat element eller attribut i ${path}.`);
  }
  const value = readLeaf(element.text, type);
  if (value === undefined) throw new ClientFault(`Otillåtet värde i ${path}.`);
  return value;
}

function readLeaf(text: string, type: Exclude<Leaf, { kind: 'date' }>): unknown {
  switch (type.kind) {
    case 'text': {
      const isAllowed =
        [...text].length >= type.min &&
        [...text].length <= type.max &&
        (type.pattern === null || type.pattern.test(text));
      return isAllowed ? text : undefined;
    }
    case 'number': {
      const digits = text.trim();
      const value = /^[+-]?\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN;
      return value >= type.min && value <= type.max ? value : undefined;
    }
    case 'flag': {
      const word = text.trim();
      if (word === 'true' || word === '1') return true;
      return word === 'false' || word === '0' ? false : undefined;
    }
  }
}

const DATE_LENGTHS: Readonly<Record<string, number>> = { YYYY: 4, 'YYYY-MM': 7, 'YYYY-MM-DD': 10 };

function readPartialDate(element: XmlElement, path: string): string {
  const [format, value] = element.children;
  const isDate =
    format?.name === 'format' &&
    value?.name === 'value' &&
    format.namespace === CORE_NAMESPACE &&
    value.namespace === CORE_NAMESPACE &&
    DATE_LENGTHS[format.text] === value.text.length &&
    parsePartialDate(value.text)?.value === value.text;
  if (!isDate) throw new ClientFault(`Otillåtet datum i ${path}.`);
  return value.text;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
