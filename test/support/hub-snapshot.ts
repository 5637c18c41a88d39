import { statement } from '../../connectors/hub-store/database.ts';
import { AvroCodec } from '../../connectors/kafka/avro-codec.ts';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { testEnvironment } from './env.ts';
import type { HubWorld } from './hub-world.ts';

/**
 * What a hub ended with, in a form that two runs can be compared in: person keys, which are random, are replaced by the identities of the
 * person. One line for each row or record, sorted.
 *
 * Which key of a merged person goes on, whether there was a person under the other one, and how many versions it took depends on the order in
 * which the records came. So a redirect is no line, but has to lead to the right person; and of a person with several identities neither the
 * version nor the events are compared.
 */
export interface HubSnapshot {
  readonly evidence: readonly string[];
  readonly persons: readonly string[];
  readonly parked: readonly string[];
  /** The last record of each key, but redirects. */
  readonly states: readonly string[];
  /** Each event once, whatever the number of deliveries. */
  readonly events: readonly string[];
}

/**
 * Reads the whole store and both person topics.
 * @throws when a topic contradicts itself or the store: a version that goes backwards, one event id with two contents, a redirect that leads to
 * somebody else.
 */
export async function snapshotHub(world: HubWorld): Promise<HubSnapshot> {
  const persons = await readPersons(world);
  return {
    evidence: await readEvidence(world),
    persons: [...persons.values()]
      .filter(({ redirectTo }) => redirectTo === null)
      .map(({ owner, version, golden }) => `${owner} ${isSingle(owner) ? version : ''} ${golden}`)
      .sort(),
    parked: await readRows(
      world,
      `SELECT concat_ws(' ', code, field, identity_hash) AS line FROM parked WHERE resolved_at IS NULL`,
    ),
    states: await readStates(world, persons),
    events: await readEvents(world, persons),
  };
}

/** The identities that are in some person's golden record, in no order. */
export function publishedIdentities({ persons }: HubSnapshot): readonly string[] {
  return persons.flatMap((line) => line.split(' ', 1)).flatMap((owner) => owner.split(','));
}

interface PersonRow {
  /** The identities of the person; of a redirect, of the one that it leads to. */
  readonly owner: string;
  readonly version: number;
  readonly golden: string | null;
  readonly redirectTo: string | null;
}

function isSingle(owner: string): boolean {
  return !owner.includes(',');
}

async function readRows(world: HubWorld, sql: string): Promise<string[]> {
  const found = await world.store.database.query(statement<{ line: string }>('', sql));
  return found.map(({ line }) => line).sort();
}

/** Without the second at which a flag of protection was first seen, which is another one in each run, and so without the hash. */
async function readEvidence(world: HubWorld): Promise<readonly string[]> {
  return await readRows(
    world,
    `SELECT concat_ws(' ', i.root, i.extension, e.source, regexp_replace(e.content, '"protectedSince":\\d+', '"protectedSince":"then"')) AS line
     FROM evidence e JOIN identities i USING (identity_key)`,
  );
}

/** By person key. The key of a person is that of an identity, which belongs to whoever a redirect has to lead to. */
async function readPersons({ store }: HubWorld): Promise<ReadonlyMap<string, PersonRow>> {
  const rows = await store.database.query(
    statement<{
      person_key: string;
      owner_key: string;
      owner: string;
      version: string;
      golden: string | null;
      redirect_to: string | null;
    }>(
      '',
      `SELECT p.person_key, o.person_key AS owner_key, o.owner, p.version, p.golden, p.redirect_to
       FROM persons p JOIN identities i ON i.identity_key = p.person_key JOIN
         (SELECT person_key, string_agg(root || '|' || extension, ',' ORDER BY root, extension) AS owner
          FROM identities GROUP BY person_key) o ON o.person_key = i.person_key`,
    ),
  );
  const byKey = new Map(rows.map((row) => [row.person_key, row]));
  for (const row of rows) {
    let end = row;
    while (end.redirect_to !== null) {
      const next = byKey.get(end.redirect_to);
      if (next === undefined) throw new Error('A redirect leads nowhere.');
      end = next;
    }
    if (end.person_key !== row.owner_key) throw new Error('A redirect leads to somebody else.');
  }
  return new Map(
    rows.map(({ person_key, owner, version, golden, redirect_to }) => [
      person_key,
      { owner, version: Number(version), golden, redirectTo: redirect_to },
    ]),
  );
}

