import { createPopulation, type Population } from '../population/population.ts';
import { readRegion } from '../population/synthetic-places.ts';

/** The population of a sandbox, in its own process, in its workers and in whatever looks at it from outside: always the same people. */
export function sandboxPopulation(options: {
  readonly seed: number;
  readonly persons: number;
}): Population {
  const municipalities = new URL('../../mappings/code-tables/municipalities.csv', import.meta.url);
  return createPopulation({
    seed: options.seed,
    persons: options.persons,
    region: readRegion(municipalities),
  });
}
