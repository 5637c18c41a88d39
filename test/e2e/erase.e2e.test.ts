/** Somebody is erased while a register still delivers the person: found before, refused when it comes again, found nowhere afterwards. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import { consumerTopicTable, type TopicSpec } from '../../connectors/kafka/topics.ts';
import {
  type CoreCommand,
  coreRequestOf,
  runCoreCommand,
} from '../../connectors/runtime/operations/core-commands.ts';
import { type EraseProof, leftIn } from '../../connectors/runtime/operations/erase-proof.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import { printEraseProof } from '../../connectors/runtime/operations/print-erasures.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { testEnvironment } from '../support/env.ts';
import { until } from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { createHubWorld, type HubWorld, PARTITIONS } from '../support/hub-world.ts';
import { deleteRecordsBefore } from '../support/plain-kafkajs.ts';

const PERSONS = 400;
const NEVER = new AbortController().signal;
/** As in production, in seconds where it is hours. */
const AT_ONCE = {
  'segment.ms': '1000',
  'min.cleanable.dirty.ratio': '0.01',
  'max.compaction.lag.ms': '1000',
  'delete.retention.ms': '1000',
};
/** Of nobody else in this population. */
const SURNAME = 'Utplånberg';
const PROPERTY = 'Utplånaren 7:7';
const OTHER_SURNAME = 'Kvarhållare';

it('erases one person from every topic and table, and nobody else', async () => {
  await using world = await createHubWorld({ master: { persons: PERSONS } });
  await using master = openDatabase({ url: world.masterUrl, applicationName: 'test', poolSize: 1 });
  await using operator = createOperator(loadConfig(world.settings, 'operator'));
  const cosmic = (await operator.readConsumers()).get('cosmic') ?? expect.fail('no profile');
  const options = { prefix: world.prefix, partitions: PARTITIONS };
  await world.kafka.admin.ensureTopics(
    [...operator.topicTable, ...consumerTopicTable(cosmic, options)].map(compactedAtOnce),
  );
  const [erased, other] = await choosePersons(master);
  await using hub = world.start();
  await world.settle([hub]);
  const agreement = {
    validTo: '2099-12-31',
    frameworkVersion: '1',
    staffInformedBy: 'the test',
    staffInformedAt: '2026-01-01',
  };
  expect(
    await operator.store.consumers.add({ profile: cosmic, agreement, principal: null }, 1n),
  ).toBe('done');
  const key = await keyOf(world, SURNAME);
  const otherKey = await keyOf(world, OTHER_SURNAME);
  const values = [erased, SURNAME, PROPERTY];
  const state = `${world.prefix}consumer.cosmic.person.v1`;
  await until(hub, 'the consumer was told', async () => {
    return leftAt(await prove(operator, key, values), state) > 0;
  });

  const before = await prove(operator, key, values);
  expect(before).toMatchObject({ verdict: 'found', unfound: [] });
  expect(placesLeft(before)).toEqual([
    state,
    `${world.prefix}person.state.v1`,
    `${world.prefix}source.master.person.v1`,
    'public.evidence',
    expect.stringMatching(/^public\.evidence_journal_/),
    'public.identities',
    'public.persons',
  ]);
  const otherBefore = await personRow(world, otherKey);

  expect(await command(operator, key, false)).toMatchObject({
    outcome: 'refused',
    detail: 'still-delivered',
  });
  expect(await command(operator, key, true)).toMatchObject({ outcome: 'done' });
  await until(hub, 'everybody was told', async () => {
    return (await operator.store.erasures.find(key))?.state === 'compacting';
  });
  const orders = await operator.store.consumerPurges.open(10);
  expect(orders).toMatchObject([{ consumer: 'cosmic', personKey: key, reason: 'erased' }]);
  // Tables are clean at once; topics lose it later, and the proof says where and when.
  const between = await prove(operator, key, values);
  expect(tablesLeft(between)).toEqual([]);
  expect(leftAt(between, `${world.prefix}source.master.person.v1`)).toBeGreaterThan(0);
  expect(between.verdict).toBe('found');

  await master.script(
    `UPDATE dbo."Befolkning" SET "Civilstand" = 'G' WHERE "Efternamn" = '${SURNAME}'`,
  );
  await until(hub, 'what came again was refused', async () => {
    return ((await operator.store.erasures.find(key))?.refused ?? 0) > 0;
  });
  await world.settle([hub]);
  expect(await world.count(`SELECT count(*) AS n FROM parked WHERE resolved_at IS NULL`)).toBe(
    Number(before.places.find(({ name }) => name === 'public.parked')?.examined),
  );
  expect(tablesLeft(await prove(operator, key, values))).toEqual([]);

  await forgetRawRecords(world);
  await until(hub, 'topics had lost it', async () => {
    // What compaction leaves alone is the segment that is written to: others have to be told of.
    await master.script(
      `UPDATE dbo."Befolkning" SET "Mellannamn" = left(md5(random()::text), 8)
       WHERE "Efternamn" NOT IN ('${SURNAME}', '${OTHER_SURNAME}')`,
    );
    return (await prove(operator, key, values)).verdict === 'clean';
  });

  // A walk that stopped in the middle stands at a key, and says nothing of whose it is.
  await world.store.database.script(
    `INSERT INTO derivations (kind, state, cursor, started_at, command_id) VALUES ('rebuild', 'stopped', '${key}', now(), 999)`,
  );
  const misspelt = await prove(operator, key, [erased, 'Utplanberg']);
  expect(misspelt).toMatchObject({ verdict: 'other-values' });
  const after = await prove(operator, key, values);
  expect(printEraseProof(after)).toContain('PROVED');
  expect(printEraseProof(after)).not.toContain(SURNAME);
  expect(after.places.reduce((sum, { examined }) => sum + examined, 0)).toBeGreaterThan(PERSONS);
  expect(await operator.store.erasures.noteProved(key)).toBe(true);
  // What is compared with is gone.
  expect((await prove(operator, key, values)).verdict).toBe('not-compared');

  expect(await personRow(world, otherKey)).toEqual(otherBefore);
  const ofOther = await prove(operator, otherKey, [other, OTHER_SURNAME]);
  expect(placesLeft(ofOther)).toEqual(
    expect.arrayContaining([state, `${world.prefix}person.state.v1`, 'public.evidence']),
  );
  expect(await hub.stop()).toBe(0);
}, 240_000);

