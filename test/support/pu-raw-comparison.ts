/** Whether the raw topic of PU says what PU says: its last record of every identity against PU's own, field by field. */
import type { KafkaClient } from '../../connectors/kafka/kafka-client.ts';
import { decodeSourceMessage } from '../../connectors/runtime/raw-message.ts';
import { adapterOfVersion } from '../../connectors/sources/pu/adapters/adapter-of-version.ts';
import type { PuPersonRecord } from '../../connectors/sources/pu/pu-client-port.ts';
import { versionToSecond } from '../../connectors/sources/pu/swedish-time.ts';
import { openXmlDocument, XML_LIMITS } from '../../connectors/sources/pu/xml-reader.ts';
import type { SourceRecord, SourceRow } from '../../core/sync/source-record.ts';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import { responseTags } from '../../scripts/sandbox/contracts/contract-namespaces.ts';
import { requestedPersonRecord } from '../../scripts/sandbox/contracts/order-documents.ts';
import { writePersonRecord } from '../../scripts/sandbox/contracts/write-person-record.ts';

/** Identities, each as `root^extension`. Made-up ones only: this is for tests. */
export interface PuComparison {
  /** Identities of which the last raw record is PU's own. */
  readonly equal: number;
  /** The last raw record says something else than PU. */
  readonly different: readonly string[];
  /** Those of them that say the same, but from another moment. */
  readonly misplaced: readonly string[];
  /** On the topic, and not in PU. */
  readonly strange: readonly string[];
  /** In PU and not on the topic, although it should be. */
  readonly missing: readonly string[];
  /** In PU and not on the topic, and no pull would find them. */
  readonly notAsked: number;
}

export interface PuComparisonOptions {
  readonly kafka: KafkaClient;
  /** PU's raw topic. */
  readonly topic: string;
  /** All records as PU has them, unmasked: the control API of the sandbox. */
  readonly records: AsyncIterable<PuRecord>;
  /** Whether the hub should have been told of this record of PU. */
  readonly isExpected: (record: PuRecord) => boolean;
}

/** Compares each way: what is on the topic with PU, and what is in PU with the topic. That PU does not know somebody is no record. */
export async function comparePuTopic(options: PuComparisonOptions): Promise<PuComparison> {
  return await comparePuRecords(
    await readLastRecords(options),
    options.records,
    options.isExpected,
  );
}

/** The same with the last records by identity, `root^extension`. */
export async function comparePuRecords(
  lastRecords: ReadonlyMap<string, SourceRecord>,
  records: AsyncIterable<PuRecord>,
  isExpected: PuComparisonOptions['isExpected'],
): Promise<PuComparison> {
  const last = new Map(lastRecords);
  const different: string[] = [];
  const misplaced: string[] = [];
  const missing: string[] = [];
  let equal = 0;
  let notAsked = 0;
  for await (const record of records) {
    const text = textOf(record.personalIdentity);
    const raw = last.get(text);
    last.delete(text);
    if (raw === undefined) {
      if (isExpected(record)) missing.push(text);
      else notAsked += 1;
    } else {
      const isSame = contentOf(raw) === contentOf(restrictedRecord(record));
      const isPlaced = isAt(raw, record);
      if (isSame && isPlaced) equal += 1;
      else different.push(text);
      if (isSame && !isPlaced) misplaced.push(text);
    }
  }
  return { equal, different, misplaced, strange: [...last.keys()], missing, notAsked };
}

async function readLastRecords({
  kafka,
  topic,
}: PuComparisonOptions): Promise<Map<string, SourceRecord>> {
  const last = new Map<string, SourceRecord>();
  for await (const { value } of kafka.readTopic({ topic })) {
    const message = decodeSourceMessage(value);
    if (message?.operation === 'unknown') continue;
    if (message?.operation !== 'upsert') throw new Error('A raw record of PU that is no record.');
    const { identityRoot, identity } = message.person;
    last.set(`${identityRoot}^${identity}`, message);
  }
  return last;
}

/**
 * PU's record as the restricted contracts show it at the depth of the pulls, through the hub's own reading of the XML: that reading has
 * tests of its own.
 */
export function restrictedRecord(record: PuRecord): PuPersonRecord {
  const { open, close } = responseTags('GetPersonsForProfile');
  const shown = requestedPersonRecord(
    record.personalIdentity,
    writePersonRecord(record, 'P4', false),
  );
  const read: PuPersonRecord[] = [];
  const reader = ADAPTER.openDocument('P4', (answer) => {
    if (answer.record !== null) read.push(answer.record);
  });
  const document = openXmlDocument(reader, XML_LIMITS);
  document.write(Buffer.from(`${open}${shown}${close}`));
  document.end();
  const [only] = read;
  if (only === undefined || read.length > 1) throw new Error('One record was written.');
  return only;
}

const ADAPTER = adapterOfVersion('5', 'SE165565594230-1000');

/** Without the depth that was asked for, and without the history, which only one of the pulls asks for. */
function contentOf({ person, children }: Pick<SourceRecord, 'person' | 'children'>): string {
  const { profile: _profile, ...row } = person;
  const { historicalLocalities: _history, ...rest } = children;
  const parts = Object.entries(rest).map(([name, rows]) => [name, rows.map(sorted)]);
  return JSON.stringify([sorted(row), parts.toSorted()]);
}

function sorted(row: SourceRow): readonly (readonly [string, string | null])[] {
  return Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function isAt({ position, readAt }: SourceRecord, { version }: PuRecord): boolean {
  const asked = Math.floor(Date.parse(readAt) / 1_000);
  return (
    version === undefined || BigInt(versionToSecond(version, asked) ?? -1) === position.version
  );
}

function textOf({ root, extension }: PuIdentity): string {
  return `${root}^${extension}`;
}
