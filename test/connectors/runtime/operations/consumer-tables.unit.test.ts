import { describe, expect, it } from 'vitest';
import type { HubConfig } from '../../../../connectors/config/hub-config.ts';
import { Secret } from '../../../../connectors/config/secret.ts';
import { consumerTables } from '../../../../connectors/runtime/operations/consumer-tables.ts';
import { migrationStatements } from '../../../../connectors/sinks/consumers/table/table-schema.ts';
import { TABLE_SET_VERSION } from '../../../../connectors/sinks/consumers/table/table-set.ts';
import { profileOf } from '../../../core/disclosure/disclosure-builder.ts';

const WAREHOUSE = profileOf({ name: 'warehouse', delivery: { kind: 'table', onLeaving: 'mark' } });
const EVERYTHING = { dialect: undefined, from: 0 };

/** The settings with this text in the file of addresses. */
const configWith = (addresses: string | undefined): Pick<HubConfig, 'consumers'> => ({
  consumers: {
    batchPersons: 1_000,
    databases: addresses === undefined ? undefined : new Secret(addresses),
  },
});

const addressed = (address: string) => configWith(JSON.stringify({ [WAREHOUSE.name]: address }));

describe('the tables of a consumer as SQL', () => {
  it.each([
    ['pg', 'postgres://hub:secret@db.example/warehouse'],
    ['mssql', 'mssql://hub:secret@db.example/Warehouse'],
  ] as const)('are for %s where the address is of it, in one transaction', (dialect, address) => {
    const tables = consumerTables(addressed(address), WAREHOUSE, EVERYTHING);
    const text = tables.kind === 'sql' ? tables.text : expect.fail(tables.kind);
    const statements = `${migrationStatements(dialect, 0).join(';\n')};\n`;
    expect(text).toContain(statements);
    const [before = '', after = ''] = text.split(statements);
    expect(before).toMatch(/\nBEGIN( TRANSACTION)?;\n$/);
    expect(after).toBe('COMMIT;');
    expect(text).not.toContain('secret');
    expect(text).not.toContain('db.example');
  });

  it('are for the server that is asked for, whatever the address says', () => {
    const config = addressed('postgres://hub:secret@db.example/warehouse');
    const tables = consumerTables(config, WAREHOUSE, { dialect: 'mssql', from: 0 });
    expect(tables.kind === 'sql' && tables.text).toContain('datetimeoffset');
  });

  it.each([
    ['no file', undefined],
    ['a file without the consumer', '{"cosmic":"postgres://hub@db.example/cosmic"}'],
    ['a file that is no JSON', 'warehouse'],
    ['the address of another kind of server', '{"warehouse":"oracle://hub@db.example/warehouse"}'],
  ])('need to be told for which server where there is %s', (_, addresses) => {
    const config = configWith(addresses);
    expect(consumerTables(config, WAREHOUSE, EVERYTHING)).toEqual({ kind: 'no-address' });
    const named = consumerTables(config, WAREHOUSE, { dialect: 'pg', from: 0 });
    expect(named.kind).toBe('sql');
  });

  it('are none for a consumer that reads topics', () => {
    const tables = consumerTables(configWith(undefined), profileOf(), { dialect: 'pg', from: 0 });
    expect(tables).toEqual({ kind: 'no-tables' });
  });

  it('need nothing when they are of this version, and are refused when they are of a newer one', () => {
    const config = configWith(undefined);
    const from = TABLE_SET_VERSION;
    const same = consumerTables(config, WAREHOUSE, { dialect: 'pg', from });
    expect(same).toEqual({
      kind: 'sql',
      text: `-- The tables of warehouse are of version ${from} already: there is nothing to run.`,
    });
    const newer = consumerTables(config, WAREHOUSE, { dialect: 'pg', from: from + 1 });
    expect(newer).toEqual({ kind: 'newer', known: from });
  });
});
