/** How fast a consumer's tables in PostgreSQL are filled the first time, with inbox and version guard. */
import { randomUUID } from 'node:crypto';
import { createTableSink } from '../../connectors/sinks/consumers/table/table-sink.ts';
import type { OutgoingDelivery } from '../../core/disclosure/delivery.ts';
import type { DisclosedPerson } from '../../core/disclosure/disclosed-person.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { BenchResult } from './bench-result.ts';
import { evidenceOf, identityOf } from './bench-store-persons.ts';
import { withOwnDatabase } from './own-database.ts';

const PERSONS = 50_000;
/** As many as a consumer is told at once by default (HUB_CONSUMER_BATCH). */
const BATCH = 1_000;
/** hub_person, one identity, one address, one contact. */
const ROWS_EACH = 4;

/** Fills a database of its own, which is dropped afterwards. The value counts rows of persons alone, as the aim does. */
export async function benchConsumerTable(
  serverUrl: string,
  persons = PERSONS,
): Promise<BenchResult<'consumer-table'>> {
  const seconds = await withOwnDatabase(serverUrl, (address) => fill(address, persons));
  const rate = Math.round(persons / seconds);
  return {
    name: 'consumer-table',
    value: rate,
    unit: 'persons/s',
    settings:
      `first load of ${persons} persons into PostgreSQL by the table sink, ${BATCH} a transaction, with the version guard: ` +
      `${rate} rows/s of persons, ${rate * ROWS_EACH} rows/s in all tables; fsync=on, synchronous_commit=on`,
  };
}

async function fill(address: string, persons: number): Promise<number> {
  await using sink = createTableSink({
    address,
    onLeaving: 'delete',
    createTables: true,
    retentionDays: 30,
  });
  await sink.prepare();
  const started = performance.now();
  for (let first = 0; first < persons; first += BATCH) {
    const count = Math.min(BATCH, persons - first);
    await sink.deliver(
      Array.from({ length: count }, (_, i) => deliveryOf(first + i)),
      true,
    );
  }
  return (performance.now() - started) / 1_000;
}

function deliveryOf(number: number): OutgoingDelivery {
  return {
    personKey: randomUUID() as string as PersonKey,
    generation: 1,
    version: 1,
    state: { kind: 'person', person: personOf(number) },
    purges: [],
    events: [],
  };
}

function personOf(number: number): DisclosedPerson {
  const { identity, name, sex, birthDate, deregistration, addresses, maritalStatus } = evidenceOf(
    identityOf(number),
    number,
  );
  return {
    identities: [{ ...identity, type: 'LRID', main: true }],
    testPerson: false,
    name,
    sex,
    birthDate,
    deregistration,
    maritalStatus,
    membership: {
      level: 'municipality',
      countyCode: '14',
      municipalityCode: '1480',
      reason: 'registered',
      from: { precision: 'day', value: '1999-09-09' },
    },
    addresses,
    contacts: [{ channel: 'mobile', value: '+46701740605', consent: null }],
    relations: [],
    contactPersons: [],
  };
}
