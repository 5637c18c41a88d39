/** `hub erase proof`: a search of every record of every topic and every row of every table for traces of one person. */
import { findHubError } from '../../../core/errors/hub-error.ts';
import { type PersonKey, personKeyOf } from '../../../core/person/person-identifier.ts';
import type { Erasure, SoughtBefore } from '../../hub-store/erasure-store.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { KafkaClient } from '../../kafka/kafka-client.ts';
import type { LocatedRecord } from '../../kafka/kafka-message.ts';
import { soughtText, TraceSearch, textsIn } from './trace-search.ts';

export interface EraseProofPorts {
  readonly store: Pick<HubStore, 'tableDump' | 'parked' | 'erasures' | 'readLineage'>;
  readonly kafka: Pick<KafkaClient, 'admin' | 'readTopic'>;
  /** Decodes an Avro value in the Confluent wire format. */
  readonly decodeAvro: (value: Buffer) => Promise<unknown>;
  /** What all topics of this hub begin with. */
  readonly topicPrefix: string;
  /** Topics that have to be there. */
  readonly topics: readonly string[];
}

/** What was found in one topic or table. */
export interface SearchedPlace {
  readonly kind: 'topic' | 'table';
  readonly name: string;
  /** Records or rows. */
  readonly examined: number;
  /** Records whose value could not be decoded; their bytes were searched all the same. */
  readonly undecoded: number;
  /** With something of the person in them. */
  readonly values: number;
  /** With a key and nothing else of the person. */
  readonly keys: number;
  /** What of these may be there: `access-log`, all; `keys`, keys alone; `nothing`. */
  readonly allows: 'access-log' | 'keys' | 'nothing';
  /** Where something is left that may not be there: how the topic loses it. */
  readonly leaves: TopicTerm | undefined;
}

/** How a topic loses what was found in it. */
export interface TopicTerm {
  readonly policy: string;
  /** In milliseconds since 1970: by when the last of it is gone, if the partition goes on being written to. */
  readonly goneBy: number;
}

export interface EraseProof {
  readonly erasure: Erasure | undefined;
  readonly places: readonly SearchedPlace[];
  /** Topics that have to be there and are not. */
  readonly missing: readonly string[];
  /**
   * `nothing-examined`: no record or no row was seen, or a topic is not there, so it proves nothing. `found`: something of the person is there that may not be.
   * `other-values`: nothing is, but the search before the erasure found more than was looked for now. `not-compared`: nothing is, but nobody knows whether
   * what was looked for is the person's, since nothing of it was found before the erasure. `clean`: nothing is.
   */
  readonly verdict: 'nothing-examined' | 'found' | 'other-values' | 'not-compared' | 'clean';
  /** Which of the values were found nowhere, counted from 1. */
  readonly unfound: readonly number[];
}

/**
 * Searches. Of a person who is not erased it does the same, so that one can see beforehand that it finds what is there; what it finds is noted as keyed
 * hashes, and the proof after the erasure has to look for all of it.
 * @returns undefined: nobody has or had this key.
 */
export async function proveErasure(
  ports: EraseProofPorts,
  key: PersonKey,
  values: readonly string[],
  signal: AbortSignal,
): Promise<EraseProof | undefined> {
  const erasure = await ports.store.erasures.find(key);
  const person = erasure ?? (await findPerson(ports, key));
  if (person === undefined) return undefined;
  const { personKey, keys } = person;
  const search = new TraceSearch({ keys, values });
  const names = await topicsOf(ports);
  const places: SearchedPlace[] = [];
  for (const name of names) {
    if (signal.aborted) return undefined;
    places.push(await searchTopic(ports, name, search, signal));
  }
  for (const table of await ports.store.tableDump.tables()) {
    if (signal.aborted) return undefined;
    const count = rowCounter(table.name, search);
    await ports.store.tableDump.read(table, count.look);
    places.push(count.place());
  }
  places.push(await searchParked(ports, search));
  const missing = ports.topics.filter((name) => !names.includes(name));
  const found = verdictOf(places, missing);
  const texts = values.map(soughtText);
  const unfound = texts.flatMap((text, index) => (search.found.has(text) ? [] : index + 1));
  if (erasure !== undefined) {
    const before = await ports.store.erasures.wasSought(keys, texts);
    const verdict = found === 'clean' ? COMPARED[before] : found;
    return { erasure, places, missing, verdict, unfound };
  }
  await ports.store.erasures.noteSought(personKey, [...search.found]);
  return { erasure, places, missing, verdict: found, unfound };
}