it('is no proof when there was nothing to search', async () => {
  await using world = await createHubWorld({ master: { persons: 10 } });
  await using operator = createOperator(loadConfig(world.settings, 'operator'));
  await using hub: HubProcess = world.start({ HUB_ROLES: 'core' });
  await until(hub, 'the tables were made', async () => {
    return (await world.count("SELECT count(to_regclass('erasures')) AS n")) > 0;
  });
  await world.store.database.script(
    `INSERT INTO erasures (person_key, keys, state, keeps_hash, command_id)
     VALUES ('${NOBODY}', '{${NOBODY}}', 'compacting', false, 1)`,
  );
  await hub.stop();
  const proof = await prove(operator, NOBODY, ['189001019802']);
  expect(proof.verdict).toBe('nothing-examined');
  expect(printEraseProof(proof)).toContain('NO PROOF');
}, 60_000);

const NOBODY = '00000000-0000-4000-8000-000000000001' as string as PersonKey;

function compactedAtOnce(spec: TopicSpec): TopicSpec {
  const isCompacted = spec.settings['cleanup.policy'] === 'compact';
  return isCompacted ? { ...spec, settings: { ...spec.settings, ...AT_ONCE } } : spec;
}

/** Gives two residents names of their own. @returns their numbers: of who is erased, of who is not. */
async function choosePersons(
  master: Awaited<ReturnType<typeof openDatabase>>,
): Promise<readonly [string, string]> {
  const rows = await master.query(
    statement<{ id: string }>(
      '',
      `SELECT "PersonId" AS id FROM dbo."Befolkning" b
       WHERE "IdTyp" = 'PNR' AND "AvregOrsak" IS NULL AND NOT "Sekretess" AND NOT "SkyddadFolkbokforing" AND NOT "Testperson"
         AND "HanvisningId" IS NULL AND NOT EXISTS (SELECT FROM dbo."Befolkning" o WHERE o."HanvisningId" = b."PersonId")
         AND "PersonId" ~ '^\\d{12}$' ORDER BY "PersonId" LIMIT 2`,
    ),
  );
  const [erased, other] = rows.map(({ id }) => id);
  if (erased === undefined || other === undefined) expect.fail('the population has nobody');
  await master.script(
    `UPDATE dbo."Befolkning" SET "Efternamn" = '${SURNAME}', "Fastighet" = '${PROPERTY}' WHERE "PersonId" = '${erased}';
     UPDATE dbo."Befolkning" SET "Efternamn" = '${OTHER_SURNAME}' WHERE "PersonId" = '${other}'`,
  );
  return [erased, other];
}

async function keyOf({ store }: HubWorld, surname: string): Promise<PersonKey> {
  const [row] = await store.database.query(
    statement<{ person_key: string }>(
      '',
      `SELECT person_key FROM persons WHERE golden LIKE '%${surname}%'`,
    ),
  );
  return (row?.person_key ?? expect.fail('nobody has this name')) as PersonKey;
}

async function personRow({ store }: HubWorld, key: PersonKey) {
  return await store.database.query(
    statement('', `SELECT version, golden, content_hash FROM persons WHERE person_key = '${key}'`),
  );
}

async function command(operator: Operator, person: PersonKey, keepsHash: boolean) {
  const lineage = await operator.store.readLineage(person);
  const seen = lineage?.identities.map(({ identityKey }) => identityKey) ?? [];
  const wanted: CoreCommand = { kind: 'erase', person, seen, keepsHash };
  const made = coreRequestOf(wanted, { reason: 'a test', requestedBy: 'tester' });
  if (made.kind === 'refused') return expect.fail(made.why);
  return (await runCoreCommand(operator.store, made.request, 30_000, NEVER)).answer;
}

async function prove(
  operator: Operator,
  key: PersonKey,
  values: readonly string[],
): Promise<EraseProof> {
  return (await operator.proveErasure(key, values, NEVER)) ?? expect.fail('nobody has the key');
}

function placesLeft({ places }: EraseProof): readonly string[] {
  return places.filter((place) => leftIn(place) > 0).map(({ name }) => name);
}

function leftAt({ places }: EraseProof, name: string): number {
  const place = places.find((one) => one.name === name);
  return place === undefined ? 0 : leftIn(place);
}

function tablesLeft(proof: EraseProof): readonly string[] {
  return placesLeft(proof).filter((name) => name.startsWith('public.'));
}

/** As their retention does after a week. */
async function forgetRawRecords({ kafka, prefix }: HubWorld): Promise<void> {
  const [broker = ''] = testEnvironment().kafkaBrokers;
  const topic = `${prefix}source.master.person.v1`;
  for (const { partition, high } of await kafka.admin.offsets(topic)) {
    await deleteRecordsBefore(broker, topic, partition, high);
  }
}
