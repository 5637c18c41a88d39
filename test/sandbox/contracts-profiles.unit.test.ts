import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PERSON_RECORD } from '../../scripts/sandbox/contracts/person-types.ts';
import { firstProfile } from '../../scripts/sandbox/contracts/profile-fields.ts';
import { readXml, type XmlElement } from '../../scripts/sandbox/contracts/read-xml.ts';
import type { Group } from '../../scripts/sandbox/contracts/schema-types.ts';
import { writePersonRecord } from '../../scripts/sandbox/contracts/write-person-record.ts';
import { PROFILES, type Profile } from '../../scripts/sandbox/sandbox-types.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { fullRecord, pnr, record } from './contracts-records.ts';

const MATRIX = 'rivta/pu-profile-matrix-tkb5.1.csv';

/** The paths of all leaves of the schema's record. */
function leaves(type: Group, path = ''): readonly string[] {
  return Object.entries(type.members).flatMap(([name, member]) =>
    member.type.kind === 'group' ? leaves(member.type, `${path}${name}/`) : [`${path}${name}`],
  );
}

/** The paths of the leaves that are written, each once. */
function written(shown: Parameters<typeof writePersonRecord>[0], profile: Profile): Set<string> {
  const root = readXml(`<record>${writePersonRecord(shown, profile, false)}</record>`);
  const found = new Set<string>();
  const walk = (element: XmlElement, path: string): void => {
    // The two parts of a partial date are one field.
    const isLeaf = element.children.every(({ name }) => name === 'format' || name === 'value');
    const isContact = element.name.toLowerCase().endsWith('contactinformation');
    if (isLeaf && !isContact) found.add(path);
    else for (const child of element.children) walk(child, `${path}/${child.name}`);
  };
  for (const child of root.children) walk(child, child.name);
  return found;
}

/** What a protected person's record says, all of it (TKB 5.1 ch. 8, P1). */
const P1 = [
  'personalIdentity/root',
  'personalIdentity/extension',
  'identityLevel',
  'identityLevelDate',
  'gender',
  'protectedPersonIndicator',
  'testIndicator',
  'primaryIdentity',
  'version',
  'name/givenNameIndicator',
  'name/givenName',
  'name/middleName',
  'name/surname',
  'name/notificationName',
  'linkedIdentity/referredPersonalIdentity/root',
  'linkedIdentity/referredPersonalIdentity/extension',
  'linkedIdentity/assuranceLevel',
  'linkedIdentity/primaryIdentity',
  'referredPersonalIdentities/referredPersonalIdentity/root',
  'referredPersonalIdentities/referredPersonalIdentity/extension',
  'referredPersonalIdentities/referredPersonalIdentityStatus',
  'birth/dateOfBirth',
  'populationRegistrationLocality/countyCode',
  'populationRegistrationRecord/syncronizationTime',
  'populationRegistrationRecord/notificationCase/recordId',
  'populationRegistrationRecord/notificationCase/notificationType',
  'populationRegistrationRecord/notificationCase/modificationTime',
  'populationRegistrationRecord/notificationCase/totalRecord',
  'populationRegistrationRecord/notificationCase/notificationDate',
  'deregistration/deregistrationReasonCode',
  'deregistration/deregistrationDate',
  'deregistration/foundDeadAtDate',
  'coOrdinationNumberData/allocationDate',
  'coOrdinationNumberData/preliminaryTransferDate',
  'coOrdinationNumberData/renewalDate',
  'coOrdinationNumberData/deceasedDate',
  'personalIdentityStatus/identityStatus',
  'personalIdentityStatus/identityStatusDate',
  'personalIdentityStatus/identityStatusCause',
  'protectedPopulationRecord',
];

describe('a protected person in a restricted contract', () => {
  it.each(PROFILES)(
    'is written with the fields of P1 and no others when %s is asked for',
    (profile) => {
      for (const flag of ['protectedPersonIndicator', 'protectedPopulationRecord']) {
        expect([...written(fullRecord({ [flag]: true }), profile)]).toEqual(P1);
      }
    },
  );

  it('has no place at all when its county is not known', () => {
    const shown = record(pnr('185001012389'), {
      protectedPersonIndicator: true,
      populationRegistrationLocality: { municipalityCode: '80' },
    });
    expect(writePersonRecord(shown, 'P5', false)).not.toContain('populationRegistrationLocality');
  });

  it('is written in full in an unrestricted contract', () => {
    const shown = { ...fullRecord(), protectedPersonIndicator: true };
    expect(writePersonRecord(shown, 'P5', true).replace('<protectedPersonIndicator>true', '')).toBe(
      writePersonRecord(fullRecord(), 'P5', false).replace('<protectedPersonIndicator>false', ''),
    );
  });
});