/** What it means that nothing was found. */
const COMPARED: Readonly<Record<SoughtBefore, EraseProof['verdict']>> = {
  all: 'clean',
  less: 'other-values',
  unknown: 'not-compared',
};

/** What a key may be left in, without an identity or any other value: random, it leads to nobody any more. */
const KEYS_ALONE = new Set(
  [
    // That somebody was erased, and what is refused and searched for.
    'erasures',
    'erased_identities',
    'erasure_sought',
    // Who was ordered to forget, and up to which version was told: a late record must not raise anybody from the dead.
    'purge_orders',
    'consumer_purges',
    'deliveries',
    // Who asked for what, kept for ever: an erasure names the person, and so does whoever had a person told again.
    'commands',
    // How far a walk over everybody has come: it may stand at the key of the person until its next page.
    'derivations',
    'consumer_walks',
  ].map((table) => `public.${table}`),
);
const ACCESS_LOG = /^public\.access_log(_|$)/;
/** They hold no values. */
const SIGNAL_TOPIC = /\.(events|purge|purge-ack)\.v\d+$/;
const PARKED_PAYLOADS = 'public.parked, payloads decrypted';
/** What the names of the hub's topics begin with after the prefix of the installation. */
const OUR_TOPIC = /^(source|person|consumer|command|hub)\./;

function verdictOf(
  places: readonly SearchedPlace[],
  missing: readonly string[],
): 'nothing-examined' | 'found' | 'clean' {
  const examined = (kind: SearchedPlace['kind']): number =>
    places.filter((place) => place.kind === kind).reduce((sum, place) => sum + place.examined, 0);
  if (examined('topic') === 0 || examined('table') === 0 || missing.length > 0) {
    return 'nothing-examined';
  }
  return places.some((place) => leftIn(place) > 0) ? 'found' : 'clean';
}

/** How much there is that may not be there. */
export function leftIn({
  values,
  keys,
  allows,
}: Pick<SearchedPlace, 'values' | 'keys' | 'allows'>): number {
  switch (allows) {
    case 'access-log':
      return 0;
    case 'keys':
      return values;
    case 'nothing':
      return values + keys;
  }
}

async function findPerson(
  { store }: EraseProofPorts,
  key: PersonKey,
): Promise<Pick<Erasure, 'personKey' | 'keys'> | undefined> {
  const lineage = await store.readLineage(key);
  if (lineage === undefined) return undefined;
  const { personKey, identities } = lineage;
  return { personKey, keys: identities.map(({ identityKey }) => personKeyOf(identityKey)) };
}

async function topicsOf({ kafka, topicPrefix }: EraseProofPorts): Promise<readonly string[]> {
  const names = await kafka.admin.topicNames();
  return names
    .filter(
      (name) => name.startsWith(topicPrefix) && OUR_TOPIC.test(name.slice(topicPrefix.length)),
    )
    .sort();
}

