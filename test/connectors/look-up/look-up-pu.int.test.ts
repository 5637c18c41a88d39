/** Persons whom the hub does not know, and what is asked of PU at the moment: with the sandbox and a real store. Issue 8, point 6. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ErasedIdentityHashes } from '../../../connectors/hub-store/erased-identities.ts';
import type { PuNow } from '../../../connectors/look-up/look-up-ports.ts';
import { ANSWERS } from '../../../connectors/look-up/look-up-schemas.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createLookUpPu } from '../../../connectors/runtime/look-up-pu.ts';
import { connectPu } from '../../../connectors/runtime/open-pu.ts';
import { processRules } from '../../../connectors/runtime/process-rules.ts';
import type { PuClient } from '../../../connectors/sources/pu/pu-client-port.ts';
import type { Phase } from '../../../core/golden-record/authority.ts';
import { createPuMapper } from '../../../core/mapping/map-pu-record.ts';
import {
  type Identity,
  type IdentityHash,
  identityText,
  type Oid,
} from '../../../core/person/person-identifier.ts';
import { processSourceBatch } from '../../../core/sync/process-source-batch.ts';
import type { SourceMessage } from '../../../core/sync/source-record.ts';
import type { PuRecord } from '../../../scripts/population/pu-record.ts';
import { freshTopic } from '../../contracts/store-under-test.ts';
import { testStoreConfig } from '../../support/hub-database.ts';
import { evidence } from '../../support/person-builder.ts';
import { createTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { mappingFiles } from '../../support/test-rules.ts';
import {
  createLookUpWorld,
  LOOKS_UP,
  type LookUpClient,
  type LookUpWorld,
  type ServedLookUp,
} from './look-up-world.ts';

const LONGEST_MS = 1_500;

let sandbox: TestSandbox;
let world: LookUpWorld;
let client: PuClient & AsyncDisposable;
let served: ServedLookUp;
let all: LookUpClient;
/** What was handed to the main path. */
let handed: SourceMessage[];
/** False: the main path stands still. */
let isProcessed = true;
const records: PuRecord[] = [];
const asked: { depth: string; identities: number }[] = [];
/** Whose records PU gives with a birth date that no mapper takes; as `identityText`. */
const damaged = new Set<string>();
/** About whom PU says nothing at all. */
const silent = new Set<string>();

beforeAll(async () => {
  sandbox = await createTestSandbox({ persons: 600 });
  world = await createLookUpWorld(sandbox.environment);
  for await (const record of sandbox.control.records()) records.push(record);
  const { pu } = world.config;
  if (pu === null) throw new Error('the sandbox is no PU');
  client = connectPu(pu, {
    budget: { takeTurn: () => Promise.resolve() },
    signal: new AbortController().signal,
    observe: { onRetry: () => undefined, onClockSkew: () => undefined, onCircuit: () => undefined },
    settings: { retries: 0, circuitFailures: 1_000 },
  });
  served = await world.serve({ pu: lookUpPu(), keyWaitMs: 300 });
  await world.addConsumer({ name: 'all' });
  await world.addConsumer({
    name: 'laboratory',
    groups: new Set(['name', 'birth']),
    contacts: null,
    relations: new Set(),
  });
  await world.addConsumer({ name: 'open-only', protectedPersons: 'left-out' });
  await world.addConsumer({
    name: 'sees-all-relations',
    lookUp: { ...LOOKS_UP, seesProtectedRelations: true },
  });
  all = await served.as('all');
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
});

beforeEach(async () => {
  handed = [];
  isProcessed = true;
  asked.length = 0;
  damaged.clear();
  silent.clear();
  await sandbox.control.clearFaults();
});

function lookUpPu(): PuNow {
  const { classifier, areas, puMapping } = mappingFiles;
  const pu = createLookUpPu({
    client: {
      getPersons: async (identities, profile) => {
        asked.push({ depth: profile, identities: identities.length });
        const told = await client.getPersons(identities, profile);
        const answers = told.answers.flatMap((answer) => {
          const { requested, record } = answer;
          const text = requested === null ? '' : identityText(requested);
          if (silent.has(text)) return [];
          if (record === null || !damaged.has(text)) return answer;
          return { ...answer, record: { ...record, person: { ...record.person, birthDate: 'x' } } };
        });
        return { ...told, answers };
      },
    },
    sink: { append: takeIn },
    mapper: createPuMapper({ mapping: puMapping, classifier, areas }),
    isPulled: async (identities) => {
      const known = await world.store.puKnown.find(identities);
      return new Set([...known].flatMap(([place, { state }]) => (state === 'sent' ? [place] : [])));
    },
    erasedOf: (identities) => world.store.lookUps.erased(identities),
    keepsTestPersons: true,
    longestMs: LONGEST_MS,
    now: Date.now,
    log: createLogger({ level: 'error' }),
  });
  return pu;
}

