import { loadConfig } from '../../connectors/config/load-config.ts';
import { AvroCodec } from '../../connectors/kafka/avro-codec.ts';
import { PersonCodec } from '../../connectors/kafka/person-codec.ts';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import { deriveGolden } from '../../core/golden-record/derive-golden.ts';
import { relatedIdentities } from '../../core/golden-record/related-identities.ts';
import { type FormedCluster, formClusters } from '../../core/identity/form-clusters.ts';
import type { IdentityKey, PersonKey } from '../../core/person/person-identifier.ts';
import type { IdentityGroup, StoredPerson } from '../../core/sync/stored-group.ts';
import { testEnvironment } from './env.ts';
import type { HubWorld } from './hub-world.ts';
import { testRules } from './test-rules.ts';

const PAGE_IDENTITIES = 1_000;

/** What a hub that nothing changes any more has come to. */
export interface EndState {
  /** Keys with somebody who is published. */
  readonly persons: number;
  readonly redirects: number;
  /** Persons with several identities. */
  readonly clusters: number;
  /** Where topic, table and fresh derivation do not say the same: person keys. Empty when all is well. */
  readonly contradictions: readonly string[];
}

/**
 * Derives everybody from the evidence alone, by the phase of now, and compares: with what is stored under each key, with where each redirect
 * leads, and byte by byte with the last record of each key on the topic.
 */
export async function readEndState(world: HubWorld): Promise<EndState> {
  await using operator = createOperator(loadConfig(world.settings, 'operator'));
  const published = await readLastRecords(world);
  const codec = await PersonCodec.register(
    new AvroCodec({ registryUrl: testEnvironment().schemaRegistryUrl, clientId: 'test' }),
  );
  const contradictions: string[] = [];
  const counts = { persons: 0, redirects: 0, clusters: 0 };
  let keys = 0;
  for await (const { group, clusters, goldenOf } of deriveAll(operator)) {
    counts.clusters += clusters.filter(({ members }) => members.length > 1).length;
    for (const person of group.persons) {
      keys += 1;
      const { personKey, golden, redirectTo } = person;
      if (golden !== null) counts.persons += 1;
      if (redirectTo !== null) counts.redirects += 1;
      const owner = clusters.find(({ members }) =>
        members.some(({ identityKey }) => identityKey === (personKey as string as IdentityKey)),
      );
      const differs = [
        ['key', redirectEnd(person, group) !== owner?.personKey],
        ['table', redirectTo === null && JSON.stringify(golden) !== goldenOf.get(personKey)],
        ['topic', !isSame(published.get(personKey), codec.encodeState(person).value)],
      ] as const;
      for (const [what, isSo] of differs) if (isSo) contradictions.push(`${what}: ${personKey}`);
    }
    const stored = new Set(group.persons.map(({ personKey }) => personKey));
    for (const [personKey, golden] of goldenOf) {
      if (golden !== 'null' && !stored.has(personKey)) contradictions.push(`lacks: ${personKey}`);
    }
  }
  if (keys !== published.size) {
    contradictions.push(`${keys} keys in the table, ${published.size} on the topic`);
  }
  return { ...counts, contradictions };
}

interface DerivedGroup {
  readonly group: IdentityGroup;
  readonly clusters: readonly FormedCluster[];
  /** The golden record as JSON, by the key that the person has to have. */
  readonly goldenOf: ReadonlyMap<PersonKey, string>;
}

async function* deriveAll({ store }: Operator): AsyncIterable<DerivedGroup> {
  const { phase } = await store.phases.read();
  let after: IdentityKey | null = null;
  do {
    const page = await store.groups.readPage(after, PAGE_IDENTITIES);
    const relatives = relatedIdentities(page.groups.flatMap(({ identities }) => identities));
    const hiddenRelatives = await store.persons.transact((reading) =>
      reading.readProtected(relatives),
    );
    for (const group of page.groups) {
      const { identities, decisions } = group;
      const { clusters } = formClusters(identities, decisions);
      const goldenOf = new Map(
        clusters.map((cluster) => {
          const input = { ...cluster, decisions, hiddenRelatives };
          const { golden } = deriveGolden(input, testRules.golden, phase);
          return [cluster.personKey, JSON.stringify(golden)];
        }),
      );
      yield { group, clusters, goldenOf };
    }
    after = page.next;
  } while (after !== null);
}

/** The key that a key leads to in the end; its own when it is not redirected. */
function redirectEnd(person: StoredPerson, { persons }: IdentityGroup): PersonKey | undefined {
  let end: StoredPerson | undefined = person;
  while (end?.redirectTo) {
    const { redirectTo }: StoredPerson = end;
    end = persons.find(({ personKey }) => personKey === redirectTo);
  }
  return end?.personKey;
}

async function readLastRecords({
  kafka,
  prefix,
}: HubWorld): Promise<ReadonlyMap<string, Buffer | null>> {
  const last = new Map<string, Buffer | null>();
  const topic = topicName(TOPIC.personState, prefix);
  for await (const { key, value } of kafka.readTopic({ topic })) last.set(String(key), value);
  return last;
}

function isSame(is: Buffer | null | undefined, should: Buffer | null): boolean {
  return should === null ? is === null : (is?.equals(should) ?? false);
}
