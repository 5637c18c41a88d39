import { expect, it } from 'vitest';
import { versionToSecond } from '../../connectors/sources/pu/swedish-time.ts';
import { localTimestamp } from '../../scripts/population/swedish-time.ts';

it('what the population writes in each hour from 2015 to 2034 the hub reads as the same moment', () => {
  const wrong: string[] = [];
  let hours = 0;
  for (let moment = Date.UTC(2015, 0, 1); moment < Date.UTC(2035, 0, 1); moment += 3_600_000) {
    // Asked at that very moment, the two of the doubled hour are told apart as well.
    const second = moment / 1000;
    if (versionToSecond(localTimestamp(moment), second) !== second) {
      wrong.push(new Date(moment).toISOString());
    }
    hours++;
  }
  expect(wrong).toEqual([]);
  expect(hours).toBe(7_305 * 24);
});
