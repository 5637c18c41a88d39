import { describe, expect, it } from 'vitest';
import { type DemoMasterClient, openDemoMaster } from '../../scripts/demo/demo-master-client.ts';
import { DemoRefusal } from '../../scripts/demo/demo-master-ownership.ts';
import { type CommittedChange, playLiveChanges } from '../../scripts/demo/live-changes.ts';
import { loadDemoMaster } from '../../scripts/demo/load-demo-master.ts';
import { generatePersons } from '../../scripts/demo/synthetic-persons.ts';
import { createEmptyDatabase } from '../support/hub-database.ts';
import { MUNICIPALITIES, populationOf } from './demo-population.ts';

async function countOf(client: DemoMasterClient, from: string): Promise<number> {
  const [row] = await client.query<{ count: number }>(`select count(*)::int as count from ${from}`);
  return row?.count ?? Number.NaN;
}

describe('the demo Master', () => {
  it('is filled with the population, and made anew by the next load', async () => {
    await using database = await createEmptyDatabase();
    const progress: number[] = [];
    await loadDemoMaster({ masterUrl: database.url, population: populationOf(500, 7) });
    const loaded = await loadDemoMaster({
      masterUrl: database.url,
      population: populationOf(2_000),
      onProgress: ({ done }) => progress.push(done),
    });

    await using client = await openDemoMaster(database.url);
    expect(loaded.persons).toBe(2_000);
    expect(await countOf(client, 'dbo."Befolkning"')).toBe(2_000);
    expect(await countOf(client, 'dbo."Adress"')).toBe(loaded.addresses);
    expect(await countOf(client, 'dbo."Kontakt"')).toBe(loaded.contacts);
    expect(progress).toEqual([0, 1_000, 2_000]);
    const [first] = generatePersons(populationOf(2_000));
    const rows = await client.query(
      `select "Fornamn", "Efternamn", "Sekretess" from dbo."Befolkning" where "PersonId" = $1`,
      [first?.person.PersonId],
    );
    const { Fornamn, Efternamn, Sekretess } = first?.person ?? {};
    expect(rows).toEqual([{ Fornamn, Efternamn, Sekretess }]);
  });

  it('has its keys, indexes and change log back after the load', async () => {
    await using database = await createEmptyDatabase();
    await loadDemoMaster({ masterUrl: database.url, population: populationOf(1_000) });
    await using client = await openDemoMaster(database.url);
    expect(await countOf(client, `pg_indexes where schemaname = 'dbo'`)).toBe(6);
    const log = 'hub_changes."dbo_Befolkning"';
    const before = await countOf(client, log);
    await client.query(
      `update dbo."Befolkning" set "Efternamn" = 'Provmark' where "IdTyp" = 'SNR'`,
    );
    await client.query(
      `insert into dbo."Befolkning" ("IdTyp", "PersonId", "Kon") values ('PNR', 'x', 'M')`,
    );
    expect((await countOf(client, log)) - before).toBeGreaterThan(10);
  });

  it('is refused in a database that has tables and is not marked as a demo Master', async () => {
    await using database = await createEmptyDatabase();
    await using client = await openDemoMaster(database.url);
    await client.query('create table somebodys_own (id int)');
    const load = loadDemoMaster({ masterUrl: database.url, population: populationOf(1_000) });
    await expect(load).rejects.toThrow(DemoRefusal);
    expect(await countOf(client, 'somebodys_own')).toBe(0);
  });
});

describe('live changes', () => {
  it('are one transaction each, told with the time of their commit, and leave nothing malformed', async () => {
    await using database = await createEmptyDatabase();
    const masterUrl = database.url;
    await loadDemoMaster({ masterUrl, population: populationOf(2_000) });
    await using client = await openDemoMaster(masterUrl);
    const malformed = `dbo."Befolkning" where "Civilstand" = 'ZZ'`;
    const before = await countOf(client, malformed);
    const logged = `(select distinct version from (
      select version from hub_changes."dbo_Befolkning" union all select version from hub_changes."dbo_Adress"
      union all select version from hub_changes."dbo_Kontakt") all_logs)`;
    const transactionsBefore = await countOf(client, `${logged} as versions`);

    const told: CommittedChange[] = [];
    const counts = await playLiveChanges({
      masterUrl,
      municipalities: MUNICIPALITIES,
      seed: 1,
      changesPerSecond: 200,
      seconds: 1.5,
      onCommitted: (change) => told.push(change),
    });

    expect(told.length).toBeGreaterThanOrEqual(300);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(told.length);
    const transactions = (await countOf(client, `${logged} as versions`)) - transactionsBefore;
    expect(transactions).toBe(told.length);
    expect(await countOf(client, malformed)).toBe(before);
    expect(await countOf(client, 'dbo."Befolkning"')).toBe(
      2_000 + (counts['new-person'] ?? 0) - (counts['row-deleted'] ?? 0),
    );
    const times = told.map((change) => change.committedAt);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
  });

  it('can be played again on the same Master, and end when they are told to', async () => {
    await using database = await createEmptyDatabase();
    const masterUrl = database.url;
    await loadDemoMaster({ masterUrl, population: populationOf(1_000) });
    const play = (signal?: AbortSignal, onCommitted?: () => void) =>
      playLiveChanges({
        masterUrl,
        municipalities: MUNICIPALITIES,
        seed: 1,
        changesPerSecond: 100,
        seconds: signal === undefined ? 1 : 600,
        ...(signal === undefined ? {} : { signal }),
        ...(onCommitted === undefined ? {} : { onCommitted }),
      });
    const first = await play();
    const second = await play();
    expect(first['new-person']).toBeGreaterThan(0);
    expect(second['new-person']).toBeGreaterThan(0);

    const stop = new AbortController();
    let made = 0;
    await play(stop.signal, () => {
      made += 1;
      if (made === 20) stop.abort();
    });
    expect(made).toBeGreaterThanOrEqual(20);
    expect(made).toBeLessThan(100);
  });
});
