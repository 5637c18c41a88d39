import {
  ADDRESS_COLUMNS,
  type AddressRow,
  CONTACT_COLUMNS,
  type ContactRow,
  PERSON_COLUMNS,
  type PersonRow,
} from '../population/legacy-rows.ts';
import { type MasterRows, masterRowsOf, type PersonKind } from '../population/master-view.ts';
import type { Population } from '../population/population.ts';
import type { FaultKind } from '../population/synthetic-faults.ts';
import { type DemoMasterClient, openDemoMaster } from './demo-master-client.ts';
import { recreateDemoSchema } from './demo-master-ownership.ts';

/** How far a stage has come, in people of the population. */
export interface StageProgress {
  readonly done: number;
  readonly total: number;
}

/** What was loaded. */
export interface LoadedMaster {
  /** Rows of dbo.Befolkning: one for each identity that Master has. */
  readonly persons: number;
  readonly addresses: number;
  readonly contacts: number;
  readonly byKind: Readonly<Partial<Record<PersonKind, number>>>;
  readonly byFault: Readonly<Partial<Record<FaultKind, number>>>;
  /** Rows with either flag of protection. */
  readonly protected: number;
}

const BATCH = 1000;

/**
 * Makes the demo Master anew and fills it with the population as Master sees it, in batches, so that memory does not grow with its size.
 * @throws DemoRefusal when the database is not the demo's own; AbortError when the signal ends it.
 */
export async function loadDemoMaster(options: {
  readonly masterUrl: string;
  readonly population: Population;
  readonly onProgress?: (progress: StageProgress) => void;
  readonly signal?: AbortSignal;
}): Promise<LoadedMaster> {
  const { population, onProgress, signal } = options;
  await using client = await openDemoMaster(options.masterUrl);
  await recreateDemoSchema(client);
  // The data is made up and made again at will: it need not survive a crash in the middle of the load.
  await client.query('set synchronous_commit = off');
  const indexes = await suspendForLoad(client);

  const tally = new Tally();
  let people = 0;
  let stored = 0;
  let batch = new Batch();
  // One batch is being stored while the next one is made.
  let storing: Promise<unknown> = Promise.resolve();
  const store = async (): Promise<void> => {
    await storing;
    signal?.throwIfAborted();
    onProgress?.({ done: stored, total: population.size });
    stored = people;
    storing = client.query(INSERT, batch.asJson());
    // Its failure is met at the next await; until then it must not count as unhandled.
    storing.catch(() => undefined);
    batch = new Batch();
  };
  for (const person of population.persons()) {
    people += 1;
    for (const rows of masterRowsOf(person, population)) {
      tally.add(rows);
      batch.persons.push(rows.person);
      batch.addresses.push(...rows.addresses);
      batch.contacts.push(...rows.contacts);
    }
    if (batch.persons.length >= BATCH) await store();
  }
  if (batch.persons.length > 0) await store();
  await storing;
  onProgress?.({ done: people, total: population.size });
  await client.query(`${indexes.join(';')}; ${forEachTable('enable')}; analyze`);
  return tally;
}

/**
 * Puts aside what makes inserting slow and can be made after: the log of changes, which nobody reads before the first load, and
 * the indexes beside the keys. @returns the statements that make the indexes again.
 */
async function suspendForLoad(client: DemoMasterClient): Promise<readonly string[]> {
  await client.query(forEachTable('disable'));
  const constraints = await client.query<Suspended>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make
       from pg_constraint where connamespace = 'dbo'::regnamespace and contype = 'p'`,
  );
  const indexes = await client.query<Suspended>(
    `select format('drop index %I.%I', schemaname, indexname) as drop, indexdef as make from pg_indexes i
      where schemaname = 'dbo' and not exists
        (select from pg_constraint c where c.conname = i.indexname and c.connamespace = 'dbo'::regnamespace)`,
  );
  const suspended = [...indexes, ...constraints];
  await client.query(suspended.map((one) => one.drop).join('; '));
  return suspended.map((one) => one.make);
}

interface Suspended {
  readonly drop: string;
  readonly make: string;
}

function forEachTable(what: 'enable' | 'disable'): string {
  return ['Befolkning', 'Adress', 'Kontakt']
    .map((table) => `alter table dbo."${table}" ${what} trigger hub_log_insert`)
    .join('; ');
}

class Batch {
  readonly persons: PersonRow[] = [];
  readonly addresses: AddressRow[] = [];
  readonly contacts: ContactRow[] = [];

  asJson(): readonly string[] {
    return [this.persons, this.addresses, this.contacts].map((rows) => JSON.stringify(rows));
  }
}

class Tally implements LoadedMaster {
  persons = 0;
  addresses = 0;
  contacts = 0;
  protected = 0;
  readonly byKind: Partial<Record<PersonKind, number>> = {};
  readonly byFault: Partial<Record<FaultKind, number>> = {};

  add(made: MasterRows): void {
    this.persons += 1;
    this.addresses += made.addresses.length;
    this.contacts += made.contacts.length;
    if (made.person.Sekretess || made.person.SkyddadFolkbokforing) this.protected += 1;
    this.byKind[made.kind] = (this.byKind[made.kind] ?? 0) + 1;
    if (made.fault !== null) this.byFault[made.fault] = (this.byFault[made.fault] ?? 0) + 1;
  }
}

/** The rows of a batch travel as three JSON texts: one round trip, and no statement with thousands of parameters. */
const INSERT = `
  with persons as (${insertOf('Befolkning', PERSON_COLUMNS, 1)}),
       addresses as (${insertOf('Adress', ADDRESS_COLUMNS, 2)})
  ${insertOf('Kontakt', CONTACT_COLUMNS, 3)}`;

function insertOf(table: string, columns: readonly string[], parameter: number): string {
  const names = columns.map((name) => `"${name}"`).join(', ');
  return `insert into dbo."${table}" (${names})
    select ${names} from json_populate_recordset(null::dbo."${table}", $${parameter}::json)`;
}
