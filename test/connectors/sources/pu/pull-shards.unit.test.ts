import { describe, expect, it } from 'vitest';
import { PU_SOURCE_DEFAULTS } from '../../../../connectors/sources/pu/pu-source-config.ts';
import {
  coveredPlaces,
  placeOf,
  pullShards,
} from '../../../../connectors/sources/pu/pulls/pull-shards.ts';

describe('the place where PU shows a person', () => {
  it.each([
    [{ countyCode: '03', municipalityCode: '80' }, '0380'],
    [{ countyCode: '03', municipalityCode: '0380' }, '0380'],
    [{ countyCode: '3', municipalityCode: '5' }, '0305'],
    [{ countyCode: '03' }, '03'],
    [{ countyCode: '03', municipalityCode: '1280' }, '03'],
    [{ countyCode: '03', protectedPerson: '1' }, '03-protected'],
    [{ countyCode: '03', municipalityCode: '80', protectedPopulationRecord: '1' }, '03-protected'],
    [{ countyCode: '03', municipalityCode: '80', protectedPerson: '0' }, '0380'],
    [{ protectedPerson: '1' }, null],
    [{ countyCode: null, municipalityCode: '80' }, null],
    [{ countyCode: 'UTLAND' }, null],
    [{}, null],
  ])('of %j is %j', (person, place) => {
    expect(placeOf(person)).toBe(place);
  });
});

describe('the shards of the pulls', () => {
  const homeCounties = [
    { code: '03', municipalities: null },
    { code: '04', municipalities: ['0480', '0481'] },
  ];

  it('are one for a whole county, and one for each municipality and one for the protected of a split one', () => {
    const shards = pullShards({ ...PU_SOURCE_DEFAULTS, homeCounties }).map(({ key }) => key);
    expect(shards).toEqual([
      'own-region/03',
      'own-region/0480',
      'own-region/0481',
      'own-region/04-protected',
      'reserve-identities/1.2.752.74.9.1',
      'moved-out/03',
      'moved-out/04',
      'known-elsewhere/elsewhere',
      'known-elsewhere/everyone',
    ]);
  });

  it('leave out the reserve identities when no roots are given', () => {
    const shards = pullShards({ ...PU_SOURCE_DEFAULTS, homeCounties, reserveRoots: [] });
    expect(shards.some(({ pull }) => pull === 'reserve-identities')).toBe(false);
  });

  it('find by county every place of a whole county, and by name those of a split one', () => {
    expect(coveredPlaces(homeCounties)).toEqual({
      wholeCounties: ['03'],
      places: ['0480', '0481', '04-protected'],
    });
  });
});
