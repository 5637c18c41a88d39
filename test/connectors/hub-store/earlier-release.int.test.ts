import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../connectors/hub-store/content-hash.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { migrateDatabase } from '../../../connectors/hub-store/knex-client.ts';
import { MIGRATIONS, migrateHubStore } from '../../../connectors/hub-store/migrations.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { type Identity, OID_PNR } from '../../../core/person/person-identifier.ts';
import { stepDerivation } from '../../../core/sync/rederive.ts';
import { evidenceOf, goldenOf, readGroups } from '../../contracts/store-under-test.ts';
import {
  createEmptyDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { testRules } from '../../support/test-rules.ts';

const BEFORE_0005 = MIGRATIONS.slice(0, 4);
const OPEN: Identity = { root: OID_PNR, extension: '189001019802' };
const HIDDEN: Identity = { root: OID_PNR, extension: '189001029819' };
const KEYS = {
  [OPEN.extension]: '00000000-0000-8000-8000-000000000001',
  [HIDDEN.extension]: '00000000-0000-8000-8000-000000000002',
};

/** What the release before 0005 does with a record: also after this one has migrated. */
async function writeAsBefore(
  database: TestDatabase,
  identity: Identity,
  isProtected: boolean,
  links: PersonEvidence['links'] = [],
) {
  const key = KEYS[identity.extension] ?? expect.fail();
  const { relations: _, contactPersons: _c, paperOptOut: _p, ...golden } = goldenOf(identity, 1);
  const { relations: _r, contactPersons: _e, paperOptOut: _o, ...rest } = evidenceOf(identity, 1);
  const { protectedSince: _s, ...unlinked } = rest;
  const evidence = { ...unlinked, links };
  const kind = isProtected ? 'protected-person' : 'person';
  await database.database.script(`
    INSERT INTO identities (root, extension, identity_key, person_key)
    VALUES ('${identity.root}', '${identity.extension}', '${key}', '${key}');
    INSERT INTO evidence (identity_key, source, epoch, version, content, content_hash)
    VALUES ('${key}', 'pu', 1, 1, $json$${JSON.stringify(evidence)}$json$, 'e');
    INSERT INTO persons (person_key, version, golden, content_hash)
    VALUES ('${key}', 3, $json$${JSON.stringify({ ...golden, kind })}$json$, 'g')`);
}

async function groupOf(store: HubStore, identity: Identity) {
  const [group] = await readGroups(store.persons, [identity]);
  return group ?? expect.fail();
}

describe('what the release before 0005 wrote', () => {
  it('is read as a group of one, with what was not known then', async () => {
    await using database = await createEmptyDatabase();
    await migrateDatabase(database.url, BEFORE_0005);
    await writeAsBefore(database, OPEN, false);
    await migrateHubStore(database.url);
    await using store = openHubStore(testStoreConfig(database.url));
    const key = KEYS[OPEN.extension];
    expect(await groupOf(store, OPEN)).toMatchObject({
      groupKey: key,
      identities: [
        {
          identityKey: key,
          personKey: key,
          isProtected: false,
          evidence: [{ content: { ...evidenceOf(OPEN, 1), protectedSince: null } }],
        },
      ],
      persons: [{ version: 3, redirectTo: null, golden: goldenOf(OPEN, 1) }],
    });
  });

  it('is protected as it was, and derived again', async () => {
    await using database = await createEmptyDatabase();
    await migrateDatabase(database.url, BEFORE_0005);
    await writeAsBefore(database, OPEN, false);
    await writeAsBefore(database, HIDDEN, true);
    await migrateHubStore(database.url);
    await using store = openHubStore(testStoreConfig(database.url));
    expect((await groupOf(store, HIDDEN)).identities).toMatchObject([{ isProtected: true }]);
    expect((await groupOf(store, OPEN)).identities).toMatchObject([{ isProtected: false }]);
    expect(await store.derivations.show()).toMatchObject({ kind: 'rebuild', state: 'running' });
  });

  it('can still be written while this one starts', async () => {
    await using database = await createEmptyDatabase();
    await migrateHubStore(database.url);
    await writeAsBefore(database, OPEN, false);
    await using store = openHubStore(testStoreConfig(database.url));
    expect(await groupOf(store, OPEN)).toMatchObject({ groupKey: KEYS[OPEN.extension] });
    const { groups } = await store.groups.readPage(null, 10);
    expect(groups).toHaveLength(1);
    expect(await store.derivations.show()).toBeUndefined();
  });

  it('joins by the links that it kept when it is derived again', async () => {
    await using database = await createEmptyDatabase();
    await migrateDatabase(database.url, BEFORE_0005);
    await writeAsBefore(database, OPEN, false);
    await writeAsBefore(database, HIDDEN, false, [{ kind: 'referred', identity: OPEN }]);
    await migrateHubStore(database.url);
    await using store = openHubStore(testStoreConfig(database.url));
    const options = { pageIdentities: 1, maxVanishingShare: 1, leastVanishing: 10 };
    while ((await stepDerivation(store.persons, testRules, options)).kind === 'page');
    const group = await groupOf(store, OPEN);
    expect(group.identities.map(({ personKey }) => personKey)).toEqual([
      KEYS[OPEN.extension],
      KEYS[OPEN.extension],
    ]);
    expect(group.persons).toMatchObject([
      { redirectTo: null },
      { golden: null, redirectTo: KEYS[OPEN.extension] },
    ]);
  });

  it('is no new version when the same content is derived again', async () => {
    await using database = await createEmptyDatabase();
    await migrateDatabase(database.url, BEFORE_0005);
    await writeAsBefore(database, OPEN, false);
    await migrateHubStore(database.url);
    await using store = openHubStore(testStoreConfig(database.url));
    const { persons } = await groupOf(store, OPEN);
    const [person] = persons;
    expect(person?.contentHash).toBe(sha256.hash(JSON.stringify(person?.golden)));
  });
});
