import { describe, expect, it } from 'vitest';
import {
  MASTER_MODES,
  type MasterDatabase,
} from '../../connectors/sources/master/master-dialect.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { insertPersons, type MasterFixture, sqlFor, testKey } from '../support/master-fixture.ts';
import { type HarnessOptions, SourceHarness } from '../support/source-harness.ts';

/** Where the source can be run. */
export interface MasterServer {
  readonly create: () => Promise<MasterFixture>;
  /** True where a table without a primary key cannot be tracked, so that mode `change-tracking` never meets a doubled key. */
  readonly trackingNeedsKey?: boolean;
  /** How long a test waits for what should happen; absent: 20 s. */
  readonly patienceMs?: number;
}

/** Runs `test` on a Master of its own with so many persons, and a source that is not started. */
export async function withSource(
  server: MasterServer,
  options: HarnessOptions & { readonly persons: number },
  test: (hub: SourceHarness, master: MasterFixture) => Promise<void>,
): Promise<void> {
  await using master = await server.create();
  await insertPersons(master, 1, options.persons);
  const { patienceMs } = server;
  await using hub = new SourceHarness(master, {
    ...options,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  await test(hub, master);
}

/** The identities of the removals that were sent. */
export function removedOf(hub: SourceHarness): readonly string[] {
  const removals = hub.sink.messages.filter((m) => m.operation === 'removed');
  return removals.map((m) => m.person['identity'] ?? '');
}

/** What every mode does, on every server. The numbers are those of the checklist for reading changes. */
export function masterSourceContract(server: MasterServer): void {
  describe.each(MASTER_MODES)('mode %s', (mode) => {
    const run = (
      persons: number,
      test: (hub: SourceHarness, master: MasterFixture) => Promise<void>,
      options: Partial<HarnessOptions> = {},
    ) => withSource(server, { mode, persons, ...options }, test);

    it('loads every person once, with addresses, in chunks by composite key (9)', () =>
      run(25, async (hub) => {
        await hub.startAndLoad();
        expect(hub.sink.messages).toHaveLength(25);
        expect(hub.sink.batches.every((batch) => batch.length <= 10)).toBe(true);
        expect(hub.sink.messages.every((m) => m.snapshot)).toBe(true);
        expect(hub.persons()).toEqual(await hub.masterPersons());
      }));

    it('goes on with a load from the last acknowledged chunk (9)', () =>
      run(45, async (hub) => {
        hub.sink.failAfter(2, new HubError('HUB_KAFKA_UNAVAILABLE'));
        hub.start();
        expect(await hub.failure()).toMatchObject({ code: 'HUB_KAFKA_UNAVAILABLE' });
        await hub.stop();
        expect(hub.sink.messages).toHaveLength(20);

        await hub.startAndLoad();
        expect(hub.sink.messages).toHaveLength(45);
        expect(hub.persons()).toEqual(await hub.masterPersons());
      }));

    it('misses no change that is made during the load (9)', () =>
      run(45, async (hub, master) => {
        hub.sink.beforeAppend = async (batch) => {
          if (batch !== 1) return;
          await master.execute(sqlFor.surname(3, 'Ändrad'));
          await master.execute(sqlFor.street(44, 'Ny gata'));
          await master.execute(sqlFor.insert(46));
        };
        await hub.startAndLoad();
        await hub.untilSame();
      }));

    it('sends again what was not acknowledged, and stores no position before (11)', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        const before = await hub.checkpoints.load('master');
        hub.sink.failNext('after', new HubError('HUB_KAFKA_UNAVAILABLE'));
        await master.execute(sqlFor.surname(2, 'Sparad'));
        expect(await hub.failure()).toMatchObject({ code: 'HUB_KAFKA_UNAVAILABLE' });
        await hub.stop();
        const versionOf = (text: string | undefined): unknown =>
          (JSON.parse(text ?? '{}') as { load: unknown }).load ?? 'streaming';
        if (mode === 'snapshot-diff') expect(versionOf(before)).toBe('streaming');

        hub.sink.clear();
        await hub.startAndLoad();
        await hub.until(
          () => hub.sink.messages.some((m) => m.person['surname'] === 'Sparad'),
          'sent again',
        );
      }));

    it('ends with what Master has, however it was cut off on the way', () =>
      run(
        30,
        async (hub, master) => {
          const random = numbers(20261124);
          for (let round = 0; round < 25; round += 1) {
            hub.start();
            if (random(3) === 0) hub.sink.failNext('before', new HubError('HUB_KAFKA_UNAVAILABLE'));
            if (random(3) === 0) hub.sink.failNext('after', new HubError('HUB_KAFKA_UNAVAILABLE'));
            const n = 1 + random(40);
            const there = await master.rows(
              `SELECT 1 FROM dbo."Befolkning" WHERE "PersonId" = '${testKey(n)[1]}'`,
            );
            const changes = [
              sqlFor.surname(n, `Omgång ${round}`),
              sqlFor.street(n, `Väg ${round}`),
            ];
            if (there.length === 0) await master.execute(sqlFor.insert(n));
            else await master.execute([...changes, sqlFor.remove(n)][random(3)] ?? '');
            const polls = random(4);
            for (let i = 0; i < polls; i += 1) await master.execute(sqlFor.surname(1 + i, `${i}`));
            await hub.untilMoreOrIdle(random(4));
            await hub.stop();
          }
          hub.sink.heal();
          await hub.startAndLoad();
          await hub.untilSame();
        },
        { config: { removalGuard: { maxShare: 1, minCount: 100, windowMs: 1_000 } } },
      ));

    it('stops when another instance took over, and stores nothing', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        const stored = await hub.checkpoints.load('master');
        hub.checkpoints.takeOver();
        await master.execute(sqlFor.surname(2, 'Senare'));
        expect(await hub.failure()).toMatchObject({ code: 'HUB_MASTER_LEASE_LOST' });
        expect(await hub.checkpoints.load('master')).toBe(stored);
      }));

    it('streams updates, inserts and changes of addresses as whole persons (13)', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        await master.execute(sqlFor.surname(1, 'Ny'));
        await master.execute(sqlFor.street(2, 'Nygatan 2'));
        await master.execute(sqlFor.insert(6));
        await hub.untilSame();
      }));

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

    it('pauses and resumes by command, also over a restart', () =>
      run(3, async (hub, master) => {
        await hub.startAndLoad();
        expect(await hub.source.send({ kind: 'pause' })).toBe('done');
        expect(hub.source.status().state).toBe('paused');
        await master.execute(sqlFor.surname(1, 'Under paus'));
        await hub.stop();
        hub.start();
        await hub.until(() => hub.source.status().state === 'paused', 'paused after a restart');
        expect(hub.sink.messages).toHaveLength(3);
        expect(await hub.source.send({ kind: 'resume' })).toBe('done');
        await hub.untilSame();
      }));

    it('sends persons again by a value or a range of keys, with positions that later changes beat', () =>
      run(25, async (hub, master) => {
        await master.execute(sqlFor.surname(4, 'Vald'));
        await master.execute(sqlFor.surname(24, 'Vald'));
        await hub.startAndLoad();
        hub.sink.clear();
        const again = await hub.source.send({
          kind: 'resnapshot',
          filter: { equals: { field: 'surname', value: 'Vald' } },
        });
        expect(again).toBe('done');
        await hub.until(() => hub.source.status().resnapshotsWaiting === 0, 'done');
        const identities = (): readonly string[] =>
          hub.sink.messages.map((m) => m.person['identity'] ?? '').sort();
        expect(identities()).toEqual([testKey(4)[1], testKey(24)[1]]);
        expect(hub.sink.messages.every((m) => m.snapshot)).toBe(true);
        expect(hub.sink.messages[0]).toMatchObject({
          children: { addresses: [{ line1: 'Gatan 4' }] },
        });

        hub.sink.clear();
        const range = { after: testKey(3), through: testKey(17) };
        await hub.source.send({ kind: 'resnapshot', filter: range });
        await hub.until(() => hub.source.status().resnapshotsWaiting === 0, 'done');
        expect(identities()).toEqual(Array.from({ length: 14 }, (_, i) => testKey(i + 4)[1]));
        await master.execute(sqlFor.surname(4, 'Senare'));
        await hub.until(
          () => hub.view().get(testKey(4)[1])?.person['surname'] === 'Senare',
          'the later change wins',
        );
        expect(
          await hub.source.send({
            kind: 'resnapshot',
            filter: { equals: { field: 'no-such-field', value: '' } },
          }),
        ).toBe('unknown-field');
      }));

    it('keeps blanks, empty text, null and å, ä, ö apart (18)', () =>
      run(1, async (hub, master) => {
        await master.execute(
          `INSERT INTO dbo."Befolkning" ("IdTyp", "PersonId", "Fornamn", "Mellannamn", "Efternamn", "Kon", "Civilstand", "Kommun") VALUES ('SLL', 'T-TEXT', ' Åsa Ö ', '', NULL, 'K', 'Ä', '018')`,
        );
        await hub.startAndLoad();
        expect(hub.view().get('T-TEXT')?.person).toMatchObject({
          givenName: ' Åsa Ö ',
          middleName: '',
          surname: null,
          maritalStatus: 'Ä',
          municipalityCode: '018',
          protectedPerson: '0',
        });
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

    it.skipIf(mode === 'change-tracking' && server.trackingNeedsKey === true).each([2, 10])(
      'refuses a doubled key once, also across the border of a chunk (person %i)',
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

    it('reads a burst in bounded pages (19)', () =>
      run(
        10,
        async (hub, master) => {
          await hub.startAndLoad();
          await insertPersons(master, 11, 300);
          await master.execute(`UPDATE dbo."Befolkning" SET "Efternamn" = 'Alla'`);
          await hub.untilSame();
          expect(hub.sink.batches.every((batch) => batch.length <= 20)).toBe(true);
        },
        { config: { pageRows: 20, chunkRows: 20, removalPassMs: 60_000 } },
      ));

    it('goes on over a connection that was cut, with a new one (17)', () =>
      run(5, async (hub, master) => {
        await hub.startAndLoad();
        await master.killConnections();
        await master.execute(sqlFor.surname(1, 'Efter avbrott'));
        await hub.untilSame();
      }));

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

    it('never writes: the session itself refuses it', () =>
      run(1, async (hub, master) => {
        await using database = master.open();
        const write = { text: sqlFor.surname(1, 'Skriven'), parameters: [] };
        if (master.dialect.name === 'pg') {
          await expect(database.query(write)).rejects.toBeInstanceOf(HubError);
          await expect(database.snapshot((s) => s.query(write))).rejects.toBeInstanceOf(HubError);
        }
        const texts: string[] = [];
        await using watched = new SourceHarness(master, {
          mode,
          wrap: (inner) => watch(inner, (text) => texts.push(text)),
        });
        await watched.startAndLoad();
        await master.execute(sqlFor.surname(1, 'Av annan'));
        await watched.untilSame();
        expect(texts.length).toBeGreaterThan(10);
        for (const text of texts) {
          expect(text).not.toMatch(
            /^\s*(INSERT|UPDATE|DELETE|MERGE|CREATE|ALTER|DROP|TRUNCATE)\b/i,
          );
        }
        expect(hub.sink.messages).toEqual([]);
      }));
  });
}

/** Whole numbers below a bound, the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A database that tells what is asked of it. */
export function watch(database: MasterDatabase, tell: (text: string) => void): MasterDatabase {
  return {
    dialect: database.dialect,
    query: (statement) => {
      tell(statement.text);
      return database.query(statement);
    },
    snapshot: (work) =>
      database.snapshot((session) =>
        work({
          query: (statement) => {
            tell(statement.text);
            return session.query(statement);
          },
        }),
      ),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
