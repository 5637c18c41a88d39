import { type DemoMasterClient, openDemoMaster } from '../../demo/demo-master-client.ts';
import { DemoRefusal } from '../../demo/demo-master-ownership.ts';
import type { MasterRows } from '../master-view.ts';
import { now } from './fine-clock.ts';
import {
  changedIdentity,
  type MasterKey,
  type Row,
  type RowChange,
  type RowsByTable,
  rowChanges,
  rowsByTable,
  type TableName,
} from './row-changes.ts';

/** One person's rows, to be written. */
export interface MasterUpdate {
  /** The rows that Master is to have, the main identity's last. */
  readonly rows: readonly MasterRows[];
  /** All identities that the person has or had: rows of theirs that are not in {@link rows} go. */
  readonly keys: readonly MasterKey[];
}

/** What came of it: one transaction. */
export interface MasterCommit {
  /** The person's main identity among those whose rows came or changed; null when rows only went. */
  readonly identity: MasterKey | null;
  readonly hasFault: boolean;
  /** Rows of dbo.Befolkning that came, less those that went. */
  readonly identitiesAdded: number;
  readonly begunAt: number;
  readonly committedAt: number;
}

/** Writes people into the demo Master, each in one transaction. */
export class MasterWriter implements AsyncDisposable {
  readonly #connections: readonly DemoMasterClient[];
  readonly #free: DemoMasterClient[];

  private constructor(connections: readonly DemoMasterClient[]) {
    this.#connections = connections;
    this.#free = [...connections];
  }

  /**
   * @param lanes so many people can be written at once.
   * @throws DemoRefusal when it is not a Master that the demo made: life writes to no other.
   */
  static async open(url: string, lanes: number): Promise<MasterWriter> {
    await using opened = new AsyncDisposableStack();
    const connections: DemoMasterClient[] = [];
    for (let i = 0; i < lanes; i++) connections.push(opened.use(await openDemoMaster(url)));
    const [first] = connections;
    if (first !== undefined) await refuseForeign(first);
    opened.move();
    return new MasterWriter(connections);
  }

  /**
   * Compares with what is there and writes the difference.
   * @returns undefined when nothing is different: Master does not keep what changed.
   */
  async write({ rows, keys }: MasterUpdate): Promise<MasterCommit | undefined> {
    const client = this.#free.pop();
    if (client === undefined) throw new RangeError('More at once than there are lanes.');
    try {
      const begunAt = now();
      const changes = await client.transact(async () => {
        const found = rowChanges(await readRows(client, keys), rowsByTable(rows));
        for (const change of found) await apply(client, change);
        return found;
      });
      return changes.length === 0 ? undefined : commitOf(changes, rows, begunAt);
    } finally {
      this.#free.push(client);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection[Symbol.asyncDispose]();
  }
}

function commitOf(
  changes: readonly RowChange[],
  rows: readonly MasterRows[],
  begunAt: number,
): MasterCommit {
  const committedAt = now();
  const ofPersons = changes.filter(({ table }) => table === 'Befolkning');
  const count = (operation: RowChange['operation']): number =>
    ofPersons.filter((change) => change.operation === operation).length;
  return {
    identity: changedIdentity(changes, rows),
    hasFault: rows.some(({ fault }) => fault !== null),
    identitiesAdded: count('insert') - count('delete'),
    begunAt,
    committedAt,
  };
}

async function refuseForeign(client: DemoMasterClient): Promise<void> {
  const [row] = await client.query<{ marker: string | null }>(
    "select to_regclass('pu_hub_demo.marker')::text as marker",
  );
  if (row?.marker == null) {
    throw new DemoRefusal(
      'MASTER_URL names a database that is not marked as a demo Master, and life writes to no other one.',
    );
  }
}

async function readRows(
  client: DemoMasterClient,
  keys: readonly MasterKey[],
): Promise<RowsByTable> {
  const found = await client.query<{ readonly table: TableName; readonly row: Row }>(READ, [
    keys.map(({ IdTyp }) => IdTyp),
    keys.map(({ PersonId }) => PersonId),
  ]);
  const of = (name: TableName): readonly Row[] =>
    found.filter(({ table }) => table === name).map(({ row }) => row);
  return { Befolkning: of('Befolkning'), Adress: of('Adress'), Kontakt: of('Kontakt') };
}

const READ = (['Befolkning', 'Adress', 'Kontakt'] satisfies readonly TableName[])
  .map(
    (table) => `select '${table}' as "table", to_jsonb(t) as "row" from dbo."${table}" t
      join unnest($1::text[], $2::text[]) as k(type, id) on t."IdTyp" = k.type and t."PersonId" = k.id`,
  )
  .join(' union all ');

async function apply(client: DemoMasterClient, change: RowChange): Promise<void> {
  const table = `dbo."${change.table}"`;
  const where = Object.keys(change.key)
    .map((column, i) => `"${column}" = $${i + 1}`)
    .join(' and ');
  const key = Object.values(change.key);
  switch (change.operation) {
    case 'delete':
      await client.query(`delete from ${table} where ${where}`, key);
      return;
    case 'update': {
      const set = Object.keys(change.columns)
        .map((column, i) => `"${column}" = $${key.length + i + 1}`)
        .join(', ');
      const values = [...key, ...Object.values(change.columns)];
      await client.query(`update ${table} set ${set} where ${where}`, values);
      return;
    }
    case 'insert': {
      const names = Object.keys(change.row)
        .map((column) => `"${column}"`)
        .join(', ');
      await client.query(
        `insert into ${table} (${names}) select ${names} from json_populate_record(null::${table}, $1::json)`,
        [JSON.stringify(change.row)],
      );
      return;
    }
  }
}
