import { masterRowsOf } from '../population/master-view.ts';
import { createPopulation, MOST_PERSONS, type Population } from '../population/population.ts';
import { puRecordsOf } from '../population/pu-view.ts';
import { readRegion } from '../population/synthetic-places.ts';
import { type BenchResult, percentile } from './bench-result.ts';

const PERSONS = 50_000;
const ROUNDS = 5;
const REGION = readRegion(
  new URL('../../mappings/code-tables/municipalities.csv', import.meta.url),
);

/** Makes people of the largest population, with their records in PU and their rows in Master, on one core; the median of some rounds. */
export function benchPopulation(): BenchResult<'population'> {
  const population = createPopulation({ seed: 7, persons: MOST_PERSONS, region: REGION });
  const rates = (view: (index: number) => number): readonly number[] =>
    Array.from({ length: ROUNDS + 1 }, (_, round) => measureRound(population, round, view))
      // The first round only warms up.
      .slice(1)
      .sort((a, b) => a - b);
  const pu = percentile(
    rates((index) => puRecordsOf(population.at(index), population).length),
    0.5,
  );
  const master = percentile(
    rates((index) => masterRowsOf(population.at(index), population).length),
    0.5,
  );
  return {
    name: 'population',
    value: Math.round(pu),
    unit: 'persons/s',
    settings: `by processor time of one core, ${PERSONS} of ${MOST_PERSONS} persons, each with all records as PU has them; with the rows of Master instead: ${Math.round(master)}/s; median of ${ROUNDS} rounds`,
  };
}

function measureRound(
  { size }: Population,
  round: number,
  view: (index: number) => number,
): number {
  // From all over the population, since it must not matter where.
  const apart = Math.floor(size / PERSONS);
  // Processor time, and not the clock's: nothing here waits, and what else the machine does must not count.
  const start = process.cpuUsage();
  let records = 0;
  for (let i = 0; i < PERSONS; i++) records += view(i * apart + round);
  const { user, system } = process.cpuUsage(start);
  // Also keeps the engine from leaving out work whose result nobody looks at.
  if (records < PERSONS / 2) throw new Error('Hardly anybody has a record: the views are wrong.');
  return (PERSONS * 1e6) / (user + system);
}
