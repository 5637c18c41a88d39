import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { describeWithShared, readSharedJson, sharedPath } from '../../support/shared-data.ts';

const MAPPINGS = new URL('../../../mappings', import.meta.url).pathname;
const { masterMapping, puMapping } = await loadMappingFiles(MAPPINGS);

/** The rows of a CSV file below its comment lines, the column names among them. */
const linesOf = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#'));

describeWithShared('the area tables', 'codes/swedish_admin_areas.csv', () => {
  const official = () =>
    linesOf(sharedPath('codes/swedish_admin_areas.csv'))
      .slice(1)
      .map((line) => line.split(','));

  it('have the 290 municipalities, each in its county', () => {
    const own = linesOf(`${MAPPINGS}/code-tables/municipalities.csv`).slice(1);
    expect(own).toEqual(official().map(([code, name, county]) => `${code},${name},${county}`));
    expect(own).toHaveLength(290);
  });

  it('have the 21 counties', () => {
    const own = linesOf(`${MAPPINGS}/code-tables/counties.csv`).slice(1);
    const counties = new Set(official().map(([, , code, name]) => `${code},${name}`));
    expect(new Set(own)).toEqual(counties);
    expect(own).toHaveLength(21);
  });
});

describe('the area tables', () => {
  it('say where they come from', () => {
    for (const name of ['counties', 'municipalities']) {
      const text = readFileSync(`${MAPPINGS}/code-tables/${name}.csv`, 'utf8');
      expect(text).toMatch(/^# Source: /);
    }
  });
});

const PU_CODES = 'codes/pu-codes-5.1.json';

interface CodeList {
  readonly codes: Readonly<Record<string, string>>;
}

interface PuCodes {
  readonly deregistrationReasonCode: {
    readonly codes: Readonly<Record<string, string>>;
    readonly 'legacy_removed_in_4.0': Readonly<Record<string, string>>;
    readonly 'legacy_residentmaster_1.0': Readonly<Record<string, string>>;
  };
  readonly maritalStatusCode: CodeList;
  readonly gender: CodeList;
  readonly identityStatus: CodeList;
  readonly identityStatusCause: CodeList;
  readonly referredPersonalIdentityStatus: CodeList;
  readonly contactType: CodeList;
}

describeWithShared('the codes of master.json', PU_CODES, () => {
  const pu = () => readSharedJson<PuCodes>(PU_CODES);
  const { codes } = masterMapping;

  it('map every deregistration reason, today’s to itself and older ones to one of today’s', () => {
    const today = pu().deregistrationReasonCode.codes;
    const older = {
      ...pu().deregistrationReasonCode['legacy_removed_in_4.0'],
      ...pu().deregistrationReasonCode['legacy_residentmaster_1.0'],
    };
    const mapped = codes.deregistrationReason;
    expect(Object.keys(mapped).toSorted()).toEqual(Object.keys({ ...today, ...older }).toSorted());
    for (const code of Object.keys(today)) expect(mapped[code]).toBe(code);
    expect(Object.keys(today)).toEqual(expect.arrayContaining(Object.values(mapped)));
  });

  it('map every marital status, with both spellings of widowed as one', () => {
    const expected = Object.keys(pu().maritalStatusCode.codes).map((code) => [
      code,
      code === 'A' ? 'Ä' : code,
    ]);
    expect(codes.maritalStatus).toEqual(Object.fromEntries(expected));
  });
});

describeWithShared('the codes of pu.json', PU_CODES, () => {
  const pu = () => readSharedJson<PuCodes>(PU_CODES);
  const { codes } = puMapping;

  it('map every code that PU publishes, in every spelling', () => {
    for (const [own, published] of [
      ['gender', 'gender'],
      ['maritalStatus', 'maritalStatusCode'],
      ['identityStatus', 'identityStatus'],
      ['referredIdentityStatus', 'referredPersonalIdentityStatus'],
      ['contactType', 'contactType'],
    ] as const) {
      const expected = Object.keys(pu()[published].codes).toSorted();
      expect({ own, codes: Object.keys(codes[own]).toSorted() }).toEqual({ own, codes: expected });
    }
    const causes = Object.keys(pu().identityStatusCause.codes);
    expect(Object.keys(codes.identityStatusCause)).toEqual(expect.arrayContaining(causes));
  });

  it('of deregistration and marital status mean what the same codes of Master mean', () => {
    expect(codes.deregistrationReason).toEqual(masterMapping.codes.deregistrationReason);
    expect(codes.maritalStatus).toEqual(masterMapping.codes.maritalStatus);
  });
});
