import { describe, expect, it } from 'vitest';
import { MASTER_MODES } from '../../connectors/sources/master/master-dialect.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { insertPersons, sqlFor, testKey } from '../support/master-fixture.ts';
import { type HarnessOptions, SourceHarness } from '../support/source-harness.ts';
import {
  type MasterServer,
  type MasterTest,
  watch,
  withSource,
} from './master-source-under-test.ts';

/**
 * How persons are loaded and streamed, in every mode on every server. The numbers are the lines of the table in
 * docs/connectors/master.md: what bites, and the test that guards it.
 */
export function masterSourceContract(server: MasterServer): void {
  describe.each(MASTER_MODES)('mode %s', (mode) => {
    const run = (persons: number, test: MasterTest, options: Partial<HarnessOptions> = {}) =>
      withSource(server, { mode, persons, ...options }, test);

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

    it('declares every parameter exactly as its column (10)', () => {
      const types: Record<string, string[]> = { SLL: [], 'T-': [] };
      return run(
        25,
        async (hub, master) => {
          await hub.startAndLoad();
          await master.execute(sqlFor.surname(1, 'Ny'));
          await hub.untilSame();
          // Keys that stand alone. A list of keys travels as one text and takes the collation of its column in the statement.
          expect(new Set(types['SLL'])).toEqual(new Set(['varchar(4)']));
          expect(new Set(types['T-'])).toEqual(new Set(['varchar(13)']));
        },
        {
          wrap: (inner) =>
            watch(inner, ({ parameters }) => {
              for (const { type, value } of parameters) {
                types[/^(?:SLL$|T-)/.exec(value ?? '')?.[0] ?? '']?.push(type);
              }
            }),
        },
      );
    });

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
          wrap: (inner) => watch(inner, ({ text }) => texts.push(text)),
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
