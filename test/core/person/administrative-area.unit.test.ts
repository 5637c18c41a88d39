import { describe, expect, it } from 'vitest';
import { createAdministrativeAreas } from '../../../core/person/administrative-area.ts';

const areas = createAdministrativeAreas(
  [
    { code: '03', name: 'Uppsala län' },
    { code: '01', name: 'Stockholms län' },
  ],
  [
    { code: '0380', name: 'Uppsala', county: '03' },
    { code: '0180', name: 'Stockholm', county: '01' },
    { code: '0114', name: 'Upplands Väsby', county: '01' },
  ],
);
const area = (countyCode: string | null, municipalityCode: string | null) => ({
  kind: 'area',
  countyCode,
  municipalityCode,
});

describe('county and municipality codes', () => {
  it.each([
    ['two digits within the county', '03', '80', area('03', '0380')],
    ['four digits', '03', '0380', area('03', '0380')],
    ['four digits without a county', null, '0380', area('03', '0380')],
    ['a county alone', '01', null, area('01', null)],
    ['nothing', null, null, area(null, null)],
    ['two digits of another county', '03', '14', { kind: 'unknown', field: 'municipalityCode' }],
    ['four digits of another county', '03', '0180', { kind: 'unknown', field: 'municipalityCode' }],
    ['two digits without a county', null, '80', { kind: 'unknown', field: 'municipalityCode' }],
    ['a merged county', '11', '80', { kind: 'unknown', field: 'countyCode' }],
    ['a payer code', '99', '01', { kind: 'unknown', field: 'countyCode' }],
    ['a payer code of four digits', null, '9901', { kind: 'unknown', field: 'municipalityCode' }],
  ] as const)('%s', (_, county, municipality, expected) => {
    expect(areas.resolve(county, municipality)).toEqual(expected);
  });

  it('names the municipalities of a county in order, and none of another', () => {
    expect(areas.municipalitiesOf('01')).toEqual(['0114', '0180']);
    expect(areas.municipalitiesOf('11')).toEqual([]);
  });
});
