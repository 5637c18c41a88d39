import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

/** Keys with every character that could be taken for syntax on the way. */
const KEYS = [
  ['1', 'a'],
  ['1', 'b,"{}'],
  ['2', 'å\\'],
  ['2', ''],
  ['NULL', '\u001e\n'],
];

describe('known rows', () => {
  let database: TestDatabase;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('are kept with their hash, replaced and removed, for each source apart', async () => {
    const rows = store.knownRows('master');
    await rows.put(KEYS.map((key, i) => ({ key, contentHash: i === 0 ? null : `h${i}` })));
    expect(await rows.hashes([['nobody'], ...KEYS])).toEqual(
      new Map([
        [1, null],
        [2, 'h1'],
        [3, 'h2'],
        [4, 'h3'],
        [5, 'h4'],
      ]),
    );
    await rows.put([{ key: ['2', ''], contentHash: 'new' }]);
    await rows.remove([['1', 'a'], ['nobody']]);
    expect(await rows.hashes(KEYS)).toEqual(
      new Map([
        [1, 'h1'],
        [2, 'h2'],
        [3, 'new'],
        [4, 'h4'],
      ]),
    );
    expect(await rows.count()).toBe(4);
    expect(await store.knownRows('pu').count()).toBe(0);
    expect(await store.knownRows('pu').hashes(KEYS)).toEqual(new Map());
  });

  it('are all seen once on a walk through the pages, whatever the page size', async () => {
    const rows = store.knownRows('pu');
    const keys = Array.from({ length: 25 }, (_, i) => [String(i % 3), String(i)]);
    await rows.put(keys.map((key) => ({ key, contentHash: 'h' })));
    for (const limit of [1, 7, 25, 100]) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await rows.page(after, limit);
        seen.push(...page.rows.map(({ key }) => key.join('/')));
        after = page.next;
      } while (after !== undefined);
      expect(seen.toSorted()).toEqual(keys.map((key) => key.join('/')).toSorted());
    }
  });

  it('accept nothing to do', async () => {
    const rows = store.knownRows('master');
    await rows.put([]);
    await rows.remove([]);
    expect(await rows.hashes([])).toEqual(new Map());
  });
});
