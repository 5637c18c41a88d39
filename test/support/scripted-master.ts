import type {
  MasterDatabase,
  SqlStatement,
} from '../../connectors/sources/master/master-dialect.ts';
import { openMssqlMaster } from '../../connectors/sources/master/mssql-client.ts';
import { TdsPeer } from './tds-peer.ts';

/** A Master on the scripted SQL Server, opened with the real client. Both close with `await using`. */
export interface ScriptedMaster extends AsyncDisposable {
  readonly peer: TdsPeer;
  readonly master: MasterDatabase;
}

export interface ScriptedMasterOptions {
  /** Short in the tests of what happens when no answer comes. */
  readonly queryTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
  /** The part of the URL after the question mark. */
  readonly parameters?: string;
}

export async function startScriptedMaster({
  parameters = 'encrypt=false',
  queryTimeoutMs = 20_000,
  ...options
}: ScriptedMasterOptions = {}): Promise<ScriptedMaster> {
  const peer = await TdsPeer.start();
  const url = `mssql://reader:not-a-secret@127.0.0.1:${peer.port}/Befolkning?${parameters}`;
  const master = openMssqlMaster({ url, queryTimeoutMs, ...options });
  return {
    peer,
    master,
    async [Symbol.asyncDispose]() {
      await master[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
}

/** A statement without parameters: the peer knows it by its text. */
export function plainStatement(text: string): SqlStatement {
  return { text, parameters: [] };
}
