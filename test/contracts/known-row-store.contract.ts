import { describe, expect, it } from 'vitest';
import type { KnownRowStore } from '../../connectors/sources/master/known-row-store.ts';

/** A store for one test, empty. */
export type OpenKnownRows = () => Promise<{ readonly store: KnownRowStore } & AsyncDisposable>;

const keys = (from: number, to: number): readonly (readonly string[])[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ['SLL', `T-${from + i}`]);

/** What every store of known rows guarantees. */
export function knownRowStoreContract(open: OpenKnownRows): void {
  describe('a store of known rows', () => {
    it('gives the hashes of known keys by their place, and nothing for others', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.put([
        { key: ['SLL', 'T-1'], contentHash: 'one' },
        { key: ['SLL', 'T-2'], contentHash: null },
      ]);
      const asked = [
        ['SLL', 'T-2'],
        ['PNR', 'T-1'],
        ['SLL', 'T-1'],
        ['SLL', 'T-9'],
      ];
      expect(await store.hashes(asked)).toEqual(
        new Map([
          [0, null],
          [2, 'one'],
        ]),
      );
      expect(await store.hashes([])).toEqual(new Map());
    });

    it('replaces the hash of a row that is put again, and puts and removes twice without harm', async () => {
      await using opened = await open();
      const { store } = opened;
      const row = { key: ['SLL', 'T-1'], contentHash: 'one' };
      await store.put([row]);
      await store.put([{ ...row, contentHash: 'two' }]);
      await store.put([{ ...row, contentHash: 'two' }]);
      expect(await store.hashes([row.key])).toEqual(new Map([[0, 'two']]));
      expect(await store.count()).toBe(1);
      await store.remove([row.key]);
      await store.remove([row.key, ['SLL', 'never-there']]);
      expect(await store.count()).toBe(0);
      await store.put([]);
      await store.remove([]);
    });

    it('keeps keys apart whose parts join to the same text', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.put([
        { key: ['a', 'b|c'], contentHash: '1' },
        { key: ['a|b', 'c'], contentHash: '2' },
        { key: ['a', ''], contentHash: '3' },
      ]);
      expect(await store.count()).toBe(3);
      expect(await store.hashes([['a|b', 'c']])).toEqual(new Map([[0, '2']]));
    });

    it('walks through all rows once, in bounded pages, while rows are removed behind it', async () => {
      await using opened = await open();
      const { store } = opened;
      await store.put(keys(1, 25).map((key) => ({ key, contentHash: null })));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.page(cursor, 10);
        expect(page.rows.length).toBeLessThanOrEqual(10);
        seen.push(...page.rows.map((row) => row.key.join()));
        await store.remove(page.rows.slice(0, 2).map((row) => row.key));
        cursor = page.next;
      } while (cursor !== undefined);
      expect([...seen].sort()).toEqual(
        keys(1, 25)
          .map((key) => key.join())
          .sort(),
      );
      expect((await store.page(undefined, 100)).rows).toHaveLength(19);
    });

    it('gives one empty page when nothing is known', async () => {
      await using opened = await open();
      expect(await opened.store.page(undefined, 10)).toEqual({ rows: [], next: undefined });
    });
  });
}
