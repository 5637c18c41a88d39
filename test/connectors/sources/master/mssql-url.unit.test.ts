import { describe, expect, it } from 'vitest';
import { parseMssqlUrl } from '../../../../connectors/sources/master/mssql-url.ts';

describe('the URL of a SQL Server', () => {
  it('needs host, user and database, and encrypts unless told otherwise', () => {
    expect(parseMssqlUrl('mssql://reader:p%40ss@db.example/Befolkning')).toEqual({
      server: 'db.example',
      port: 1433,
      instance: undefined,
      database: 'Befolkning',
      user: 'reader',
      password: 'p@ss',
      domain: undefined,
      encrypt: true,
      trustServerCertificate: false,
      readOnlyIntent: false,
    });
  });

  it('can name port, instance, domain, a secondary replica and the kind of trust', () => {
    const text =
      'mssql://reader:x@db.example:14330/B?encrypt=False&trustServerCertificate=TRUE&applicationIntent=readonly&domain=REGION';
    expect(parseMssqlUrl(text)).toMatchObject({
      port: 14330,
      domain: 'REGION',
      encrypt: false,
      trustServerCertificate: true,
      readOnlyIntent: true,
    });
  });

  it('leaves the port to the server when an instance is named', () => {
    expect(parseMssqlUrl('mssql://reader:x@db.example/B?instance=SQL2019')).toMatchObject({
      port: undefined,
      instance: 'SQL2019',
    });
  });

  it('takes an IPv6 address', () => {
    expect(parseMssqlUrl('mssql://reader:x@[::1]:1433/B').server).toBe('::1');
  });
});
