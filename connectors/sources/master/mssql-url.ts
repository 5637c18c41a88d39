/** How to reach a SQL Server, from `MASTER_URL`. */
export interface MssqlAddress {
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
  /**
   * Asks an availability group for a readable secondary. Only for modes without change tracking, which a secondary does not
   * answer (error 22117).
   */
  readonly readOnlyIntent: boolean;
}

/**
 * `mssql://user:password@host:1433/Database?encrypt=true&trustServerCertificate=false&applicationIntent=ReadOnly&domain=REGION&instance=NAME`.
 * Only the user, the host and the database must be there; encryption is on unless it is turned off.
 */
export function parseMssqlUrl(text: string): MssqlAddress {
  const url = new URL(text);
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
    readOnlyIntent: parameter('applicationIntent')?.toLowerCase() === 'readonly',
  };
}