/** The raw topic and the main path behind it. */
async function takeIn(messages: readonly SourceMessage[]): Promise<void> {
  handed.push(...messages);
  if (!isProcessed) return;
  const batch = messages.map((message, offset) => ({
    offset,
    identityHash: `person-${offset}` as string as IdentityHash,
    message,
    payload: new Uint8Array(),
  }));
  await processSourceBatch(
    {
      topic: freshTopic(),
      partition: 0,
      firstOffset: 0,
      nextOffset: batch.length,
      records: batch,
    },
    world.store.persons,
    processRules(mappingFiles, 'test').pu,
  );
}

let used = 0;
/** Whom a test has asked for, or made something else of: siblings have the same custodians. */
const met = new Set<string | undefined>();
/** Somebody whom no test before has asked for. */
function somebody(fits: (record: PuRecord) => boolean = () => true): PuRecord {
  const isOpen = (record: PuRecord) =>
    !record.protectedPersonIndicator &&
    record.protectedPopulationRecord !== true &&
    record.linkedIdentity === undefined &&
    record.referredPersonalIdentities === undefined &&
    record.deregistration === undefined &&
    record.personalIdentity.root === '1.2.752.129.2.1.3.1' &&
    !met.has(record.personalIdentity.extension);
  const place = records.findIndex((one, n) => n >= used && isOpen(one) && fits(one));
  const found = records[place];
  if (found === undefined) throw new Error('nobody of this kind is left');
  used = place + 1;
  met.add(found.personalIdentity.extension);
  return found;
}

const identityOf = ({ personalIdentity: { root, extension } }: PuRecord) => ({
  root: root as Oid,
  extension,
});

const lookUp = async (caller: LookUpClient, record: PuRecord) =>
  ANSWERS.lookUp.parse(
    (await caller.call('POST', '/v1/persons/lookup', { identities: [identityOf(record)] })).body,
  ).results[0];

async function switchTo(phase: Phase): Promise<void> {
  await world.database.database.script(`UPDATE phases SET phase = '${phase}'`);
}

/** Makes somebody known by Master, and by PU as a pull would. */
async function known(record: PuRecord): Promise<string> {
  const identity = identityOf(record);
  const [key] = await world.feed([evidence({ identity, contacts: [] })]);
  return key ?? 'nobody';
}

/** As an erasure with `--keep-hash` leaves it. */
async function erase(identity: Identity): Promise<void> {
  const { erasedIdentityKey } = testStoreConfig(world.database.url);
  const key = '33333333-3333-4333-8333-333333333333';
  await new ErasedIdentityHashes(erasedIdentityKey).keep(
    world.database.database,
    key,
    [identity],
    [],
  );
}

async function change(record: PuRecord, more: Partial<PuRecord>): Promise<void> {
  await sandbox.control.live({ persons: [], records: [{ ...record, ...more }] });
}

