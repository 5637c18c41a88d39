/** `hub consumers preview` on a real store that was filled by the main path. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateHubStore } from '../../../../connectors/hub-store/migrations.ts';
import {
  createOperator,
  type Operator,
} from '../../../../connectors/runtime/operations/operator.ts';
import type { DisclosurePreview } from '../../../../connectors/runtime/operations/preview-disclosure.ts';
import {
  type Identity,
  type Oid,
  type PersonKey,
  personKeyOf,
} from '../../../../core/person/person-identifier.ts';
import { createHubDatabase, type TestDatabase } from '../../../support/hub-database.ts';
import { evidence, pnr } from '../../../support/person-builder.ts';
import { testConfig } from '../../../support/test-config.ts';
import { feedPersons, testRules } from '../feed-persons.ts';

const LOCAL: Identity = { root: '1.2.752.97.3.1.3' as Oid, extension: '991981000010' };

let database: TestDatabase;
let operator: Operator;

beforeAll(async () => {
  database = await createHubDatabase();
  await migrateHubStore(database.url);
  operator = createOperator(testConfig(database.url));
});

afterAll(async () => {
  await operator[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** The keys of everybody in the group of an identity, in the order in which they were first seen. */
async function keysWith(identity: Identity): Promise<readonly PersonKey[]> {
  return await operator.store.persons.transact(async (reading) => {
    const [group] = await reading.lockGroups([identity]);
    return group?.identities.map(({ identityKey }) => personKeyOf(identityKey)) ?? [];
  });
}

async function preview(consumer: string, key: PersonKey): Promise<DisclosurePreview | undefined> {
  const consumers = await operator.readConsumers();
  const profile = consumers.get(consumer) ?? expect.fail(`no profile is called ${consumer}`);
  return await operator.previewDisclosure(profile, key);
}

const only = (keys: readonly PersonKey[]): PersonKey => keys[0] ?? expect.fail('nobody was stored');

describe('a preview', () => {
  it('is the same by every key of a person, and says which key the person has', async () => {
    const reserve = evidence({
      identity: LOCAL,
      links: [{ kind: 'referred', identity: pnr() }],
    });
    const { persons } = operator.store;
    await feedPersons(persons, await testRules(), 'master', [evidence(), reserve]);
    const keys = await keysWith(pnr());
    const previews = await Promise.all(keys.map((key) => preview('laboratory', key)));
    expect(previews.map((one) => one?.asked)).toEqual(keys);
    expect(new Set(previews.map((one) => one?.personKey)).size).toBe(1);
    expect(keys).toContain(previews[0]?.personKey);
    for (const one of previews) {
      expect(one?.version).toBe(1);
      expect(one?.disclosure).toMatchObject({
        kind: 'person',
        person: {
          name: { surname: 'Testberg' },
          identities: [
            { ...pnr(), main: true },
            { ...LOCAL, main: false },
          ],
        },
      });
    }
  });

  it('takes everybody as listed, and tells what may be told by the golden record of now', async () => {
    const key = only(await keysWith(pnr()));
    expect((await preview('reminders', key))?.disclosure).toMatchObject({
      kind: 'person',
      person: { contacts: [] },
    });
    const hidden = [evidence({ protectedPerson: true })];
    await feedPersons(operator.store.persons, await testRules(), 'master', hidden, 2n);
    expect(await preview('reminders', key)).toMatchObject({
      version: 2,
      disclosure: { kind: 'left-out', reason: 'protected' },
    });
    const masked = await preview('cosmic', key);
    expect(masked?.disclosure.kind).toBe('protected-person');
    expect(JSON.stringify(masked)).not.toContain('Provgatan');
  });

  it('takes nobody as sent before', async () => {
    const dead = evidence({
      identity: pnr(1),
      deregistration: { reason: 'AV', date: null, foundDeadAt: null },
    });
    await feedPersons(operator.store.persons, await testRules(), 'master', [dead]);
    const key = only(await keysWith(pnr(1)));
    expect((await preview('pasis', key))?.disclosure).toEqual({
      kind: 'left-out',
      reason: 'not-in-the-area',
    });
    expect((await preview('cosmic', key))?.disclosure.kind).toBe('person');
  });

  it('goes by the list and by what was sent, of a consumer that was added', async () => {
    const key = only(await keysWith(pnr(1)));
    const files = await operator.readConsumers();
    const agreement = {
      validTo: '2099-12-31',
      frameworkVersion: '1',
      staffInformedBy: 'tester',
      staffInformedAt: '2026-01-01',
    };
    for (const [i, name] of ['reminders', 'pasis'].entries()) {
      const profile = files.get(name) ?? expect.fail(`no profile is called ${name}`);
      const { consumers } = operator.store;
      await consumers.add({ profile, agreement, principal: null }, BigInt(i + 1));
    }
    expect(await preview('reminders', key)).toMatchObject({
      isAssumed: false,
      disclosure: { kind: 'left-out', reason: 'not-listed' },
    });
    const pasis = await operator.store.consumers.find('pasis');
    await database.database.script(
      `INSERT INTO deliveries (consumer_id, person_key, generation, version, kind, told, content_hash)
       VALUES (${pasis?.id}, '${key}', 1, 1, 'person', 0, 'h')`,
    );
    expect((await preview('pasis', key))?.disclosure.kind).toBe('person');
    expect(await preview('cosmic', key)).toMatchObject({ isAssumed: true });
  });

  it('of a key that was never given out is none', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000' as PersonKey;
    expect(await preview('cosmic', nobody)).toBeUndefined();
  });
});
