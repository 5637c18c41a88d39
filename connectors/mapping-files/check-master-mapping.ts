import {
  CHILD_FIELDS,
  type ChildTableMapping,
  type MasterMapping,
  PERSON_FIELDS,
  type TableMapping,
} from '../../core/mapping/master-mapping.ts';
import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import { type Report, reportDuplicates } from './mapping-problem.ts';

/** Null or absent there would make an identity, or a person's protection, a guess. */
const REQUIRED_OF_PERSON = ['identityType', 'identity', 'protectedPerson'] as const;
const REQUIRED_OF_CHILD = {
  addresses: ['identityType', 'identity', 'addressKind'],
  contacts: ['identityType', 'identity', 'channel', 'value'],
} as const;
/** Where it is mapped at all, null must not read as "not protected". */
const REQUIRED_WHERE_MAPPED = ['protectedPopulationRecord'] as const;
const FLAGS = ['protectedPerson', 'protectedPopulationRecord', 'testPerson'];
const NUMBERS = ['sequence'];
const SQL_TYPE = /^(?:n?(?:var)?char\(\d{1,4}\)|int|bigint|smallint|tinyint|uniqueidentifier)$/;

/**
 * What the shape of `master.json` does not say: that its parts fit each other and the hub's field names.
 * @param classifier undefined when the reserve number formats could not be read; then roots are not looked up.
 */
export function checkMasterMapping(
  mapping: MasterMapping,
  classifier: IdentityClassifier | undefined,
  report: Report,
): void {
  checkTable('person', mapping.person, PERSON_FIELDS, REQUIRED_OF_PERSON, report);
  for (const field of ['identityType', 'identity']) {
    // Otherwise a removal, which has only the key, could not say whose it is.
    if (!mapping.person.key.includes(field)) report('person.key', `does not have ${field}`);
  }
  for (const [index, child] of mapping.children.entries()) {
    checkChild(`children[${index}]`, child, mapping.person.key, report);
  }
  reportDuplicates(
    mapping.children.map(({ name }) => name),
    (index) => report(`children[${index}].name`, 'occurs twice'),
  );
  checkIdentityTypes(mapping, classifier, report);
}

function checkChild(
  path: string,
  child: ChildTableMapping,
  personKey: readonly string[],
  report: Report,
): void {
  if (!isChildName(child.name)) {
    report(`${path}.name`, `is not one of ${Object.keys(CHILD_FIELDS).join(', ')}`);
    return;
  }
  checkTable(path, child, CHILD_FIELDS[child.name], REQUIRED_OF_CHILD[child.name], report);
  if (personKey.some((field, i) => child.key[i] !== field)) {
    report(`${path}.key`, 'does not begin with the key of the person, field by field');
  }
}

function isChildName(name: string): name is keyof typeof CHILD_FIELDS {
  return Object.hasOwn(CHILD_FIELDS, name);
}

function checkTable(
  path: string,
  table: TableMapping,
  known: readonly string[],
  required: readonly string[],
  report: Report,
): void {
  for (const [field, column] of Object.entries(table.columns)) {
    const at = `${path}.columns.${field}`;
    if (!known.includes(field))
      report(at, 'is not a field of the hub: it would be read and never used');
    if (FLAGS.includes(field) !== (column.type === 'flag')) {
      report(
        `${at}.type`,
        FLAGS.includes(field) ? 'is not flag' : 'is flag for a field that is none',
      );
    }
    if (NUMBERS.includes(field) && column.type !== 'number') report(`${at}.type`, 'is not number');
    if (column.sqlType !== undefined && !SQL_TYPE.test(column.sqlType)) {
      report(`${at}.sqlType`, 'is not a type that a key can have');
    }
  }
  for (const field of [...required, ...REQUIRED_WHERE_MAPPED]) {
    const column = table.columns[field];
    const isMapped = column !== undefined;
    if (!isMapped && required.includes(field)) report(`${path}.columns`, `does not map ${field}`);
    if (isMapped && column.required !== true) {
      report(`${path}.columns.${field}.required`, 'is not true');
    }
  }
  checkKey(path, table, report);
  const columns = Object.entries(table.columns);
  reportDuplicates(
    columns.map(([, { column }]) => column.toLowerCase()),
    (index) => report(`${path}.columns.${columns[index]?.[0]}`, 'has the column of another field'),
  );
}

function checkKey(path: string, table: TableMapping, report: Report): void {
  for (const [index, field] of table.key.entries()) {
    const column = table.columns[field];
    if (column === undefined) {
      report(`${path}.key[${index}]`, 'is not among the columns');
      continue;
    }
    if (column.required !== true)
      report(`${path}.columns.${field}.required`, 'is not true for a key');
    if (column.type === 'text' && column.sqlType === undefined) {
      report(`${path}.columns.${field}`, 'is a key of type text and lacks its sqlType');
    }
  }
  reportDuplicates(table.key, (index) => report(`${path}.key[${index}]`, 'occurs twice'));
}

function checkIdentityTypes(
  mapping: MasterMapping,
  classifier: IdentityClassifier | undefined,
  report: Report,
): void {
  const types = Object.entries(mapping.identityTypes);
  if (types.length === 0) report('identityTypes', 'is empty');
  for (const [code, root] of types) {
    if (root !== 'classify' && classifier?.knowsRoot(root) === false) {
      report(`identityTypes.${code}`, 'is the root of no format in reserve-numbers/formats.json');
    }
  }
}
