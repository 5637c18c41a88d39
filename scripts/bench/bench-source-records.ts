/** The messages of both registers about somebody of the synthetic population, as their sources put them on the raw topics, without the sources. */
import { adapterOfVersion } from '../../connectors/sources/pu/adapters/adapter-of-version.ts';
import { versionToSecond } from '../../connectors/sources/pu/swedish-time.ts';
import { openXmlDocument, XML_LIMITS } from '../../connectors/sources/pu/xml-reader.ts';
import type { MasterMapping, TableMapping } from '../../core/mapping/master-mapping.ts';
import type { SourceName, SourceRecord, SourceRow } from '../../core/sync/source-record.ts';
import type { LegacyRows } from '../population/legacy-rows.ts';
import { masterRowsOf } from '../population/master-view.ts';
import { BASE_MOMENT, BASE_VERSION, type Population } from '../population/population.ts';
import type { PuRecord } from '../population/pu-record.ts';
import { puRecordsOf } from '../population/pu-view.ts';
import type { SyntheticPerson } from '../population/synthetic-person.ts';
import { responseTags } from '../sandbox/contracts/contract-namespaces.ts';
import { writePersonRecord } from '../sandbox/contracts/write-person-record.ts';

const STAMP = { snapshot: true, readAt: new Date(BASE_MOMENT).toISOString() } as const;
const PU = adapterOfVersion('5', '');
const ANSWER = responseTags('SearchPersonsForProfile');

/** What both registers have of somebody: a message for each identity. */
export type BothRegisters = Readonly<Record<SourceName, readonly SourceRecord[]>>;

/** Everybody in the population whom both registers know. */
export function* knownToBoth(
  population: Population,
  mapping: MasterMapping,
): Generator<BothRegisters, undefined> {
  for (const person of population.persons()) {
    const master = masterMessagesOf(person, population, mapping);
    const pu = puMessagesOf(person, population);
    if (master.length > 0 && pu.length > 0) yield { master, pu };
  }
}

function masterMessagesOf(
  person: SyntheticPerson,
  population: Population,
  mapping: MasterMapping,
): readonly SourceRecord[] {
  return masterRowsOf(person, population).map((rows) => ({
    source: 'master',
    operation: 'upsert',
    position: { epoch: 1, version: 1n },
    ...STAMP,
    person: asSourceRow(rows.person, mapping.person),
    children: Object.fromEntries(
      mapping.children.map((child) => [
        child.name,
        childRows(rows, child.name).map((row) => asSourceRow(row, child)),
      ]),
    ),
  }));
}

/** Masked where the person is protected, in the depth of the pulls. */
function puMessagesOf(person: SyntheticPerson, population: Population): readonly SourceRecord[] {
  const records = puRecordsOf(person, population);
  return records.length === 0 ? [] : readRecords(records);
}

function childRows(rows: LegacyRows, name: string): readonly object[] {
  return name === 'addresses' ? rows.addresses : name === 'contacts' ? rows.contacts : [];
}

/** As the Master source reads a row: by the hub's field names, everything as text. */
function asSourceRow(row: object, { columns }: TableMapping): SourceRow {
  const values = new Map<string, unknown>(Object.entries(row));
  return Object.fromEntries(
    Object.entries(columns).map(([field, { column, type }]) => {
      const value = values.get(column) ?? null;
      if (value === null) return [field, null];
      return [field, type === 'flag' ? (value === true ? '1' : '0') : String(value)];
    }),
  );
}

/** By way of XML, since only the hub's own reading of it says what a message has. */
function readRecords(records: readonly PuRecord[]): readonly SourceRecord[] {
  const read: SourceRecord[] = [];
  const reader = PU.openDocument(null, ({ record }) => {
    if (record === null) return;
    const { version, person, children } = record;
    read.push({
      source: 'pu',
      operation: 'upsert',
      position: { epoch: 1, version: secondOf(version ?? BASE_VERSION) },
      ...STAMP,
      person,
      children,
    });
  });
  const document = openXmlDocument(reader, XML_LIMITS);
  const written = records.map((record) => writePersonRecord(record, 'P4', false));
  const elements = written.map((record) => `<r:personRecord>${record}</r:personRecord>`);
  document.write(Buffer.from(`${ANSWER.open}${elements.join('')}${ANSWER.close}`));
  document.end();
  return read;
}

function secondOf(version: string): bigint {
  const second = versionToSecond(version, BASE_MOMENT / 1_000);
  if (second === undefined) throw new RangeError('The population has a version that is no moment.');
  return BigInt(second);
}
