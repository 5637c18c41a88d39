/** The hub store's database as the rest of this folder sees it: statements, transactions, notices, migrations. */

/** What can be bound to `$1`, `$2` … */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | readonly string[];

/** The columns of a row. All come as PostgreSQL's text; the reader parses what it needs. */
export type SqlRow = Readonly<Record<string, string | null>>;

/**
 * A statement of ours with its rows' type. It is prepared once for each connection, under its name: one name, one text.
 */
export interface Statement<R extends SqlRow = SqlRow> {
  readonly name: string;
  readonly text: string;
  /** Only for the type: what the statement returns. */
  readonly row?: R;
}

/** Names a statement and states the type of its rows. */
export function statement<R extends SqlRow = SqlRow>(name: string, text: string): Statement<R> {
  return { name, text };
}

/** Runs statements: on one connection inside a transaction, or each on its own on any connection. */
export interface SqlRunner {
  query<R extends SqlRow>(what: Statement<R>, values?: readonly SqlValue[]): Promise<readonly R[]>;
  /** @returns the number of rows that the statement changed. */
  execute(what: Statement, values?: readonly SqlValue[]): Promise<number>;
}

/** A connection of its own for LISTEN and NOTIFY. */
export interface NoticeConnection extends AsyncDisposable {
  /** Tells every listener of the channel, this one too. */
  notify(channel: string, payload: string): Promise<void>;
}

export interface Notice {
  readonly channel: string;
  readonly payload: string;
  /** True when this same connection sent it. */
  readonly fromHere: boolean;
}

/** A pool of connections. Everything that it throws is a {@link HubError}, or a bug. */
export interface Database extends SqlRunner, AsyncDisposable {
  /** One READ COMMITTED transaction on one connection; committed when `work` returns, rolled back when it throws. */
  transact<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T>;
  /** Text of several statements, without parameters, outside any transaction. For tests and administration. */
  script(text: string): Promise<void>;
  /** @param onEnd called once when the connection is lost, not when it is disposed. */
  listen(
    channels: readonly string[],
    onNotice: (notice: Notice) => void,
    onEnd: () => void,
  ): Promise<NoticeConnection>;
}

/** One step of the hub's own tables. A name is never changed and a statement never edited once it is released. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}
