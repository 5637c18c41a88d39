import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  MASTER_MODES,
  REQUIREMENTS,
  type RowKey,
  type SqlRow,
  type SqlStatement,
} from '../../../../connectors/sources/master/master-dialect.ts';
import { MSSQL_DIALECT } from '../../../../connectors/sources/master/master-dialect-mssql.ts';
import { draftTables, fitTables } from '../../../../connectors/sources/master/master-tables.ts';
import type { ColumnType, MasterMapping } from '../../../../core/mapping/master-mapping.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const GOLDEN = join(ROOT, 'test/golden/master-tsql');

const SERVER_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'varchar(60)',
  number: 'int',
  date: 'date',
  datetime: 'datetime2(3)',
  flag: 'bit',
};

/** Master grew over the years: one of its tables was made with another collation. */
function collationOf(table: string, type: string): string | null {
  if (!type.startsWith('varchar')) return null;
  return table === 'Kontakt' ? 'SQL_Latin1_General_CP1_CI_AS' : 'Finnish_Swedish_CI_AS';
}

/** The tables of mappings/master.json as a SQL Server with plain types would have them. */
function readTables() {
  const mapping = JSON.parse(
    readFileSync(join(ROOT, 'mappings/master.json'), 'utf8'),
  ) as MasterMapping;
  const catalog = [mapping.person, ...mapping.children].flatMap((table, position) =>
    Object.entries(table.columns).map(([field, { column, type, sqlType }]): SqlRow => {
      const place = table.key.indexOf(field);
      const serverType = sqlType ?? SERVER_TYPES[type];
      const collation = collationOf(table.table, serverType);
      return [position, column, serverType, place < 0 ? null : place + 1, collation];
    }),
  );
  const { tables, findings } = fitTables(draftTables(mapping), catalog);
  expect(findings).toEqual([]);
  return tables;
}

const tables = readTables();
const { person, children } = tables;
const dialect = MSSQL_DIALECT;
const key: RowKey = ['RES', 'no.1'];
const laterKey: RowKey = ['RES', 'no.9'];
const otherTypeKey: RowKey = ['SNR', 'no.0'];
const keys: readonly RowKey[] = [key, ["O'x", 'no. "2"']];
const surname = person.columns.find(({ field }) => field === 'surname');
if (surname === undefined) throw new TypeError('The mapping has no surname.');
const page = { from: 100n, to: 200n, limit: 2_000 };
const chunk = { after: undefined, through: undefined, equals: undefined, limit: 2_001 };

const statements: Readonly<Record<string, SqlStatement>> = {
  server: dialect.server(),
  columns: dialect.columns(tables),
  estimate: dialect.estimate(person),
  ...perMode('requirements', (mode) => dialect.requirements(mode, tables)),
  ...perMode('table-states', (mode) => dialect.tableStates(mode, tables)),
  ...perMode('version', (mode) => dialect.version(mode)),
  ...perMode('signal', (mode) => dialect.signal(mode, tables, 100n)),
  'changes-change-tracking-first-page': dialect.changedKeys('change-tracking', tables, {
    ...page,
    cursor: undefined,
  }),
  'changes-change-tracking-next-page': dialect.changedKeys('change-tracking', tables, {
    ...page,
    cursor: { version: 150n, key },
  }),
  'changes-rowversion-first-page': dialect.changedKeys('rowversion', tables, {
    ...page,
    cursor: undefined,
  }),
  'changes-rowversion-next-page': dialect.changedKeys('rowversion', tables, {
    ...page,
    cursor: { version: 150n, key },
  }),
  'person-first-chunk': dialect.personChunk(tables, chunk),
  'person-next-chunk': dialect.personChunk(tables, { ...chunk, after: key }),
  'person-range': dialect.personChunk(tables, { ...chunk, after: key, through: laterKey }),
  'person-range-over-types': dialect.personChunk(tables, {
    ...chunk,
    after: key,
    through: otherTypeKey,
  }),
  'person-filter': dialect.personChunk(tables, {
    ...chunk,
    after: key,
    equals: { column: surname, value: 'Österberg' },
  }),
  'person-by-keys': dialect.rowsByKeys(tables, person, keys),
  'existing-keys': dialect.existingKeys(tables, keys),
  ...Object.fromEntries(
    children.flatMap((child) => [
      [`${child.name}-first-range`, dialect.childrenInRange(tables, child, undefined, laterKey)],
      [`${child.name}-next-range`, dialect.childrenInRange(tables, child, key, laterKey)],
      [`${child.name}-over-types-range`, dialect.childrenInRange(tables, child, key, otherTypeKey)],
      [`${child.name}-by-keys`, dialect.rowsByKeys(tables, child, keys)],
    ]),
  ),
};

function perMode(name: string, build: (mode: (typeof MASTER_MODES)[number]) => SqlStatement) {
  return Object.fromEntries(MASTER_MODES.map((mode) => [`${name}-${mode}`, build(mode)]));
}

