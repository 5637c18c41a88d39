import { HubError } from '../../../../core/errors/hub-error.ts';
import type { DialectName } from './table-dialect.ts';

/** How to reach a SQL Server. */
export interface SqlServerAddress {
  readonly server: string;
  /** Undefined with a named instance, whose port the server's browser service tells. */
  readonly port: number | undefined;
  readonly instance: string | undefined;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** A Windows domain: the login is then made with NTLM. */
  readonly domain: string | undefined;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
}

const SCHEMES: Readonly<Record<string, DialectName>> = {
  'postgres:': 'pg',
  'postgresql:': 'pg',
  'mssql:': 'mssql',
};

/**
 * The dialect of a consumer's database, by the scheme of its address.
 * @throws HubError `HUB_CONSUMER_DATABASE_ADDRESS`
 */
export function dialectOf(address: string): DialectName {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const dialect = url && SCHEMES[url.protocol];
  if (dialect === undefined) throw new HubError('HUB_CONSUMER_DATABASE_ADDRESS');
  return dialect;
}

/**
 * `mssql://user:password@host:1433/Database?encrypt=true&trustServerCertificate=false&domain=REGION&instance=NAME`, as `MASTER_URL` is written. Only the
 * user, the host and the database must be there; encryption is on unless it is turned off.
 */
export function parseSqlServerAddress(address: string): SqlServerAddress {
  const url = new URL(address);
  const parameter = (name: string) => url.searchParams.get(name) ?? undefined;
  const instance = parameter('instance');
  return {
    server: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: instance === undefined ? Number(url.port || 1433) : undefined,
    instance,
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    domain: parameter('domain'),
    encrypt: parameter('encrypt')?.toLowerCase() !== 'false',
    trustServerCertificate: parameter('trustServerCertificate')?.toLowerCase() === 'true',
  };
}
