import { describe, expect, it } from 'vitest';
import { MASTER_MODES } from '../../connectors/sources/master/master-dialect.ts';
import { sqlFor, testKey } from '../support/master-fixture.ts';
import type { HarnessOptions } from '../support/source-harness.ts';
import {
  type MasterServer,
  type MasterTest,
  removedOf,
  withSource,
} from './master-source-under-test.ts';

/**
 * Removals, bad tables, a restored Master and a server that does not answer, in every mode. The numbers are the lines of the table in
 * docs/connectors/master.md: what bites, and the test that guards it.
 */
export function masterSourceFaultsContract(server: MasterServer): void {
  describe.each(MASTER_MODES)('mode %s', (mode) => {
    const run = (persons: number, test: MasterTest, options: Partial<HarnessOptions> = {}) =>
      withSource(server, { mode, persons, ...options }, test);

    it('tells of a removed person once', () =>
      run(12, async (hub, master) => {
        await hub.startAndLoad();
        await master.execute(sqlFor.remove(7));
        await hub.until(() => removedOf(hub).length > 0, 'a removal');
        await master.execute(sqlFor.surname(1, 'Efter'));
        await hub.untilSame();
        expect(removedOf(hub)).toEqual([testKey(7)[1]]);
        const removal = hub.sink.messages.find((m) => m.operation === 'removed');
        expect(removal?.person).toEqual({ identityType: 'SLL', identity: testKey(7)[1] });
      }));

    it('takes a removed address for a change of the person, not for a removal', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        await master.execute(sqlFor.removeAddress(2));
        await hub.untilSame();
        expect(removedOf(hub)).toEqual([]);
      }));

    it('follows a changed key as one removal and one new person (7)', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        await master.execute(sqlFor.changeKey(2, 9));
        await hub.untilSame();
        await hub.until(() => removedOf(hub).length > 0, 'the old key removed');
        expect(removedOf(hub)).toEqual([testKey(2)[1]]);
        expect(hub.view().get(testKey(9)[1])).toMatchObject({ operation: 'upsert' });
      }));

    it('refuses a person over the size limit by its key, and goes on', () =>
      run(
        3,
        async (hub, master) => {
          await master.execute(sqlFor.street(2, 'x'.repeat(60)));
          await hub.startAndLoad();
          expect(hub.view().get(testKey(2)[1])).toMatchObject({
            operation: 'refused',
            code: 'HUB_MASTER_ROW_TOO_LARGE',
            person: { identityType: 'SLL', identity: testKey(2)[1] },
          });
          expect(hub.persons()).toHaveLength(2);
        },
        { config: { maxRowBytes: 90 } },
      ));

    const needsKey = mode === 'change-tracking' && server.trackingNeedsKey === true;
    const why = needsKey ? ', skipped: this server tracks no table without a primary key' : '';
    it.skipIf(needsKey).each([2, 10])(
      `refuses a doubled key once, also across the border of a chunk (person %i)${why}`,
      (n) =>
        run(12, async (hub, master) => {
          await master.execute(master.words.dropPrimaryKey('Befolkning'));
          await master.execute(sqlFor.insert(n));
          await hub.startAndLoad();
          const ofIt = hub.sink.messages.filter((m) => m.person['identity'] === testKey(n)[1]);
          expect(ofIt).toMatchObject([{ operation: 'refused', code: 'HUB_MASTER_DUPLICATE_KEY' }]);
          expect(hub.persons()).toHaveLength(11);
        }),
    );

    it.each(['start', 'stream'] as const)('names a missing column: %s', (when) =>
      run(3, async (hub, master) => {
        if (when === 'stream') await hub.startAndLoad();
        await master.execute(`ALTER TABLE dbo."Befolkning" DROP COLUMN "Fastighet"`);
        if (when === 'start') hub.start();
        else await master.execute(sqlFor.surname(1, 'X'));
        const failure = await hub.failure();
        expect(failure).toMatchObject({ code: 'HUB_MASTER_COLUMN_MISSING' });
        expect(String(failure)).toContain('dbo.Befolkning.Fastighet');
      }),
    );

    it.each(['start', 'stream'] as const)('names a column that changed its type: %s', (when) =>
      run(3, async (hub, master) => {
        if (when === 'stream') await hub.startAndLoad();
        await master.execute(master.words.alterToUnreadable('Befolkning', 'Fastighet'));
        if (when === 'start') hub.start();
        else await master.execute(sqlFor.surname(1, 'X'));
        const failure = await hub.failure();
        expect(failure).toMatchObject({ code: 'HUB_MASTER_COLUMN_TYPE' });
        expect(String(failure)).toContain('dbo.Befolkning.Fastighet');
      }),
    );

    it.each(['start', 'stream'] as const)('names a missing table: %s', (when) =>
      run(3, async (hub, master) => {
        if (when === 'stream') await hub.startAndLoad();
        await master.execute(master.words.rename('Kontakt', 'Kontakt2'));
        if (when === 'start') hub.start();
        else await master.execute(sqlFor.surname(1, 'X'));
        const failure = await hub.failure();
        expect(failure).toMatchObject({ code: 'HUB_MASTER_TABLE_MISSING' });
        expect(String(failure)).toContain('dbo.Kontakt');
        expect(removedOf(hub)).toEqual([]);
      }),
    );

    it('reads on over a change of the tables that does not touch the mapping', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        await master.execute(`ALTER TABLE dbo."Befolkning" ADD "Nytt" varchar(10)`);
        await master.execute(sqlFor.surname(1, 'Efter'));
        await hub.untilSame();
      }));

    it('waits for a decision when Master was restored, and reads everything in a new epoch after it (15)', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        await hub.stop();
        await using copy = await master.restoredCopy();
        await copy.execute(sqlFor.surname(3, 'Ur kopian'));
        hub.sink.clear();
        hub.master = copy;
        hub.start();
        await hub.until(() => hub.source.status().state === 'frozen', 'frozen');
        expect(hub.alarms()).toContain('HUB_MASTER_RESTORED');
        expect(hub.sink.messages).toEqual([]);

        expect(await hub.source.send({ kind: 'accept-restore' })).toBe('done');
        await hub.untilStreaming();
        await hub.untilSame();
        expect(hub.sink.messages.every((m) => m.position.epoch === 2)).toBe(true);
        await hub.stop();
      }));

    it('holds back a burst of removals until a person accepts it', () =>
      run(
        30,
        async (hub, master) => {
          await hub.startAndLoad();
          await master.execute(
            `DELETE FROM dbo."Befolkning" WHERE "PersonId" > '${testKey(10)[1]}'`,
          );
          await hub.until(() => hub.source.status().state === 'frozen', 'frozen');
          expect(hub.alarms()).toContain('HUB_MASTER_REMOVAL_BURST');
          expect(removedOf(hub).length).toBeLessThanOrEqual(5);

          expect(await hub.source.send({ kind: 'accept-removals' })).toBe('done');
          await hub.untilSame();
          expect(new Set(removedOf(hub)).size).toBe(20);
        },
        { config: { removalGuard: { maxShare: 0.01, minCount: 5, windowMs: 3_600_000 } } },
      ));

    it('goes on over a connection that was cut, with a new one (17)', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        await master.killConnections();
        await master.execute(sqlFor.surname(1, 'Efter avbrott'));
        await hub.untilSame();
      }));

    it('tries what the server could not answer in time again, a bounded number of times (16)', () =>
      run(
        3,
        async (hub, master) => {
          const other = await master.begin();
          await other.execute('ALTER TABLE dbo."Befolkning" ADD "Nytt" varchar(10)');
          hub.start({ retries: 2 });
          expect(await hub.failure()).toMatchObject({ code: 'HUB_MASTER_TIMEOUT' });
          expect(hub.events.filter(({ kind }) => kind === 'retry')).toHaveLength(2);
          expect(hub.sink.messages).toEqual([]);
          await hub.stop();
          await other.rollback();

          await hub.startAndLoad();
          expect(hub.persons()).toEqual(await hub.masterPersons());
        },
        { queryTimeoutMs: 500 },
      ));
  });
}
