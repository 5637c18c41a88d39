import { describe, expect, it } from 'vitest';
import type {
  ReadColumn,
  ReadTables,
} from '../../../../connectors/sources/master/master-dialect.ts';
import { PG_DIALECT } from '../../../../connectors/sources/master/master-dialect-pg.ts';
import { createRowAssembler } from '../../../../connectors/sources/master/master-rows.ts';
import type { ColumnType } from '../../../../core/mapping/master-mapping.ts';

const column = (field: string, type: ColumnType): ReadColumn => ({
  field,
  column: field,
  type,
  sqlType: type === 'flag' ? 'boolean' : 'text',
});
const TABLES: ReadTables = {
  person: {
    name: 'person',
    schema: 'dbo',
    table: 'Befolkning',
    columns: [
      column('identity', 'text'),
      column('surname', 'text'),
      column('protectedPerson', 'flag'),
      column('protectedPopulationRecord', 'flag'),
    ],
    keyLength: 1,
    rowVersion: undefined,
  },
  children: [],
};
const STAMP = {
  position: { epoch: 1, version: 7n },
  snapshot: false,
  readAt: '2026-01-01T00:00:00.000Z',
};

function refused(rows: readonly (readonly unknown[])[]) {
  const assembler = createRowAssembler(PG_DIALECT, TABLES, 200);
  return assembler.assemble({ rows, offset: 0, ownerOf: (row) => String(row[0]) }, [], STAMP);
}

describe('a person of Master who is refused', () => {
  it('goes on with the flags that are set when the row is too large, so that protection does not wait', () => {
    expect(refused([['A1', 'x'.repeat(300), true, false]])).toMatchObject([
      { code: 'HUB_MASTER_ROW_TOO_LARGE', person: { identity: 'A1', protectedPerson: '1' } },
    ]);
  });

  it('is protected by a flag of any copy when the key is doubled', () => {
    const [one, ...more] = refused([
      ['A1', 'Testberg', false, false],
      ['A1', 'Testberg', false, true],
    ]);
    expect(more).toEqual([]);
    expect(one?.person).toEqual({ identity: 'A1', protectedPopulationRecord: '1' });
  });

  it('has nothing but its key when no flag is set', () => {
    const [one] = refused([['A1', 'x'.repeat(300), false, false]]);
    expect(one?.person).toEqual({ identity: 'A1' });
  });
});
