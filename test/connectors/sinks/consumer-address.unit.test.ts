import { describe, expect, it } from 'vitest';
import {
  dialectOf,
  parseSqlServerAddress,
} from '../../../connectors/sinks/consumers/table/consumer-address.ts';

describe("the address of a consumer's database", () => {
  it.each([
    ['postgres://hub:x@db.example.se/vard', 'pg'],
    ['postgresql://hub:x@db.example.se/vard', 'pg'],
    ['mssql://hub:x@db.example.se/Vard', 'mssql'],
  ])('names the dialect by its scheme: %s', (address, dialect) => {
    expect(dialectOf(address)).toBe(dialect);
  });

  it.each(['', 'db.example.se', 'localhost:5432', 'mysql://hub:x@db.example.se/vard'])(
    'is refused when it is of nothing that the hub writes to, and is not repeated: %j',
    (address) => {
      expect(() => dialectOf(address)).toThrow(/^HUB_CONSUMER_DATABASE_ADDRESS: [^@]*$/);
    },
  );

  it('of a SQL Server says all that a login needs', () => {
    const address = 'mssql://hub%5Bw%5D:p%40ss@[::1]:1500/V%C3%A5rd?domain=REGION&encrypt=false';
    expect(parseSqlServerAddress(address)).toEqual({
      server: '::1',
      port: 1500,
      instance: undefined,
      database: 'Vård',
      user: 'hub[w]',
      password: 'p@ss',
      domain: 'REGION',
      encrypt: false,
      trustServerCertificate: false,
    });
  });

  it('of a SQL Server is encrypted and at the usual port when nothing else is said, and a named instance has no port', () => {
    expect(parseSqlServerAddress('mssql://u:p@db.example.se/D')).toMatchObject({
      port: 1433,
      encrypt: true,
      trustServerCertificate: false,
    });
    expect(
      parseSqlServerAddress(
        'mssql://u:p@db.example.se/D?instance=VARD&trustServerCertificate=True',
      ),
    ).toMatchObject({ port: undefined, instance: 'VARD', trustServerCertificate: true });
  });
});
