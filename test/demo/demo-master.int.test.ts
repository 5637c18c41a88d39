import { describe, expect, it } from 'vitest';
import { type DemoMasterClient, openDemoMaster } from '../../scripts/demo/demo-master-client.ts';
import { DemoRefusal } from '../../scripts/demo/demo-master-ownership.ts';
import { loadDemoMaster } from '../../scripts/demo/load-demo-master.ts';
import { masterRowsOf } from '../../scripts/population/master-view.ts';
import { populationOf } from '../population/population-of.ts';
import { createEmptyDatabase } from '../support/hub-database.ts';

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
    expect(loaded.persons).toBeGreaterThan(1_900);
    expect(await countOf(client, 'dbo."Befolkning"')).toBe(loaded.persons);
    expect(await countOf(client, 'dbo."Adress"')).toBe(loaded.addresses);
    expect(await countOf(client, 'dbo."Kontakt"')).toBe(loaded.contacts);
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(2_000);
    expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
    const population = populationOf(2_000);
    const [first] = masterRowsOf(population.at(0), population);
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