describe('a record', () => {
  it.each(leaves(PERSON_RECORD))('is written with %s in the profiles that have it', (path) => {
    const first = firstProfile(path.split('/'));
    const expected = first === null ? [] : PROFILES.slice(PROFILES.indexOf(first));
    expect(PROFILES.filter((profile) => written(fullRecord(), profile).has(path))).toEqual(
      expected,
    );
  });

  it.each([
    [
      'P2',
      'populationRegistrationLocality/municipalityCode',
      'addressInformation/residentialAddress/city',
      'administrativeInformation/comment',
    ],
    ['P3', 'contactInformation/value', 'contactPerson/surName', 'optoutPaperNotification'],
    [
      'P4',
      'birth/birthAbroad/countryOfBirth',
      'maritalStatus/maritalStatusCode',
      'relationship/relationshipType',
    ],
    [
      'P5',
      'populationRegistrationRecord/historicalRecords/populationRegistrationLocality/countyCode',
      'populationRegistrationRecord/historicalRecords/historicalAddress/city',
    ],
  ] as const)('has in %s for the first time %s', (profile, ...paths) => {
    const smaller = PROFILES[PROFILES.indexOf(profile) - 1] ?? 'P1';
    for (const path of paths) {
      expect(written(fullRecord(), profile)).toContain(path);
      expect(written(fullRecord(), smaller)).not.toContain(path);
    }
  });

  it('is written without what it does not have', () => {
    const xml = writePersonRecord(record(pnr('185001012389'), { name: {} }), 'P5', false);
    expect(xml).toBe(
      '<personalIdentity><root>1.2.752.129.2.1.3.1</root><extension>185001012389</extension></personalIdentity><protectedPersonIndicator>false</protectedPersonIndicator><testIndicator>false</testIndicator><primaryIdentity>true</primaryIdentity><version>20261101120000</version>',
    );
  });

  it('has the precision of a date in its format', () => {
    const dated = (date: string): string =>
      writePersonRecord(record(pnr('1'), { birth: { dateOfBirth: date } }), 'P1', false);
    expect(dated('1850')).toContain('<format>YYYY</format><value>1850</value>');
    expect(dated('1850-01')).toContain('<format>YYYY-MM</format><value>1850-01</value>');
    expect(dated('1850-01-31')).toContain('<format>YYYY-MM-DD</format><value>1850-01-31</value>');
  });

  it('keeps every character that XML may have, and no other', () => {
    const surname = 'a<b>&"c\'\t\n\r å😀 \u0000\u0008\u001f\ufffe\ud800';
    const xml = writePersonRecord(record(pnr('1'), { name: { surname } }), 'P1', false);
    const read = readXml(`<r>${xml}</r>`).children.find(({ name }) => name === 'name');
    expect(read?.children[0]?.text).toBe('a<b>&"c\'\t\n\r å😀 \ufffd\ufffd\ufffd\ufffd\ufffd');
  });
});

describeWithShared('the table of profiles, beside the official one', MATRIX, () => {
  /** Where the official table has another name than the schema. */
  const RENAMED: readonly (readonly [string, string])[] = [
    ['addressInformation/uuid', 'addressInformation/UUID'],
    ['identityStatusValue', 'identityStatus'],
    ['Actor/professional/updateTime', 'Actor/updateTime'],
  ];
  /** Types of domain version 4, which the official table still lists and the schema does not have. */
  const DEAD = /placeOfBirthAbroad\/|citizenshipCountryCode\/|\/attested/;

  interface Row {
    /** By the schema's names. */
    readonly path: string;
    readonly first: Profile | null;
  }

  const readRows = (): readonly Row[] =>
    readFileSync(sharedPath(MATRIX), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(','))
      .map(([, , path = '', ...marks]) => {
        // Whatever a profile has, every larger one has, too.
        expect(marks.join()).toMatch(/^,*(?:X,)*X?$/);
        return {
          path: RENAMED.reduce(
            (name, [official, ours]) => name.replace(official, ours),
            path.replace(/^personRecord\/?/, ''),
          ),
          first: PROFILES[marks.indexOf('X')] ?? null,
        };
      });

  it('says the same of every field', () => {
    const official = new Map(readRows().map(({ path, first }) => [path, first]));
    expect(official.size).toBeGreaterThan(190);
    const paths = leaves(PERSON_RECORD);
    const theirs = paths.map((path) => [
      path,
      // The official table has an identity or a period as one row.
      official.get(path) ??
        official.get(path.replace(/\/(?:root|extension|start|end)$/, '')) ??
        null,
    ]);
    expect(paths.map((path) => [path, firstProfile(path.split('/'))])).toEqual(theirs);
  });

  it('has every field of the official table', () => {
    const paths = leaves(PERSON_RECORD);
    const isKnown = (path: string): boolean =>
      paths.some((each) => each === path || each.startsWith(`${path}/`));
    const missing = readRows().filter(
      ({ path }) => path !== '' && !DEAD.test(path) && !isKnown(path),
    );
    expect(missing.map(({ path }) => path)).toEqual([]);
  });
});
