import { describe, expect, it } from 'vitest';
import { balanceMaster, type MasterBalance } from '../../scripts/demo/master-balance.ts';

async function balance(
  inMaster: number,
  numbers: readonly string[],
  published: readonly string[],
  parked: readonly string[],
): Promise<MasterBalance> {
  return await balanceMaster({
    inMaster,
    identities: (async function* () {
      for (const PersonId of numbers) yield await Promise.resolve({ IdTyp: 'PNR', PersonId });
    })(),
    isPublished: ({ PersonId }) => published.includes(PersonId),
    isParked: ({ PersonId }) => parked.includes(PersonId),
  });
}

describe('the sum for Master', () => {
  it('comes out when each identity is published, in whatever person, or parked', async () => {
    expect(await balance(3, ['a', 'b', 'c'], ['a', 'b', 'only in PU'], ['c'])).toEqual({
      inMaster: 3,
      published: 2,
      parked: 1,
      missing: 0,
    });
  });

  it('does not let somebody who is parked and published all the same make up for one who is lost', async () => {
    expect(await balance(3, ['a', 'b', 'c'], ['a', 'b'], ['b'])).toMatchObject({ missing: 1 });
  });

  it('does not come out when Master has fewer than it should', async () => {
    expect(await balance(2, ['a'], ['a'], [])).toMatchObject({ missing: 1 });
  });
});
