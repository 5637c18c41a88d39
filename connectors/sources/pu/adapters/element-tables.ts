/** How the adapters say which element becomes which field: tables of small readers. */
import type {
  PU_CHILD_FIELDS,
  PuChild,
  PuPersonField,
} from '../../../../core/mapping/pu-record.ts';
import type { SourceRow } from '../../../../core/sync/source-record.ts';
import type { XmlElement } from '../xml-reader.ts';

/** A record while it is read. */
export interface Draft {
  readonly person: Row;
  readonly children: Partial<Record<PuChild, SourceRow[]>>;
}
/** A row while it is read. */
export type Row = Record<string, string>;

/** Puts what an element says into a row, or a record. */
export type Reads<To> = (element: XmlElement, to: To) => void;
export type Table<To> = ReadonlyMap<string, Reads<To>>;

/** By the name of the element. */
export function table<To>(readers: Readonly<Record<string, Reads<To>>>): Table<To> {
  return new Map(Object.entries(readers));
}

/** Each child by the table; one that is not in it is left out. */
export function readChildren<To>(element: XmlElement, readers: Table<To>, to: To): void {
  for (const child of element.children) readers.get(child.name)?.(child, to);
}

/** The children of the element are read by a table of their own, into the same place. */
export const inside =
  <To>(readers: Table<To>): Reads<To> =>
  (element, to) =>
    readChildren(element, readers, to);

/** What is read belongs to the person's own row. */
export const inPerson =
  (read: Reads<Row>): Reads<Draft> =>
  (element, { person }) =>
    read(element, person);

/** One row of a child for each element. A row that would say nothing is none. */
export const rowOf =
  (child: PuChild, readers: Table<Row>, given: Row = {}): Reads<Draft> =>
  (element, { children }) => {
    const row: Row = {};
    readChildren(element, readers, row);
    if (!hasFields(row)) return;
    const rows = children[child];
    const whole = Object.assign({}, given, row);
    if (rows === undefined) children[child] = [whole];
    else rows.push(whole);
  };

function hasFields(row: Row): boolean {
  for (const _ in row) return true;
  return false;
}

type FieldOf<C extends PuChild> = (typeof PU_CHILD_FIELDS)[C][number];
type Field = PuPersonField | FieldOf<PuChild>;

/** The text as PU has it; an empty element says nothing. */
export const text =
  (field: Field): Reads<Row> =>
  (element, row) => {
    const value = element.text.trim();
    if (value !== '') row[field] = value;
  };

const FLAGS: ReadonlyMap<string, string> = new Map([
  ['true', '1'],
  ['1', '1'],
  ['false', '0'],
  ['0', '0'],
]);

/** `xs:boolean`. What is none is left as it stands, for the mapper to refuse the record. */
export const flag =
  (field: Field): Reads<Row> =>
  (element, row) => {
    const value = element.text.trim();
    if (value !== '') row[field] = FLAGS.get(value) ?? value;
  };

/** A flag of protection that cannot be read means that the person is protected. */
export const protection =
  (field: PuPersonField): Reads<Row> =>
  (element, row) => {
    row[field] = FLAGS.get(element.text.trim()) ?? '1';
  };

const DATE_FORMATS: ReadonlyMap<string, RegExp> = new Map([
  ['YYYY', /^\d{4}$/],
  ['YYYY-MM', /^\d{4}-\d\d$/],
  ['YYYY-MM-DD', /^\d{4}-\d\d-\d\d$/],
]);

/**
 * PartialDateType. A value that has not its stated format is written with that format beside it, which is no date: nobody knows which of the two
 * is right, and the mapper refuses the record.
 */
export const date =
  (field: Field): Reads<Row> =>
  (element, row) => {
    let format = '';
    let value = '';
    for (const child of element.children) {
      if (child.name === 'format') format = child.text.trim();
      else if (child.name === 'value') value = child.text.trim();
    }
    if (value === '') return;
    row[field] = DATE_FORMATS.get(format)?.test(value) ? value : `${value} as ${format}`;
  };

/** An `xs:int` that has lost its leading zeros; PU sends 0 for a missing one. */
export const postalCode: Reads<Row> = (element, row) => {
  const value = element.text.trim();
  if (value === '' || /^0+$/.test(value)) return;
  row['postalCode' satisfies Field] = value.padStart(5, '0');
};
