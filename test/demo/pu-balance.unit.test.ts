import { describe, expect, it } from 'vitest';
import { balancePu, type PuBalance, type PuScope } from '../../scripts/demo/pu-balance.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';

const NUMBERS = '1.2.752.129.2.1.3.1';
const RESERVE = '1.2.752.74.9.1';
const OTHER_RESERVE = '1.2.752.97.3.1.9';

function record(extension: string, parts: Partial<PuRecord> = {}): PuRecord {
  return {
    personalIdentity: { root: NUMBERS, extension },
    gender: '1',
    protectedPersonIndicator: false,
    testIndicator: false,
    primaryIdentity: true,
    version: '20260201120000',
    name: {},
    ...parts,
  };
}

const resident = (extension: string, parts: Partial<PuRecord> = {}): PuRecord =>
  record(extension, {
    populationRegistrationLocality: { countyCode: '03', municipalityCode: '80' },
    ...parts,
  });

async function balance(
  records: readonly PuRecord[],
  lastVersions: Readonly<Record<string, string>>,
  inMaster: readonly string[] = [],
): Promise<PuBalance> {
  const scope: PuScope = {
    homeCounties: new Set(['03']),
    reserveRoots: new Set([RESERVE]),
    askableRoots: new Set([NUMBERS, RESERVE]),
    inMaster: new Set(inMaster),
  };
  return await balancePu({
    records: (async function* () {
      for (const one of records) yield await Promise.resolve(one);
    })(),
    lastVersions: new Map(Object.entries(lastVersions)),
    scope,
  });
}

describe('the sum for PU', () => {
  it('comes out when the last raw record of everybody has the version that PU has', async () => {
    const last = { [`${NUMBERS}^a`]: '20260201120000' };
    expect(await balance([resident('a')], last, [`${NUMBERS}^a`])).toEqual({
      expected: 1,
      current: 1,
      behind: 0,
      onlyInPu: 0,
      notAskedFor: 0,
    });
  });

  it('does not come out with an older version, or none, of somebody whom the pulls are to find', async () => {
    const last = { [`${NUMBERS}^a`]: '20260201115959' };
    const reserve = record('c', { personalIdentity: { root: RESERVE, extension: 'c' } });
    const records = [resident('a'), resident('b'), reserve, record('d')];
    expect(await balance(records, last, [`${NUMBERS}^d`])).toMatchObject({
      expected: 4,
      current: 0,
      behind: 4,
    });
  });

  it('leaves out who is neither of the region nor known, and whom PU cannot be asked about', async () => {
    const identity = { root: OTHER_RESERVE, extension: 'b' };
    const records = [record('a'), record('b', { personalIdentity: identity })];
    expect(await balance(records, {}, [`${OTHER_RESERVE}^b`])).toMatchObject({
      expected: 0,
      behind: 0,
      notAskedFor: 2,
    });
  });

  it('keeps holding to account for whom it once read, and counts who is not in Master', async () => {
    const last = { [`${NUMBERS}^gone`]: '20260101000000' };
    expect(await balance([record('gone')], last)).toMatchObject({ behind: 1, onlyInPu: 1 });
  });
});