describe('somebody whom the hub does not know', () => {
  it('is told from PU at once, becomes known by the main path, and is not published in shadow', async () => {
    const record = somebody();
    const result = await lookUp(all, record);
    expect(result).toMatchObject({
      status: 'found',
      source: 'pu-now',
      version: null,
      person: { name: { surname: record.name?.surname } },
    });
    expect(result?.personKey).toBe(await world.keyOf(identityOf(record)));
    expect(handed).toMatchObject([{ source: 'pu', operation: 'upsert', position: { epoch: 0 } }]);
    expect(asked).toEqual([{ depth: 'P4', identities: 1 }]);
    const person = await world.store.readLineage(result?.personKey as never);
    expect(person?.person?.golden ?? null).toBeNull();
    const again = await all.call('GET', `/v1/persons/${result?.personKey}`);
    expect(again.body).toMatchObject({
      status: 'found',
      source: 'pu-now',
      personKey: result?.personKey,
    });
  });

  it('is asked for with the lowest profile that serves the caller, and joins the pull of known persons in full', async () => {
    const record = somebody();
    const result = await lookUp(await served.as('laboratory'), record);
    expect(asked).toEqual([{ depth: 'P1', identities: 1 }]);
    expect(Object.keys(result?.person ?? {}).toSorted()).toEqual([
      'birthDate',
      'identities',
      'name',
      'testPerson',
    ]);
    const { askableRoots, pulls } = mappingFiles.puMapping;
    const scope = {
      askableRoots,
      reserveRoots: pulls['reserve-identities'].roots,
      wholeCounties: ['03'],
      places: [],
    };
    const { identities } = await world.store
      .askableIdentities(scope, 10_000)
      .page({ selection: 'unanswered', after: null, through: null, askedBefore: null });
    expect(identities).toContainEqual(identityOf(record));
  });

  it('never takes the place of what a pull has said, however late it comes', async () => {
    const record = somebody();
    await lookUp(await served.as('laboratory'), record);
    const [early] = handed;
    if (early?.operation !== 'upsert') expect.fail('nothing was handed over');
    await lookUp(all, record);
    const [, whole] = handed;
    if (whole?.operation !== 'upsert') expect.fail('nothing was handed over again');
    await takeIn([{ ...whole, position: { epoch: 1, version: 1n } }]);
    await takeIn([early]);
    const lineage = await world.store.readLineage((await world.keyOf(identityOf(record))) as never);
    expect(lineage?.evidence).toMatchObject([{ source: 'pu', position: { epoch: 1 } }]);
    expect(lineage?.evidence[0]?.content?.locality?.municipalityCode).toBeTruthy();
  });

  it('is answered from the golden record as soon as PU publishes', async () => {
    await switchTo('step-1');
    const record = somebody();
    const first = await lookUp(all, record);
    expect(first).toMatchObject({ status: 'found', source: 'pu-now', version: 1 });
    expect(await lookUp(all, record)).toMatchObject({ source: 'hub', version: 1 });
    expect(asked).toHaveLength(1);
    await switchTo('shadow');
  });

  it('is answered without a key while the main path stands still', async () => {
    isProcessed = false;
    const record = somebody();
    const result = await lookUp(all, record);
    expect(result).toMatchObject({ status: 'found', source: 'pu-now', personKey: null });
    const asFhir = await all.call('POST', '/v1/persons/lookup?format=fhir-patient', {
      identities: [identityOf(record)],
    });
    const patient = asFhir.body.results[0]?.patient;
    expect(patient).toMatchObject({ resourceType: 'Patient' });
    expect(patient).not.toHaveProperty('id');
  });

  it('is masked when PU protects, and left out where the profile says so', async () => {
    const record = somebody();
    await change(record, { protectedPersonIndicator: true });
    const masked = await all.call('POST', '/v1/persons/lookup', {
      identities: [identityOf(record)],
    });
    expect(masked.body.results[0]).toMatchObject({ source: 'pu-now', kind: 'protected-person' });
    expect(masked.text).not.toContain(
      record.addressInformation?.residentialAddress?.postalAddress2 ?? '-',
    );
    const left = await lookUp(await served.as('open-only'), record);
    expect(left).toMatchObject({ status: 'not-disclosed', source: null, personKey: null });
  });

  it('is protected as somebody is with whom PU links the number', async () => {
    const hidden = somebody();
    await world.feed([evidence({ identity: identityOf(hidden), protectedPerson: true })]);
    const record = somebody();
    await change(record, {
      referredPersonalIdentities: [
        { referredPersonalIdentity: hidden.personalIdentity, referredPersonalIdentityStatus: 'NY' },
      ],
    });
    expect(await lookUp(all, record)).toMatchObject({ kind: 'protected-person' });
  });

  it('is unknown to PU when PU says so, and leaves nothing in the hub', async () => {
    const identity = { root: '1.2.752.129.2.1.3.1', extension: '189001019802' };
    const { body } = await all.call('POST', '/v1/persons/lookup', { identities: [identity] });
    expect(body.results[0]).toMatchObject({ status: 'unknown-to-pu', personKey: null });
    expect(handed).toEqual([]);
    expect(await world.keyOf(identity as never)).toBeUndefined();
  });

  it('who was erased and must not come back is not asked for, not told and not handed over', async () => {
    const record = somebody();
    const other = somebody();
    await erase(identityOf(record));
    expect(await lookUp(all, record)).toMatchObject({ status: 'not-disclosed', personKey: null });
    expect(asked).toEqual([]);
    const both = await all.call('POST', '/v1/persons/lookup', {
      identities: [identityOf(record), identityOf(other)],
    });
    expect(both.body.results.map(({ status }) => status)).toEqual(['not-disclosed', 'found']);
    expect(asked).toMatchObject([{ identities: 1 }]);
    expect(handed).toHaveLength(1);
  });

  it('was not checked when PU is down, refuses or takes too long: never that there is nobody', async () => {
    const record = somebody();
    await sandbox.control.setFault('down');
    expect(await lookUp(all, record)).toMatchObject({ status: 'unknown-not-checked' });
    await sandbox.control.clearFaults();
    await sandbox.control.setFault('call-fails');
    expect(await lookUp(all, record)).toMatchObject({ status: 'unknown-not-checked' });
    await sandbox.control.clearFaults();
    await sandbox.control.setFault('slow', { delayMs: 20_000 });
    const begun = performance.now();
    expect(await lookUp(all, record)).toMatchObject({ status: 'unknown-not-checked' });
    expect(performance.now() - begun).toBeLessThan(LONGEST_MS + 1_000);
    await sandbox.control.clearFaults();
    expect(await lookUp(all, record)).toMatchObject({ status: 'found' });
  });

  it('is listed by a consumer after it was read from PU', async () => {
    await world.addConsumer({ name: 'reminders', persons: { kind: 'list' } });
    const record = somebody();
    const caller = await served.as('reminders');
    const { body } = await caller.call('PUT', '/v1/list', { identities: [identityOf(record)] });
    expect(body.results).toEqual([
      { identity: identityOf(record), outcome: 'added', why: 'not-published' },
    ]);
    await sandbox.control.setFault('down');
    const later = await caller.call('PUT', '/v1/list', { identities: [identityOf(somebody())] });
    expect(later.body.results[0]).toMatchObject({ outcome: 'unknown', why: 'unknown-not-checked' });
  });
});