describe('the T-SQL for mappings/master.json', () => {
  it.each(Object.entries(statements))('%s is as reviewed', async (name, statement) => {
    const header = statement.parameters.map(
      ({ type, value }, index) => `-- @p${index + 1} ${type} = ${JSON.stringify(value)}\n`,
    );
    await expect(`${header.join('')}${statement.text}\n`).toMatchFileSnapshot(
      join(GOLDEN, `${name}.sql`),
    );
  });

  it('remedies are as reviewed', async () => {
    const remedies = REQUIREMENTS.map((requirement) => {
      const remedy = dialect.remedy(requirement, person, 'REGION\\hub_reader');
      return `-- ${requirement}\n${remedy}\n`;
    });
    await expect(remedies.join('')).toMatchFileSnapshot(join(GOLDEN, 'remedies.sql'));
  });
});

describe('every statement to a SQL Server', () => {
  const texts = Object.entries(statements);

  it('is looked at', () => {
    expect(texts.length).toBeGreaterThan(25);
  });

  it.each(texts)('only reads: %s', (_, { text }) => {
    expect(withoutLiterals(text).toUpperCase()).not.toMatch(
      /\b(INSERT|UPDATE|DELETE|MERGE|ALTER|CREATE|DROP|TRUNCATE|INTO|GRANT|EXEC|EXECUTE|XP_\w+|WAITFOR|NOLOCK)\b/,
    );
    expect(withoutLiterals(text)).not.toContain(';');
  });

  it.each(texts)('names every table with its schema, in brackets: %s', (_, { text }) => {
    const bare = text.replaceAll(/'(?:[^']|'')*'/g, "''");
    const own = new Set(
      Array.from(bare.matchAll(/\b(\w+)(?:\([\w, ]*\))? AS \(/g), ([, cte]) => cte),
    );
    for (const [, source = ''] of bare.matchAll(/\b(?:FROM|JOIN|APPLY)\s+([^\s,]+)/g)) {
      const isFine =
        /^\[[^\]]+\]\.\[[^\]]+\]\)*$/.test(source) ||
        /^sys\.\w+\)*$/.test(source) ||
        /^\(/.test(source) ||
        /^(CHANGETABLE|OPENJSON)\(/.test(source) ||
        own.has(source);
      expect(isFine, `${source} in ${text}`).toBe(true);
    }
  });

  it.each(texts)('uses exactly its parameters: %s', (_, { text, parameters }) => {
    const used = new Set(withoutLiterals(text).match(/@p\d+/g));
    expect([...used].sort()).toEqual(parameters.map((_parameter, i) => `@p${i + 1}`).sort());
  });

  it.each(texts)('stays below the 2 100 parameters of one call: %s', (_, { parameters }) => {
    expect(parameters.length).toBeLessThan(50);
  });

  it.each(texts)('holds no value of a person: %s', (_, { text }) => {
    for (const value of ['RES', 'SNR', 'no.', "O''x", 'no. "2"', 'Österberg']) {
      expect(text).not.toContain(value);
    }
  });

  it.each(texts.filter(([, { text }]) => text.includes('CHANGETABLE')))(
    'gives CHANGETABLE its version as a parameter: %s',
    (_, { text }) => {
      const calls = text.match(/CHANGETABLE\([^)]*\)/g) ?? [];
      for (const call of calls) {
        expect(call).toMatch(/^CHANGETABLE\(CHANGES \[[^\]]+\]\.\[[^\]]+\], @p\d+\)$/);
      }
    },
  );

  it.each(texts.filter(([, { text }]) => text.includes('OPENJSON')))(
    'gives the text of a key list the collation of the column it meets: %s',
    (_, { text }) => {
      const comparisons = text.match(/= k\.k\d+\b.*?(?= AND |\n|$)/g) ?? [];
      expect(comparisons).toHaveLength(person.keyLength);
      for (const comparison of comparisons) expect(comparison).toMatch(/ COLLATE \w+$/);
    },
  );

  it.each(texts.filter(([name]) => name.startsWith('contacts-') && name.endsWith('-range')))(
    'says which collation holds where two tables differ: %s',
    (_, { text }) => {
      const comparisons = text.match(
        /c\.\[\w+\] = p\.\[\w+\] COLLATE SQL_Latin1_General_CP1_CI_AS/g,
      );
      const branches = text.match(/ JOIN /g);
      expect(comparisons).toHaveLength((branches?.length ?? 0) * person.keyLength);
    },
  );

  it.each(texts.filter(([, { text }]) => / JOIN \[/.test(text)))(
    'reaches a mapped table row by row through its index: %s',
    (_, { text }) => {
      expect(text).not.toMatch(/(?<!INNER LOOP) JOIN \[/);
    },
  );

  it.each(texts.filter(([, { text }]) => text.includes('TOP')))(
    'orders what it cuts off: %s',
    (_, { text }) => {
      const tops = text.match(/TOP \(@p\d+\)/g) ?? [];
      expect(text.match(/\bTOP\b/g)).toHaveLength(tops.length);
      expect(text.match(/ORDER BY/g)?.length ?? 0).toBeGreaterThanOrEqual(tops.length);
    },
  );
});

/** The text without string literals and without names in brackets: what is left is T-SQL's own words. */
function withoutLiterals(text: string): string {
  return text.replaceAll(/'(?:[^']|'')*'/g, "''").replaceAll(/\[[^\]]*\]/g, '[]');
}
