import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MSSQL_TABLES } from '../../../connectors/sinks/consumers/table/table-dialect.ts';
import {
  dropStatements,
  migrationStatements,
} from '../../../connectors/sinks/consumers/table/table-schema.ts';
import {
  CHILD_TABLES,
  TABLE_SET,
  TABLE_SET_VERSION,
} from '../../../connectors/sinks/consumers/table/table-set.ts';
import { tableStatements } from '../../../connectors/sinks/consumers/table/table-statements.ts';

const GOLDEN = join(import.meta.dirname, '../../golden');
const TSQL = join(GOLDEN, 'consumer-tsql');

function namedTexts(value: object, name = ''): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const inside = name === '' ? key : `${name}-${key}`;
    if (typeof inner === 'string') return [[kebab(inside), inner] as const];
    return typeof inner === 'object' && inner !== null ? namedTexts(inner, inside) : [];
  });
}

function kebab(name: string): string {
  return name.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

const statements = namedTexts({
  ...tableStatements(MSSQL_TABLES),
  inspect: MSSQL_TABLES.inspect,
});

/** As it goes over the wire: knex numbers the parameters from zero. */
function asSent(text: string): string {
  let next = 0;
  return text.replaceAll('?', () => `@p${next++}`);
}

describe('the T-SQL for consumers', () => {
  it('is looked at, each statement of the writer', () => {
    expect(statements.length).toBeGreaterThan(30);
  });

  it.each(statements)('%s is as reviewed', async (name, text) => {
    await expect(`${asSent(text)}\n`).toMatchFileSnapshot(join(TSQL, `${name}.sql`));
  });

  it('the statements that make and drop the tables are as reviewed', async () => {
    for (const [name, texts] of [
      ['migration', migrationStatements('mssql', 0)],
      ['drop', dropStatements()],
    ] as const) {
      await expect(`${texts.join(';\n')};\n`).toMatchFileSnapshot(join(TSQL, `${name}.sql`));
    }
  });

  it('has no golden file of a statement that is gone', () => {
    const names = [...statements.map(([name]) => name), 'migration', 'drop'];
    expect(readdirSync(TSQL).toSorted()).toEqual(names.map((name) => `${name}.sql`).toSorted());
  });

  it.each(statements)(
    '%s has few parameters whatever the size of a batch, so never the 2 100 that SQL Server refuses',
    (_, text) => {
      expect(text.split('?').length - 1).toBeLessThan(3);
    },
  );

  it('compares ids under the collation that both sides have', () => {
    const compared = statements.filter(
      ([, text]) => /\bid IN\b/.test(text) && !text.includes('uniqueidentifier'),
    );
    expect(compared.length).toBeGreaterThan(0);
    for (const [, text] of compared) expect(text).toContain('k.value COLLATE Latin1_General_BIN2');
  });
});

describe('the tables', () => {
  it('are made by the same statements in PostgreSQL, as reviewed', async () => {
    const text = `${migrationStatements('pg', 0).join(';\n')};\n`;
    await expect(text).toMatchFileSnapshot(join(GOLDEN, 'consumer-sql-pg/migration.sql'));
  });

  it.each(['pg', 'mssql'] as const)('need nothing when they are up to date: %s', (dialect) => {
    expect(migrationStatements(dialect, TABLE_SET_VERSION)).toEqual([]);
  });

  it('have names that say whose they are', () => {
    for (const { name } of TABLE_SET) expect(name).toMatch(/^hub_[a-z_]+$/);
  });

  it('of children all belong to a person', () => {
    for (const { columns } of CHILD_TABLES) expect(columns).toHaveProperty('person_key');
  });
});
