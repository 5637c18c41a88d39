import type {
  MasterDatabase,
  MasterDialect,
} from '../../connectors/sources/master/master-dialect.ts';

/** The tables of mappings/master.json. */
export type MasterTable = 'Befolkning' | 'Adress' | 'Kontakt';

/** A transaction of somebody else's in Master, still open. */
export interface OpenTransaction {
  execute(sql: string): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/**
 * A Master of its own for one test: made, filled and dropped by it. What differs between servers is here; rows are written with SQL that both
 * understand.
 */
export interface MasterFixture extends AsyncDisposable {
  readonly dialect: MasterDialect;
  /** Master as the hub opens it. */
  open(options?: { readonly queryTimeoutMs?: number; readonly login?: string }): MasterDatabase;
  /** Runs statements as Master's administrator. */
  execute(sql: string): Promise<void>;
  /** Rows as text, as the administrator. */
  rows(sql: string): Promise<readonly (readonly unknown[])[]>;
  begin(): Promise<OpenTransaction>;
  /** Rolls back what a failed test left open. */
  rollbackAll(): Promise<void>;
  /** Forgets all changes up to now, as the clean-up does when the retention is over. */
  expireChanges(): Promise<void>;
  stopTracking(table: MasterTable): Promise<void>;
  startTracking(table: MasterTable): Promise<void>;
  /** Drops the table and makes it anew, with its rows and with tracking. */
  recreate(table: MasterTable): Promise<void>;
  /** A copy of the database as it is now, as a backup restored elsewhere would be. */
  restoredCopy(): Promise<MasterFixture>;
  /** A login that may do nothing yet. */
  createLogin(): Promise<string>;
  /** Ends every connection of the hub at the server. */
  killConnections(): Promise<void>;
  /** The types and statements that the two servers spell differently. */
  readonly words: {
    readonly alterToUnreadable: (table: MasterTable, column: string) => string;
    readonly dropPrimaryKey: (table: MasterTable) => string;
    readonly rename: (table: MasterTable, to: string) => string;
  };
}

/** The key of the n-th test person. No real identity looks like it. */
export function testKey(n: number): readonly [string, string] {
  return ['SLL', `T-${String(n).padStart(8, '0')}`];
}

function keyIs(n: number): string {
  const [type, id] = testKey(n);
  return `"IdTyp" = '${type}' AND "PersonId" = '${id}'`;
}

/** Inserts persons from..to, each with an address. */
export async function insertPersons(
  master: Pick<MasterFixture, 'execute'>,
  from: number,
  to: number,
): Promise<void> {
  for (let first = from; first <= to; first += 500) {
    const numbers = Array.from({ length: Math.min(500, to - first + 1) }, (_, i) => first + i);
    const persons = numbers.map((n) => `('SLL', '${testKey(n)[1]}', 'Förnamn${n}', 'Ång', 'K')`);
    const addresses = numbers.map((n) => `('SLL', '${testKey(n)[1]}', 'FB', 'Gatan ${n}', 'Ort')`);
    await master.execute(
      `INSERT INTO dbo."Befolkning" ("IdTyp", "PersonId", "Fornamn", "Efternamn", "Kon") VALUES ${persons.join(', ')}`,
    );
    await master.execute(
      `INSERT INTO dbo."Adress" ("IdTyp", "PersonId", "AdressTyp", "Rad1", "Ort") VALUES ${addresses.join(', ')}`,
    );
  }
}

/** Statements about one test person, in the SQL that both servers understand. */
export const sqlFor = {
  surname: (n: number, surname: string): string =>
    `UPDATE dbo."Befolkning" SET "Efternamn" = '${surname}' WHERE ${keyIs(n)}`,
  street: (n: number, street: string): string =>
    `UPDATE dbo."Adress" SET "Rad1" = '${street}' WHERE ${keyIs(n)}`,
  insert: (n: number): string =>
    `INSERT INTO dbo."Befolkning" ("IdTyp", "PersonId", "Fornamn", "Efternamn", "Kon") VALUES ('SLL', '${testKey(n)[1]}', 'Ny', 'Ny', 'K')`,
  insertContact: (n: number, sequence: number, value: string): string =>
    `INSERT INTO dbo."Kontakt" ("IdTyp", "PersonId", "Kanal", "Lopnr", "Varde") VALUES ('SLL', '${testKey(n)[1]}', 'MO', ${sequence}, '${value}')`,
  remove: (n: number): string => `DELETE FROM dbo."Befolkning" WHERE ${keyIs(n)}`,
  removeAddress: (n: number): string => `DELETE FROM dbo."Adress" WHERE ${keyIs(n)}`,
  changeKey: (n: number, to: number): string =>
    `UPDATE dbo."Befolkning" SET "PersonId" = '${testKey(to)[1]}' WHERE ${keyIs(n)}`,
};