describe('custodians and next of kin', () => {
  const isChild = (record: PuRecord) => {
    const custodians = custodiansOf(record);
    const isNew = custodians.length === 2 && custodians.every((one) => !met.has(one));
    if (isNew) for (const one of custodians) met.add(one);
    return isNew;
  };
  const ask = async (caller: LookUpClient, key: string, call = 'custodians') =>
    ANSWERS.relations.parse((await caller.call('POST', `/v1/persons/${key}/${call}`)).body);
  const numbersOf = (answer: {
    readonly relations: readonly { readonly identity: { extension: string } | null }[];
  }) => answer.relations.map(({ identity }) => identity?.extension).toSorted();
  const custodiansOf = ({ relationship = [] }: PuRecord): readonly (string | undefined)[] =>
    relationship
      .filter(({ relationshipType }) => relationshipType === 'V')
      .map(({ relationshipId }) => relationshipId.personalIdentity?.extension)
      .toSorted();
  const recordOf = (extension: string | undefined) =>
    records.find(({ personalIdentity }) => personalIdentity.extension === extension) ??
    expect.fail('a custodian is missing');

  it('are those of PU at this moment, and the relatives of whom nothing is known are asked about', async () => {
    const child = somebody(isChild);
    const key = await known(child);
    const answer = await ask(all, key);
    expect(answer).toMatchObject({ status: 'answered', source: 'pu-now' });
    expect(answer.ageSeconds).toBeLessThan(5);
    expect(numbersOf(answer)).toEqual(custodiansOf(child));
    expect(asked.map(({ depth }) => depth)).toEqual(['P4', 'P1']);
    const kin = await ask(all, key, 'next-of-kin');
    expect(kin.relations.every(({ kind }) => kind !== 'custodian')).toBe(true);
    expect(kin.relations.length).toBeGreaterThan(0);
  });

  it('leave out whoever is protected, known to the hub or not, unless the profile has the right', async () => {
    const child = somebody(isChild);
    const key = await known(child);
    const [first, second] = custodiansOf(child);
    await change(recordOf(first), { protectedPersonIndicator: true });
    expect(numbersOf(await ask(all, key))).toEqual([second]);
    expect(numbersOf(await ask(await served.as('sees-all-relations'), key))).toEqual([
      first,
      second,
    ]);
    await world.feed([evidence({ identity: identityOf(recordOf(second)), protectedPerson: true })]);
    expect(numbersOf(await ask(all, key))).toEqual([]);
  });

  it('leave out a relative whom PU links with somebody protected, or says nothing of', async () => {
    const child = somebody(isChild);
    const hidden = somebody();
    await world.feed([evidence({ identity: identityOf(hidden), protectedPerson: true })]);
    const key = await known(child);
    const [first, second] = custodiansOf(child);
    await change(recordOf(first), {
      referredPersonalIdentities: [
        { referredPersonalIdentity: hidden.personalIdentity, referredPersonalIdentityStatus: 'NY' },
      ],
    });
    expect(numbersOf(await ask(all, key))).toEqual([second]);
    silent.add(identityText(identityOf(recordOf(second))));
    expect(numbersOf(await ask(all, key))).toEqual([]);
  });

  it('leave out a relative who was erased, for everybody', async () => {
    const child = somebody(isChild);
    const key = await known(child);
    const [first, second] = custodiansOf(child);
    await erase(identityOf(recordOf(first)));
    expect(numbersOf(await ask(all, key))).toEqual([second]);
    expect(numbersOf(await ask(await served.as('sees-all-relations'), key))).toEqual([second]);
  });

  it('are not those of the stored copy when PU has a record that cannot be used', async () => {
    await switchTo('step-1');
    const child = somebody(isChild);
    const identity = identityOf(child);
    const key = (await lookUp(all, child))?.personKey ?? expect.fail('the child has no key');
    await world.store.puKnown.put([
      {
        identity,
        state: 'sent',
        askedAt: Date.now(),
        epoch: 1,
        second: 1,
        contentHash: 'x',
        place: null,
      },
    ]);
    damaged.add(identityText(identity));
    const path = `/v1/persons/${key}`;
    const relations = async (caller: LookUpClient) =>
      await caller.call('POST', `${path}/custodians`);
    const letter = async (caller: LookUpClient) =>
      await caller.call('POST', `${path}/letter-channel`, {});
    const notChecked = { status: 503, body: { code: 'HUB_LOOKUP_NOT_CHECKED' } };
    expect(await relations(all)).toMatchObject(notChecked);
    expect(await letter(all)).toMatchObject(notChecked);
    // It protects all the same, as it does on the main path.
    await change(child, { protectedPersonIndicator: true });
    expect((await relations(all)).body).toMatchObject({ status: 'protected', relations: [] });
    expect((await letter(all)).body).toMatchObject({
      because: 'protected',
      address: 'forwarding-by-skatteverket',
    });
    const openOnly = await served.as('open-only');
    for (const call of [relations, letter]) {
      expect((await call(openOnly)).body.code).toBe('HUB_LOOKUP_NOT_DISCLOSED');
    }
    await switchTo('shadow');
  });

  it('are those of the stored copy with its age when PU is down, or not available', async () => {
    await switchTo('step-1');
    const child = somebody(isChild);
    const identity = identityOf(child);
    const { personKey } = (await lookUp(all, child)) ?? {};
    const key = personKey ?? expect.fail('the child has no key');
    await sandbox.control.setFault('down');
    expect(await ask(all, key)).toMatchObject({ status: 'not-available', relations: [] });
    const askedAt = Date.now() - 3_600_000;
    await world.store.puKnown.put([
      { identity, state: 'sent', askedAt, epoch: 1, second: 1, contentHash: 'x', place: null },
    ]);
    const stored = await ask(all, key);
    expect(stored).toMatchObject({ status: 'answered', source: 'stored' });
    expect(stored.ageSeconds).toBeGreaterThanOrEqual(3_600);
    expect(stored.ageSeconds).toBeLessThan(3_660);
    expect(numbersOf(stored)).toEqual(custodiansOf(child));
    await switchTo('shadow');
  });

  it('of whom custody has ended are left out', async () => {
    const child = somebody(isChild);
    const [first, second] = custodiansOf(child);
    await change(child, {
      relationship: (child.relationship ?? []).map((one) =>
        one.relationshipId.personalIdentity?.extension === first
          ? { ...one, relationshipToDate: '2020-01-31' }
          : one,
      ),
    });
    expect(numbersOf(await ask(all, await known(child)))).toEqual([second]);
  });

  it('of a protected person are told to nobody, from the moment at which PU says it', async () => {
    const child = somebody(isChild);
    const key = await known(child);
    await change(child, { protectedPersonIndicator: true });
    expect(await ask(all, key)).toMatchObject({ status: 'protected', relations: [] });
    const left = await (await served.as('open-only')).call('POST', `/v1/persons/${key}/custodians`);
    expect(left.body.code).toBe('HUB_LOOKUP_NOT_DISCLOSED');
  });

  it('are in no profile that does not ask for them, and the log says what was told', async () => {
    const child = somebody(isChild);
    const key = await known(child);
    const refused = await (await served.as('laboratory')).call(
      'POST',
      `/v1/persons/${key}/custodians`,
    );
    expect(refused).toMatchObject({ status: 403, body: { code: 'HUB_LOOKUP_NOT_IN_PROFILE' } });
    await ask(all, key);
    expect((await world.logRows()).at(-1)).toMatchObject({
      activity_args: 'custodians',
      person_key: key,
      fields: 'relations',
      person_outcome: 'answered',
      origin: 'pu-now',
    });
  });
});