async function readStates(
  { kafka, prefix }: HubWorld,
  persons: ReadonlyMap<string, PersonRow>,
): Promise<readonly string[]> {
  const codec = openCodec();
  const states = new Map<string, { version: number; redirectTo: unknown; line: string }>();
  for await (const { key, value } of kafka.readTopic({
    topic: topicName(TOPIC.personState, prefix),
  })) {
    const personKey = String(key);
    const decoded = await codec.decode(value);
    const before = states.get(personKey);
    if (decoded.kind === 'tombstone') {
      const version = before?.version ?? 0;
      states.set(personKey, { version, redirectTo: null, line: 'tombstone' });
      continue;
    }
    const { personKey: _, version: stated, redirectTo = null, ...record } = decoded.record;
    const version = Number(stated);
    if (before !== undefined && version < before.version) {
      throw new Error(`A state went back from version ${before.version} to ${version}.`);
    }
    const line = `${decoded.name} ${JSON.stringify(record)}`;
    states.set(personKey, { version, redirectTo, line });
  }
  return [...states]
    .flatMap(([key, { version, redirectTo, line }]) => {
      const stored = persons.get(key);
      if (stored === undefined) throw new Error('The topic has a key that the store has not.');
      if (stored.redirectTo !== redirectTo) throw new Error('A redirect is not as it is stored.');
      const { owner } = stored;
      return redirectTo === null ? [`${owner} ${isSingle(owner) ? version : ''} ${line}`] : [];
    })
    .sort();
}

async function readEvents(
  { kafka, prefix }: HubWorld,
  persons: ReadonlyMap<string, PersonRow>,
): Promise<readonly string[]> {
  const codec = openCodec();
  const events = new Map<string, { readonly owner: string; readonly line: string }>();
  for await (const { key, value } of kafka.readTopic({
    topic: topicName(TOPIC.personEvents, prefix),
  })) {
    const decoded = await codec.decode(value);
    if (decoded.kind === 'tombstone') throw new Error('An event topic has no tombstones.');
    const { eventId, type, version, changed, effectiveDate } = decoded.record;
    const owner = persons.get(String(key))?.owner;
    if (owner === undefined) throw new Error('An event has a key that the store has not.');
    const line = JSON.stringify([owner, version, type, changed, effectiveDate]);
    const before = events.get(String(eventId));
    if (before !== undefined && before.line !== line) {
      throw new Error('One event id, two contents.');
    }
    events.set(String(eventId), { owner, line });
  }
  return [...events.values()]
    .filter(({ owner }) => isSingle(owner))
    .map(({ line }) => line)
    .sort();
}

function openCodec(): AvroCodec {
  return new AvroCodec({ registryUrl: testEnvironment().schemaRegistryUrl, clientId: 'test' });
}

/** Compares line by line and names the first differences, since a diff of twenty thousand lines helps nobody. */
export function differences(actual: HubSnapshot, expected: HubSnapshot): readonly string[] {
  return (['evidence', 'persons', 'parked', 'states', 'events'] as const).flatMap((part) => {
    const is = new Set(actual[part]);
    const should = new Set(expected[part]);
    const missing = [...should].filter((line) => !is.has(line));
    const extra = [...is].filter((line) => !should.has(line));
    const double = actual[part].length - is.size;
    return [
      ...missing.slice(0, 3).map((line) => `${part} lacks (of ${missing.length}): ${line}`),
      ...extra.slice(0, 3).map((line) => `${part} has too much (of ${extra.length}): ${line}`),
      ...(double > 0 ? [`${part} has ${double} lines twice`] : []),
    ];
  });
}