async function searchTopic(
  ports: EraseProofPorts,
  topic: string,
  search: TraceSearch,
  signal: AbortSignal,
): Promise<SearchedPlace> {
  const allows = SIGNAL_TOPIC.test(topic) ? 'keys' : 'nothing';
  let [examined, undecoded, values, keys, lastAt] = [0, 0, 0, 0, 0];
  for await (const record of ports.kafka.readTopic({ topic, signal })) {
    examined += 1;
    const { texts, isDecoded } = await textsOf(record, ports);
    if (!isDecoded) undecoded += 1;
    const found = search.look(texts);
    if (found === undefined) continue;
    // A tombstone has the key of whom it is about, and nothing else: without it nobody would be told.
    if (found === 'key' && record.value === null) continue;
    if (found === 'value') values += 1;
    else keys += 1;
    lastAt = Math.max(lastAt, record.timestamp);
  }
  const place = { kind: 'topic', name: topic, examined, undecoded, values, keys, allows } as const;
  return { ...place, leaves: leftIn(place) > 0 ? await termOf(ports, topic, lastAt) : undefined };
}

/** Key, headers and value, decoded; and the bytes as they are, where Avro has texts as plain as anybody. */
async function textsOf(
  { key, value, headers }: LocatedRecord,
  { decodeAvro }: EraseProofPorts,
): Promise<{ readonly texts: readonly string[]; readonly isDecoded: boolean }> {
  const outside = [key?.toString('utf8') ?? '', ...Object.entries(headers).flat()];
  if (value === null) return { texts: outside, isDecoded: true };
  const texts = [...outside, value.toString('utf8')];
  try {
    const decoded: unknown =
      value[0] === 0 ? await decodeAvro(value) : JSON.parse(value.toString('utf8'));
    return { texts: [...texts, ...textsIn(decoded)], isDecoded: true };
  } catch (error) {
    if (!(error instanceof SyntaxError) && findHubError(error)?.disposition !== 'rejected')
      throw error;
    // Somebody else's bytes, or a schema that nobody has any more: what they say is searched, and it is counted that they were not understood.
    return { texts, isDecoded: false };
  }
}

async function termOf(
  { kafka }: EraseProofPorts,
  topic: string,
  lastAt: number,
): Promise<TopicTerm> {
  const settings = (await kafka.admin.settings([topic])).get(topic);
  const policy = settings?.get('cleanup.policy') ?? 'delete';
  // The segment has to end before anything leaves it.
  const names = policy.includes('compact')
    ? ['segment.ms', 'max.compaction.lag.ms']
    : ['segment.ms', 'retention.ms'];
  const parts = names.map((name) => ({ name, ms: Number(settings?.get(name)) }));
  return {
    policy: `${policy}, ${parts.map(({ name, ms }) => `${name} ${ms}`).join(', ')}`,
    goneBy: lastAt + parts.reduce((sum, { ms }) => sum + ms, 0),
  };
}

/** Looks at the rows of a table as they come. */
function rowCounter(
  name: string,
  search: TraceSearch,
): { readonly look: (row: readonly string[]) => void; readonly place: () => SearchedPlace } {
  const allows = ACCESS_LOG.test(name) ? 'access-log' : KEYS_ALONE.has(name) ? 'keys' : 'nothing';
  let [examined, values, keys] = [0, 0, 0];
  return {
    look: (row) => {
      examined += 1;
      const found = search.look(row.flatMap(withBytes));
      if (found === 'value') values += 1;
      else if (found === 'key') keys += 1;
    },
    place: () => ({
      kind: 'table',
      name,
      examined,
      undecoded: 0,
      values,
      keys,
      allows,
      leaves: undefined,
    }),
  };
}

/** PostgreSQL writes bytes as `\x` and hex. */
function withBytes(text: string): readonly string[] {
  return text.startsWith('\\x')
    ? [text, Buffer.from(text.slice(2), 'hex').toString('utf8')]
    : [text];
}

const PARKED_PAGE = 500;

async function searchParked(
  { store: { parked } }: EraseProofPorts,
  search: TraceSearch,
): Promise<SearchedPlace> {
  const count = rowCounter(PARKED_PAYLOADS, search);
  let after = 0n;
  for (;;) {
    const page = await parked.list(after, PARKED_PAGE);
    for (const { payload } of page) count.look([Buffer.from(payload).toString('utf8')]);
    const last = page.at(-1);
    if (last === undefined) return count.place();
    after = last.id;
  }
}