describe('the channel of a letter', () => {
  const ask = async (caller: LookUpClient, key: string, body: object = {}) =>
    await caller.call('POST', `/v1/persons/${key}/letter-channel`, body);
  const DIGITAL = {
    optoutPaperNotification: true,
    contactInformation: [
      { contactType: 'phone', use: 'mobile', value: '+46701740605', digitalNotification: true },
    ],
  };

  it('is decided by what PU says now, and paper unless the person has chosen', async () => {
    const record = somebody();
    const key = await known(record);
    await change(record, { contactInformation: [], optoutPaperNotification: false });
    const paper = ANSWERS.letterChannel.parse((await ask(all, key)).body);
    expect(paper).toMatchObject({ source: 'pu-now', channels: ['paper'], address: 'residential' });
    expect(asked.map(({ depth }) => depth)).toEqual(['P3']);
    await change(record, DIGITAL);
    expect((await ask(all, key)).body).toMatchObject({ channels: ['digital'], because: 'opt-out' });
    expect((await ask(all, key, { letterNeededToo: true })).body).toMatchObject({
      channels: ['digital', 'paper'],
    });
  });

  it('of a protected person is paper by Skatteverket, without any address', async () => {
    const record = somebody();
    const key = await known(record);
    await change(record, { ...DIGITAL, protectedPersonIndicator: true });
    const { text, body } = await ask(all, key);
    expect(body).toMatchObject({
      channels: ['paper'],
      because: 'protected',
      address: 'forwarding-by-skatteverket',
      addressKindOrder: [],
    });
    expect(text).not.toContain('+46701740605');
  });

  it('is decided by the stored copy when PU is down', async () => {
    const key = await known(somebody());
    await sandbox.control.setFault('down');
    expect((await ask(all, key)).body).toMatchObject({
      source: 'stored',
      asOf: null,
      channels: ['paper'],
    });
  });

  it('is not asked for by a profile without addresses', async () => {
    const key = await known(somebody());
    const refused = await ask(await served.as('laboratory'), key);
    expect(refused.body.code).toBe('HUB_LOOKUP_NOT_IN_PROFILE');
  });
});

describe('PU while somebody waits', () => {
  it('is not waited for by Kafka: an answer goes out while the raw topic is away', async () => {
    const { classifier, areas, puMapping } = mappingFiles;
    const away = Promise.withResolvers<void>();
    await using pu = createLookUpPu({
      client,
      sink: { append: () => away.promise },
      mapper: createPuMapper({ mapping: puMapping, classifier, areas }),
      isPulled: () => Promise.resolve(new Set()),
      erasedOf: () => Promise.resolve(new Set()),
      keepsTestPersons: true,
      longestMs: LONGEST_MS,
      now: Date.now,
      log: createLogger({ level: 'error' }),
    });
    const answer = await Promise.race([pu.ask([identityOf(somebody())], 'P1', true), sleep(3_000)]);
    expect(answer).toHaveProperty('askedAt');
    away.resolve();
  });
});
