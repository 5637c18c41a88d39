/** One transaction in a consumer's database: inbox, version guard and effect together. */
import type { OutgoingDelivery } from '../../../../core/disclosure/delivery.ts';
import { HubError } from '../../../../core/errors/hub-error.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import { FeedOvertakenError } from '../consumer-sink.ts';
import type { AnswerRow, StatementRunner } from './consumer-database.ts';
import {
  eventIdOf,
  isOlder,
  lastStates,
  type StateDelivery,
  type VersionPair,
} from './fold-deliveries.ts';
import { childRows, leftRow, type PersonRows, personRows, type Row } from './person-rows.ts';
import { rowsText } from './rows-text.ts';
import {
  CHILD_TABLES,
  DELETED_PERSON,
  EVENT,
  INBOX,
  PERSON,
  PURGE_ORDER,
  TABLE_SET_VERSION,
} from './table-set.ts';
import type { TableStatements } from './table-statements.ts';

export interface WriteOptions {
  readonly statements: TableStatements;
  /** The table set that was prepared. */
  readonly instanceId: string;
  readonly onLeaving: 'delete' | 'mark';
  /** Asked under the lock: whoever holds it then is done before a successor that waits for it. */
  readonly isLeaseFresh: () => boolean;
  /** The consumer has so long to forget, in milliseconds. */
  readonly purgeWithinMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Where a person stands in the consumer's tables. */
interface Standing extends VersionPair {
  readonly standing: 'present' | 'left' | 'deleted';
}

/**
 * Writes deliveries inside the transaction of `runner`. All who write to one table set wait for each other at the first statement, so what is read
 * after it stays true until the commit.
 *
 * @throws HubError `HUB_CONSUMER_TABLES_GONE` when these are other tables than those that were prepared; FeedOvertakenError when the lease is not fresh.
 */
export async function writeDeliveries(
  runner: StatementRunner,
  deliveries: readonly OutgoingDelivery[],
  options: WriteOptions,
): Promise<void> {
  await lockTables(runner, options);
  await writeStates(runner, [...lastStates(deliveries).values()], options);
  await writeMessages(runner, deliveries, options);
}

/** Takes the lock that ends with the transaction. */
async function lockTables(
  runner: StatementRunner,
  { statements, instanceId, isLeaseFresh }: WriteOptions,
): Promise<void> {
  const [row] = await runner.run(statements.lockVersion);
  if (!isLeaseFresh()) throw new FeedOvertakenError();
  const isSame =
    row !== undefined &&
    Number(row['version']) === TABLE_SET_VERSION &&
    keyOf(row['instance_id']) === instanceId;
  if (!isSame) throw new HubError('HUB_CONSUMER_TABLES_GONE');
  if (row['used_since'] === null) await runner.run(statements.use);
}

/** A UUID as the hub writes it: SQL Server answers in capitals. */
export function keyOf(value: unknown): string {
  return String(value).toLowerCase();
}

/** Persons of one statement: few enough that SQL Server locks rows and not the table, and that a statement stays a few megabytes. */
const PERSONS_AT_ONCE = 1_000;

async function writeStates(
  runner: StatementRunner,
  states: readonly StateDelivery[],
  options: WriteOptions,
): Promise<void> {
  for (let at = 0; at < states.length; at += PERSONS_AT_ONCE) {
    await writeSomeStates(runner, states.slice(at, at + PERSONS_AT_ONCE), options);
  }
}

async function writeSomeStates(
  runner: StatementRunner,
  states: readonly StateDelivery[],
  options: WriteOptions,
): Promise<void> {
  const standings = await readStandings(runner, states, options.statements);
  const accepted = states.filter((delivery) => {
    const found = standings.get(delivery.personKey);
    if (found === undefined) return true;
    // Who is gone already stays gone since then.
    const isRepeatedEnd =
      delivery.state === null && found.standing !== 'present' && !isOlder(found, delivery);
    return !isOlder(delivery, found) && !isRepeatedEnd;
  });
  const standingOf = ({ personKey }: StateDelivery) => standings.get(personKey)?.standing;
  const present = accepted.filter((delivery) => standingOf(delivery) === 'present');
  const deleted = accepted.filter((delivery) => standingOf(delivery) === 'deleted');
  const { deleteByPerson } = options.statements;
  // All rows of children are replaced as a whole; whoever is not there has none.
  await deleteRows(
    runner,
    CHILD_TABLES.map(({ name }) => deleteByPerson[name]),
    present,
  );
  await deleteRows(runner, [deleteByPerson[DELETED_PERSON.name]], deleted);

  const hasRow = (delivery: StateDelivery) =>
    standingOf(delivery) === 'present' || standingOf(delivery) === 'left';
  const writtenAt = new Date(options.now).toISOString();
  const told = accepted.flatMap((delivery) =>
    delivery.state === null
      ? []
      : [
          {
            hasRow: hasRow(delivery),
            rows: personRows({ ...delivery, writtenAt }, delivery.state),
          },
        ],
  );
  const gone = accepted.filter(({ state }) => state === null);
  const marked = options.onLeaving === 'mark' ? gone.filter(hasRow) : [];
  const forgotten = gone.filter((delivery) => !marked.includes(delivery));

  const insert = insertInto(runner, options.statements);
  await insert(
    PERSON.name,
    told.filter((one) => !one.hasRow).map(({ rows }) => rows.person),
  );
  await updatePersons(runner, options.statements, [
    ...told.filter((one) => one.hasRow).map(({ rows }) => rows.person),
    ...marked.map((delivery) => leftRow({ ...delivery, writtenAt })),
  ]);
  await insertChildren(
    insert,
    told.map(({ rows }) => rows),
  );
  await deleteRows(runner, [deleteByPerson[PERSON.name]], forgotten.filter(hasRow));
  await insert(
    DELETED_PERSON.name,
    forgotten.map(({ personKey, generation, version }) => ({
      person_key: personKey,
      generation,
      version,
      deleted_at: writtenAt,
    })),
  );
}

async function readStandings(
  runner: StatementRunner,
  states: readonly StateDelivery[],
  { standings }: TableStatements,
): Promise<ReadonlyMap<PersonKey, Standing>> {
  const keys = keysText(states);
  const rows = await runner.run(standings, [keys, keys]);
  return new Map(rows.map((row) => [keyOf(row['person_key']) as PersonKey, standingOfRow(row)]));
}

function standingOfRow(row: AnswerRow): Standing {
  return {
    generation: Number(row['generation']),
    version: Number(row['version']),
    standing: row['standing'] as Standing['standing'],
  };
}

type Insert = (table: string, rows: readonly Row[]) => Promise<void>;

function insertInto(runner: StatementRunner, { insert }: TableStatements): Insert {
  return async (table, rows) => {
    const text = insert[table];
    if (text === undefined) throw new TypeError(`Nothing is written to ${table}.`);
    if (rows.length > 0) await runner.run(text, [rowsText(rows)]);
  };
}

async function insertChildren(insert: Insert, persons: readonly PersonRows[]): Promise<void> {
  for (const { name } of CHILD_TABLES) {
    await insert(
      name,
      persons.flatMap((rows) => childRows(rows, name)),
    );
  }
}

async function updatePersons(
  runner: StatementRunner,
  { updatePersons }: TableStatements,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length > 0) await runner.run(updatePersons, [rowsText(rows)]);
}

