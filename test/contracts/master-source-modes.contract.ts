import { describe, expect, it } from 'vitest';
import type { MasterDatabase, SqlRow } from '../../connectors/sources/master/master-dialect.ts';
import { isReady, preflight } from '../../connectors/sources/master/master-preflight.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { type MasterFixture, sqlFor, testKey } from '../support/master-fixture.ts';
import { DEMO_MAPPING, type HarnessOptions, SourceHarness } from '../support/source-harness.ts';
import {
  type MasterServer,
  type MasterTest,
  removedOf,
  watch,
  withSource,
} from './master-source-under-test.ts';

/**
 * What only one of the modes does, on every server. The numbers are the lines of the table in
 * docs/connectors/master.md: what bites, and the test that guards it.
 */
export function masterSourceModesContract(server: MasterServer): void {
  describe('mode change-tracking', () => {
    const run = (persons: number, test: MasterTest, options: Partial<HarnessOptions> = {}) =>
      withSource(server, { mode: 'change-tracking', persons, ...options }, test);

    it('reads check, changes and rows in one snapshot (1)', () => {
      const outside: string[] = [];
      return run(
        3,
        async (hub, master) => {
          await hub.startAndLoad();
          await master.execute(sqlFor.surname(1, 'Ny'));
          await hub.untilSame();
          await hub.stop();
          // Outside of a snapshot stand the questions at the start and the cheap one, none of which reads a row of a person.
          for (const text of outside) expect(text).not.toMatch(/"Efternamn"|\[Efternamn\]/);
          expect(outside.length).toBeGreaterThan(0);
        },
        {
          wrap: (inner) => ({
            ...watch(inner, () => undefined),
            query: (statement) => {
              outside.push(statement.text);
              return inner.query(statement);
            },
          }),
        },
      );
    });

    it('throws away a page when clean-up ran between the check and the rows, where there are no snapshots (2)', () => {
      let cleanUp: (() => Promise<void>) | undefined;
      return run(
        12,
        async (hub, master) => {
          await hub.startAndLoad();
          cleanUp = async () => {
            cleanUp = undefined;
            await master.execute(sqlFor.surname(5, 'Efter'));
            await master.expireChanges();
          };
          await master.execute(sqlFor.surname(2, 'Före'));
          await hub.untilSame();
          expect(hub.alarms()).toEqual(['HUB_MASTER_GAP']);
          // Both came by the load that followed: nothing of the thrown-away page was sent.
          const streamed = hub.sink.messages.filter((m) => !m.snapshot);
          expect(streamed).toEqual([]);
        },
        {
          config: { snapshotIsolation: 'never' },
          wrap: (inner) => afterChanges(inner, () => cleanUp?.()),
        },
      );
    });

    it('sends what it read newer than the window again, so that no mixture stays (2, 8, 13)', () => {
      let meanwhile: (() => Promise<void>) | undefined;
      return run(
        3,
        async (hub, master) => {
          await hub.startAndLoad();
          meanwhile = async () => {
            meanwhile = undefined;
            await master.execute(sqlFor.street(1, 'Mellan'));
          };
          await master.execute(sqlFor.surname(1, 'Namn'));
          await hub.untilSame();
          const versions = hub.sink.messages
            .filter((m) => !m.snapshot)
            .map((m) => m.position.version);
          expect([...versions].sort((a, b) => (a < b ? -1 : 1))).toEqual(versions);
        },
        {
          config: { snapshotIsolation: 'never' },
          wrap: (inner) => afterChanges(inner, () => meanwhile?.()),
        },
      );
    });

    it('leaves an update whose row is gone already to its own delete: one removal, no empty person (6)', () => {
      let meanwhile: (() => Promise<void>) | undefined;
      return run(
        3,
        async (hub, master) => {
          await hub.startAndLoad();
          meanwhile = async () => {
            meanwhile = undefined;
            await master.execute(sqlFor.remove(2));
          };
          await master.execute(sqlFor.surname(2, 'Strax borta'));
          await hub.until(() => removedOf(hub).length > 0, 'a removal');
          await master.execute(sqlFor.surname(1, 'Efter'));
          await hub.untilSame();
          expect(removedOf(hub)).toEqual([testKey(2)[1]]);
          expect(hub.sink.messages.every((m) => m.person['identity'] !== null)).toBe(true);
        },
        {
          config: { snapshotIsolation: 'never' },
          wrap: (inner) => afterChanges(inner, () => meanwhile?.()),
        },
      );
    });

    it('takes insert and delete in one window, and delete and insert, for what they come to (6)', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        await hub.stop();
        await master.execute(sqlFor.insert(8));
        await master.execute(sqlFor.remove(8));
        await master.execute(sqlFor.remove(2));
        await master.execute(sqlFor.insert(2));
        await hub.startAndLoad();
        await hub.untilSame();
        expect(hub.view().get(testKey(2)[1])).toMatchObject({ operation: 'upsert' });
        expect(hub.view().get(testKey(8)[1])?.operation ?? 'removed').toBe('removed');
      }));

    it('stops when tracking is off, and never takes it for "no changes" (3)', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        await master.stopTracking('Adress');
        await master.execute(sqlFor.surname(1, 'X'));
        const failure = await hub.failure();
        expect(failure).toMatchObject({ code: 'HUB_MASTER_NOT_TRACKED' });
        expect(String(failure)).toContain('dbo.Adress');
        await hub.stop();
        hub.start();
        const again = await hub.failure();
        expect(again).toMatchObject({ code: 'HUB_MASTER_MODE_UNSUPPORTED' });
        expect(String(again)).toContain('rowversion, snapshot-diff');
      }));

    it('stops for a decision when the version went back (3)', () =>
      run(3, async (hub) => {
        await hub.startAndLoad();
        await hub.stop();
        const stored = JSON.parse((await hub.checkpoints.load('master')) ?? '{}') as {
          version: string;
        };
        const later = { ...stored, version: String(BigInt(stored.version) + 1_000_000n) };
        await hub.checkpoints.save(hub.checkpoints.takeOver(), 'master', JSON.stringify(later));
        hub.start();
        await hub.until(() => hub.source.status().state === 'frozen', 'frozen');
        expect(hub.alarms()).toEqual(['HUB_MASTER_RESTORED']);
        expect(hub.sink.messages).toHaveLength(3);
      }));

    it('reads everything again after its changes expired, sends no removal, and says what it cannot know (4)', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        await hub.stop();
        await master.execute(sqlFor.surname(3, 'I luckan'));
        await master.execute(sqlFor.remove(5));
        await master.expireChanges();
        hub.sink.clear();
        hub.start();
        await hub.untilGapIsClosed();
        expect(hub.alarms()).toEqual(['HUB_MASTER_GAP']);
        await hub.untilSame();
        expect(removedOf(hub)).toEqual([]);
        expect(hub.source.status().removalsUnknownSince).toBeDefined();
        expect(await hub.source.send({ kind: 'accept-gap' })).toBe('done');
        expect(hub.source.status().removalsUnknownSince).toBeUndefined();
      }));

    it('finds who was removed during a gap, when it keeps what it has sent (4)', () =>
      run(
        5,
        async (hub, master) => {
          await hub.startAndLoad();
          await hub.stop();
          await master.execute(sqlFor.remove(5));
          await master.expireChanges();
          await hub.startAndLoad();
          await hub.untilSame();
          expect(removedOf(hub)).toEqual([testKey(5)[1]]);
          await hub.until(
            () => hub.source.status().removalsUnknownSince === undefined,
            'nothing left unknown',
          );
        },
        { keepsKnownRows: true },
      ));

    it('moves its position on while nothing changes, so that a quiet weekend does not expire it (5)', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        const before = hub.source.status().position?.version ?? 0n;
        await master.execute('CREATE TABLE dbo."Annat" ("Id" integer)');
        await hub.until(
          () => (hub.source.status().position?.version ?? 0n) > before,
          'the position moved',
        );
        await hub.stop();
        await master.expireChanges();
        expect(hub.sink.messages).toHaveLength(3);
      }));

    it('skips no transaction that commits late (1)', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        const late = await master.begin();
        await late.execute(sqlFor.surname(1, 'Sen'));
        await master.execute(sqlFor.surname(2, 'Tidig'));
        const now = Date.now();
        await hub.until(() => (hub.source.status().caughtUpAt ?? 0) > now + 50, 'some polls');
        expect(hub.persons()).toContain(`${testKey(1)[1]}|Ång|Gatan 1`);
        await late.commit();
        await hub.untilSame();
      }));

    it.each([
      ['TRUNCATE', (m: MasterFixture) => m.execute('TRUNCATE TABLE dbo."Kontakt"')],
      [
        'tracking off and on, as a partition switch needs it',
        async (m: MasterFixture) => {
          await m.stopTracking('Kontakt');
          await m.execute(sqlFor.insertContact(2, 7, '0701740606'));
          await m.startTracking('Kontakt');
        },
      ],
    ] as const)('notices %s by name and reads everything again (14)', (_, disturb) =>
      run(3, async (hub, master) => {
        await master.execute(sqlFor.insertContact(1, 1, '0701740605'));
        await hub.startAndLoad();
        await hub.stop();
        await disturb(master);
        hub.sink.clear();
        hub.start();
        await hub.untilGapIsClosed();
        expect(gapReasons(hub)).toEqual(['tracking-restarted dbo.Kontakt']);
        expect(hub.sink.messages).toHaveLength(3);
      }),
    );

    it('notices a table that was made anew by name and reads everything again (14)', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        await master.recreate('Adress');
        await hub.until(() => hub.alarms().length > 0, 'a gap');
        expect(gapReasons(hub)).toEqual(['table-recreated dbo.Adress']);
        await master.execute(sqlFor.street(1, 'I nya tabellen'));
        await hub.untilSame();
      }));

    it('prints the exact grant for everything that its login lacks, and works with only those (20)', () =>
      run(3, async (_, master) => {
        const login = await master.createLogin();
        await using database = master.open({ login });
        const before = await preflight(database, DEMO_MAPPING, 'change-tracking');
        expect(isReady(before)).toBe(false);
        const lacking = before.filter((check) => check.result === 'missing' && check.grant);
        expect(lacking.length).toBeGreaterThanOrEqual(6);
        for (const check of lacking) await master.execute(check.grant ?? '');
        const after = await preflight(database, DEMO_MAPPING, 'change-tracking');
        expect(after.filter((check) => check.result === 'missing')).toEqual([]);

        await using hub = new SourceHarness(master, { mode: 'change-tracking', login });
        await hub.startAndLoad();
        await master.execute(sqlFor.surname(1, 'Läst'));
        await hub.untilSame();
      }));
  });

  describe('mode rowversion', () => {
    const run = (persons: number, test: MasterTest, options: Partial<HarnessOptions> = {}) =>
      withSource(server, { mode: 'rowversion', persons, ...options }, test);

    it('skips no transaction that commits late, and alarms when one stays open (12)', () =>
      run(
        3,
        async (hub, master) => {
          await hub.startAndLoad();
          const late = await master.begin();
          await late.execute(sqlFor.surname(1, 'Sen'));
          await master.execute(sqlFor.surname(2, 'Väntar'));
          await hub.until(
            () => hub.alarms().includes('HUB_MASTER_CEILING_STALLED'),
            'the alarm of a stalled ceiling',
          );
          expect(hub.source.status().ceilingStalledSince).toBeDefined();
          expect(hub.persons()).not.toEqual(await hub.masterPersons());
          await late.commit();
          await hub.untilSame();
          await hub.until(
            () => hub.source.status().ceilingStalledSince === undefined,
            'the alarm is over',
          );
        },
        { config: { ceilingStallMs: 30, removalPassMs: 60_000 } },
      ));

    it('pages through many rows of one transaction by version and key (12)', () =>
      run(35, async (hub, master) => {
        await hub.startAndLoad();
        hub.sink.clear();
        await master.execute(`UPDATE dbo."Befolkning" SET "Efternamn" = 'Samma'`);
        await hub.until(() => hub.view().size === 35, 'all of them');
        expect(hub.sink.messages.filter((m) => !m.snapshot)).toHaveLength(35);
      }));

    it('looks for removals only where Master really answers (12)', () =>
      run(12, async (hub, master) => {
        await hub.startAndLoad();
        await master.execute(master.words.rename('Befolkning', 'Befolkning2'));
        expect(await hub.failure()).toMatchObject({ code: 'HUB_MASTER_TABLE_MISSING' });
        expect(removedOf(hub)).toEqual([]);
      }));

    it('is refused by name where the column is missing, with the modes that are possible', () =>
      run(1, async (hub, master) => {
        await master.execute('ALTER TABLE dbo."Kontakt" DROP COLUMN "RadVersion"');
        hub.start();
        const failure = await hub.failure();
        expect(failure).toMatchObject({ code: 'HUB_MASTER_MODE_UNSUPPORTED' });
        expect(String(failure)).toContain('row-version-column dbo.Kontakt');
        expect(String(failure)).toContain('possible=change-tracking, snapshot-diff');
      }));
  });

  describe('mode snapshot-diff', () => {
    const run = (persons: number, test: MasterTest, options: Partial<HarnessOptions> = {}) =>
      withSource(server, { mode: 'snapshot-diff', persons, ...options }, test);

    it('sends only what differs, with the number of the run as version', () =>
      run(12, async (hub, master) => {
        await hub.startAndLoad();
        expect(new Set(hub.sink.messages.map((m) => m.position.version))).toEqual(new Set([1n]));
        await hub.until(() => (hub.source.status().position?.version ?? 0n) >= 3n, 'two more runs');
        expect(hub.sink.messages).toHaveLength(12);
        await master.execute(sqlFor.street(4, 'Ny'));
        await hub.untilSame();
        expect(hub.sink.messages).toHaveLength(13);
      }));

    it('needs nothing but the right to read the tables (20)', () =>
      run(3, async (_, master) => {
        const login = await master.createLogin();
        await using database = master.open({ login });
        const checks = await preflight(database, DEMO_MAPPING, 'snapshot-diff');
        for (const check of checks) {
          if (check.grant && check.result === 'missing') await master.execute(check.grant);
        }
        await using hub = new SourceHarness(master, { mode: 'snapshot-diff', login });
        await hub.startAndLoad();
        expect(hub.sink.messages).toHaveLength(3);

        await using tracking = new SourceHarness(master, { mode: 'change-tracking', login });
        tracking.start();
        expect(await tracking.failure()).toBeInstanceOf(HubError);
      }));
  });
}

/** Runs something right after the changes were read and before the rows are. */
function afterChanges(
  database: MasterDatabase,
  meanwhile: () => Promise<void> | undefined,
): MasterDatabase {
  const isChanges = (rows: readonly SqlRow[]): boolean =>
    rows[0]?.length === 5 && /^[IUD]$/.test(String(rows[0][1]));
  return {
    dialect: database.dialect,
    query: async (statement) => {
      const rows = await database.query(statement);
      if (isChanges(rows)) await meanwhile();
      return rows;
    },
    snapshot: (work) => database.snapshot(work),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function gapReasons(hub: SourceHarness): readonly string[] {
  return hub.events.flatMap((event) =>
    event.kind === 'alarm' && event.code === 'HUB_MASTER_GAP'
      ? [`${String(event.context['reason'])} ${String(event.context['table'])}`]
      : [],
  );
}