async function deleteRows(
  runner: StatementRunner,
  texts: readonly (string | undefined)[],
  whose: readonly StateDelivery[],
): Promise<void> {
  if (whose.length === 0) return;
  const keys = keysText(whose);
  for (const text of texts) if (text !== undefined) await runner.run(text, [keys]);
}

function keysText(states: readonly StateDelivery[]): string {
  return JSON.stringify(states.map(({ personKey }) => personKey));
}

/** Orders and events, each once for ever: their ids go into the inbox with them. */
async function writeMessages(
  runner: StatementRunner,
  deliveries: readonly OutgoingDelivery[],
  options: WriteOptions,
): Promise<void> {
  const orders = new Map(
    deliveries.flatMap((delivery) => orderRows(delivery, options)).map((row) => [row.id, row]),
  );
  const events = new Map(
    deliveries.flatMap((delivery) => eventRows(delivery, options)).map((row) => [row.id, row]),
  );
  const ids = [...orders.keys(), ...events.keys()];
  if (ids.length === 0) return;
  const found = await runner.run(options.statements.knownIds, [JSON.stringify(ids)]);
  const known = new Set(found.map(({ id }) => String(id)));
  const isNew = ({ id }: { readonly id: string }): boolean => !known.has(id);
  const insert = insertInto(runner, options.statements);
  const receivedAt = new Date(options.now).toISOString();
  await insert(
    INBOX.name,
    ids.filter((id) => isNew({ id })).map((id) => ({ id, received_at: receivedAt })),
  );
  await insert(PURGE_ORDER.name, [...orders.values()].filter(isNew));
  await insert(EVENT.name, [...events.values()].filter(isNew));
}

function orderRows({ personKey, purges }: OutgoingDelivery, { now, purgeWithinMs }: WriteOptions) {
  return purges.map(({ id, reason, fields, upToGeneration, upToVersion }) => ({
    id,
    person_key: personKey,
    reason,
    fields: fields.join(','),
    up_to_generation: upToGeneration,
    up_to_version: upToVersion,
    ordered_at: new Date(now).toISOString(),
    due_at: new Date(now + purgeWithinMs).toISOString(),
    acknowledged_at: null,
    acknowledged_by: null,
    taken_at: null,
  }));
}

function eventRows({ personKey, generation, events }: OutgoingDelivery, { now }: WriteOptions) {
  return events.map((event) => ({
    id: eventIdOf(personKey, event),
    person_key: personKey,
    type: event.type,
    generation,
    version: event.version,
    effective_date: event.effectiveDate?.value ?? null,
    changed: event.changed.join(','),
    recorded_at: new Date(event.recordedAt === 0 ? now : event.recordedAt).toISOString(),
    received_at: new Date(now).toISOString(),
  }));
}
