import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adapterOfVersion } from '../../../../connectors/sources/pu/adapters/adapter-of-version.ts';
import type { PuAnswer, PuPersonRecord } from '../../../../connectors/sources/pu/pu-client-port.ts';
import { openXmlDocument } from '../../../../connectors/sources/pu/xml-reader.ts';
import { findHubError } from '../../../../core/errors/hub-error.ts';

const DOMAIN = 'urn:riv:strategicresourcemanagement:persons:person';
const ROOT = '1.2.752.129.2.1.3.1';
const IDENTITY = '185002029999';
const SELF = `<personalIdentity><root>${ROOT}</root><extension>${IDENTITY}</extension></personalIdentity>`;
const FLAGS =
  '<protectedPersonIndicator>false</protectedPersonIndicator><testIndicator>false</testIndicator><primaryIdentity>true</primaryIdentity>';

function documentOf(...records: readonly string[]): string {
  const persons = records.map((record) => `<r:personRecord>${record}</r:personRecord>`).join('');
  return `<r:SearchPersonsForProfileResponse xmlns:r="${DOMAIN}:SearchPersonsForProfileResponder:5" xmlns="${DOMAIN}:5">${persons}</r:SearchPersonsForProfileResponse>`;
}

function readDocument(xml: string): readonly PuAnswer[] {
  const answers: PuAnswer[] = [];
  const adapter = adapterOfVersion('5', 'SE165565594230-1000');
  const document = openXmlDocument(
    adapter.openDocument(null, (answer) => {
      answers.push(answer);
    }),
  );
  document.write(Buffer.from(xml));
  document.end();
  return answers;
}

/** The one record of a document with this beside identity and flags. */
function readRecord(content: string, start = `${SELF}${FLAGS}`): PuPersonRecord {
  const [answer] = readDocument(documentOf(`${start}${content}`));
  if (!answer?.record) throw new Error('no record');
  return answer.record;
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    return findHubError(error)?.code ?? 'another error';
  }
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

type Kind = 'text' | 'flag' | 'date';

/** Where each field of the person's own row stands in PersonRecordType (XSD 5.0). */
const PERSON_PATHS: readonly (readonly [path: string, field: string, kind: Kind])[] = [
  ['identityLevel', 'identityLevel', 'text'],
  ['identityLevelDate', 'identityLevelDate', 'date'],
  ['gender', 'gender', 'text'],
  ['protectedPersonIndicator', 'protectedPerson', 'flag'],
  ['testIndicator', 'testPerson', 'flag'],
  ['primaryIdentity', 'primaryIdentity', 'flag'],
  ['version', 'version', 'text'],
  ['name/givenNameIndicator', 'givenNameIndicator', 'text'],
  ['name/givenName', 'givenName', 'text'],
  ['name/middleName', 'middleName', 'text'],
  ['name/surname', 'surname', 'text'],
  ['name/notificationName', 'notificationName', 'text'],
  ['birth/dateOfBirth', 'birthDate', 'date'],
  ['birth/placeOfBirthSweden/birthCountyCode', 'birthCountyCode', 'text'],
  ['birth/placeOfBirthSweden/birthParish', 'birthParish', 'text'],
  ['birth/birthAbroad/placeOfBirthAbroad', 'placeOfBirthAbroad', 'text'],
  ['birth/birthAbroad/countryOfBirth', 'countryOfBirth', 'text'],
  ['populationRegistrationLocality/populationRegistrationDate', 'registrationDate', 'date'],
  ['populationRegistrationLocality/countyCode', 'countyCode', 'text'],
  ['populationRegistrationLocality/municipalityCode', 'municipalityCode', 'text'],
  ['populationRegistrationLocality/parishCode', 'parishCode', 'text'],
  ['populationRegistrationLocality/propertyDesignation', 'propertyDesignation', 'text'],
  ['populationRegistrationLocality/populationRegistrationType', 'registrationType', 'text'],
  ['administrativeInformation/categoryOfPerson', 'categoryOfPerson', 'text'],
  ['administrativeInformation/accountCode', 'accountCode', 'text'],
  ['deregistration/deregistrationReasonCode', 'deregistrationReason', 'text'],
  ['deregistration/deregistrationDate', 'deregistrationDate', 'date'],
  ['deregistration/foundDeadAtDate', 'foundDeadDate', 'date'],
  ['maritalStatus/maritalStatusCode', 'maritalStatus', 'text'],
  ['maritalStatus/maritalStatusDate', 'maritalStatusDate', 'date'],
  ['immigration/immigrationDate', 'immigrationDate', 'date'],
  ['immigration/rightOfResidence', 'rightOfResidence', 'flag'],
  ['coOrdinationNumberData/allocationDate', 'allocationDate', 'date'],
  ['coOrdinationNumberData/preliminaryTransferDate', 'preliminaryTransferDate', 'date'],
  ['coOrdinationNumberData/renewalDate', 'renewalDate', 'date'],
  ['coOrdinationNumberData/deceasedDate', 'deceasedDate', 'date'],
  ['personalIdentityStatus/identityStatus', 'identityStatus', 'text'],
  ['personalIdentityStatus/identityStatusDate', 'identityStatusDate', 'date'],
  ['personalIdentityStatus/identityStatusCause', 'identityStatusCause', 'text'],
  ['optoutPaperNotification', 'optoutPaperNotification', 'flag'],
  ['protectedPopulationRecord', 'protectedPopulationRecord', 'flag'],
];

/** What the restricted contracts never say of a protected person (the matrix of TKB 5.1 ch. 8). */
const HIDDEN_FIELDS: ReadonlySet<string> = new Set([
  'birthCountyCode',
  'birthParish',
  'placeOfBirthAbroad',
  'countryOfBirth',
  'registrationDate',
  'municipalityCode',
  'parishCode',
  'propertyDesignation',
  'registrationType',
  'categoryOfPerson',
  'accountCode',
  'maritalStatus',
  'maritalStatusDate',
  'immigrationDate',
  'rightOfResidence',
  'optoutPaperNotification',
]);

const HIDDEN_GROUPS: readonly (readonly [group: string, xml: string])[] = [
  [
    'place of birth',
    '<birth><placeOfBirthSweden><birthCountyCode>03</birthCountyCode><birthParish>X</birthParish></placeOfBirthSweden><birthAbroad><placeOfBirthAbroad>Oslo</placeOfBirthAbroad><countryOfBirth>NO</countryOfBirth></birthAbroad></birth>',
  ],
  [
    'place but the county',
    '<populationRegistrationLocality><populationRegistrationDate><format>YYYY</format><value>1950</value></populationRegistrationDate><municipalityCode>80</municipalityCode><parishCode>01</parishCode><propertyDesignation>Kvarnen 1:1</propertyDesignation><populationRegistrationType>FB</populationRegistrationType></populationRegistrationLocality>',
  ],
  [
    'former places',
    '<populationRegistrationRecord><historicalRecords><populationRegistrationLocality><countyCode>03</countyCode></populationRegistrationLocality></historicalRecords></populationRegistrationRecord>',
  ],
  [
    'residential address',
    '<addressInformation><residentialAddress><city>Uppsala</city></residentialAddress></addressInformation>',
  ],
  [
    'special postal address',
    '<addressInformation><specialPostalAddress><city>Uppsala</city></specialPostalAddress></addressInformation>',
  ],
  [
    'given address',
    '<addressInformation><givenAddress><city>Uppsala</city></givenAddress></addressInformation>',
  ],
  [
    'address abroad',
    '<addressInformation><addressAbroad><city>Oslo</city></addressAbroad></addressInformation>',
  ],
  [
    'contacts',
    '<contactInformation><contactType>phone</contactType><value>+46701740605</value></contactInformation>',
  ],
  [
    'contact persons',
    '<contactPerson><givenName>Bo</givenName><contactPersonContactInformation><contactType>phone</contactType></contactPersonContactInformation></contactPerson>',
  ],
  ['relations', '<relationship><relationshipType>V</relationshipType></relationship>'],
  ['citizenship', '<citizenship><citizenshipCountryCode>SE</citizenshipCountryCode></citizenship>'],
  [
    'civil status',
    '<maritalStatus><maritalStatusCode>OG</maritalStatusCode><maritalStatusDate><format>YYYY</format><value>1950</value></maritalStatusDate></maritalStatus>',
  ],
  [
    'immigration',
    '<immigration><immigrationDate><format>YYYY</format><value>1950</value></immigrationDate><rightOfResidence>true</rightOfResidence></immigration>',
  ],
  ['notices', '<optoutPaperNotification>true</optoutPaperNotification>'],
  [
    'administration',
    '<administrativeInformation><categoryOfPerson>A</categoryOfPerson><accountCode>1</accountCode></administrativeInformation>',
  ],
];

const FORMATS: Readonly<Record<number, string>> = { 4: 'YYYY', 7: 'YYYY-MM', 10: 'YYYY-MM-DD' };

const VALUES: Readonly<Record<Kind, fc.Arbitrary<{ readonly xml: string; readonly row: string }>>> =
  {
    text: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .map((text) => text.replace(/\p{Cc}/gu, '').trim())
      .filter((text) => text !== '' && text.isWellFormed())
      .map((text) => ({ xml: escaped(text), row: text })),
    flag: fc.constantFrom(
      { xml: 'true', row: '1' },
      { xml: ' 1 ', row: '1' },
      { xml: 'false', row: '0' },
      { xml: '0', row: '0' },
    ),
    date: fc.constantFrom('1850', '1850-02', '1850-02-28').map((row) => ({
      xml: `<format>${FORMATS[row.length]}</format><value>${row}</value>`,
      row,
    })),
  };

/** Some of the fields with values, in any order of the outermost elements, with extensions between them. */
const records = fc
  .subarray([...PERSON_PATHS])
  .chain((paths) =>
    fc.tuple(
      fc.tuple(
        ...paths.map(([path, field, kind]) =>
          VALUES[kind].map((value) => ({ path: path.split('/'), field, ...value })),
        ),
      ),
      fc.infiniteStream(fc.nat({ max: 1_000 })),
    ),
  )
  .map(([fields, order]) => {
    const groups = Map.groupBy(fields, ({ path }) => path[0] ?? '');
    const parts = [
      SELF,
      '<x:more xmlns:x="urn:extension"><x:gender>9</x:gender><gender>9</gender></x:more>',
      ...[...groups.values()].map((group) => nest(group.map(({ path, xml }) => ({ path, xml })))),
    ];
    const shuffled = parts
      .map((part) => ({ part, at: Number(order.next().value) }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ part }) => part);
    return { xml: shuffled.join('\n'), row: fields.map(({ field, row }) => [field, row] as const) };
  });

/** Elements in elements; fields of one parent share it. */
function nest(
  fields: readonly { readonly path: readonly string[]; readonly xml: string }[],
): string {
  return [...Map.groupBy(fields, ({ path }) => path[0] ?? '')]
    .map(([name, inside]) => {
      const own = inside.filter(({ path }) => path.length === 1).map(({ xml }) => xml);
      const deeper = inside
        .filter(({ path }) => path.length > 1)
        .map(({ path, xml }) => ({ path: path.slice(1), xml }));
      return `<${name}>${own.join('')}${deeper.length > 0 ? nest(deeper) : ''}</${name}>`;
    })
    .join('');
}

describe('a PersonRecord as the hub’s own row', () => {
  it('has every field that PU states, whatever the order, and none that it does not', () => {
    fc.assert(
      fc.property(records, ({ xml, row }) => {
        const { person } = readRecord('', xml);
        const stated: Readonly<Record<string, string>> = {
          protectedPerson: '1',
          ...Object.fromEntries(row),
          identityRoot: ROOT,
          identity: IDENTITY,
        };
        const isProtected =
          stated['protectedPerson'] === '1' || stated['protectedPopulationRecord'] === '1';
        const visible = Object.entries(stated).filter(([field]) => !HIDDEN_FIELDS.has(field));
        expect(person).toEqual(isProtected ? Object.fromEntries(visible) : stated);
      }),
      { numRuns: 500 },
    );
  });

  it('has the rows beside it', () => {
    const identity = (extension: string): string =>
      `<root>${ROOT}</root><extension>${extension}</extension>`;
    const { children } = readRecord(`
      <linkedIdentity><referredPersonalIdentity>${identity('185003039999')}</referredPersonalIdentity><assuranceLevel>level3</assuranceLevel><primaryIdentity>false</primaryIdentity></linkedIdentity>
      <referredPersonalIdentities><referredPersonalIdentity>${identity('185004049999')}</referredPersonalIdentity><referredPersonalIdentityStatus>NY</referredPersonalIdentityStatus></referredPersonalIdentities>
      <populationRegistrationRecord><syncronizationTime>2026-01-01T00:00:00+01:00</syncronizationTime><historicalRecords>
        <populationRegistrationLocality><countyCode>03</countyCode><municipalityCode>80</municipalityCode><populationRegistrationType>FB</populationRegistrationType><localRegistrationTime>2020-01-01T00:00:00.000+01:00</localRegistrationTime><localRegistrationEndTime>2025-07-01T00:00:00.000+02:00</localRegistrationEndTime></populationRegistrationLocality>
        <historicalAddress><city>Enköping</city></historicalAddress></historicalRecords></populationRegistrationRecord>
      <addressInformation>
        <residentialAddress><careOf>c/o B</careOf><postalAddress1>lgh 1001</postalAddress1><postalAddress2>Storgatan 1</postalAddress2><postalCode>75310</postalCode><city>Uppsala</city></residentialAddress>
        <specialPostalAddress><postalAddress2>Box 1</postalAddress2><postalCode>0</postalCode></specialPostalAddress>
        <addressAbroad><postalAddress1>a</postalAddress1><postalAddress2>b</postalAddress2><postalAddress3>c</postalAddress3><countryCode>Norge</countryCode></addressAbroad>
        <givenAddress/>
      </addressInformation>
      <contactInformation><contactType>phone</contactType><use>mobile</use><value>+46701740605</value><rank>1</rank><comment>x</comment><period><start>2026-01-01</start><end>2026-12-31</end></period><digitalNotification>true</digitalNotification></contactInformation>
      <contactPerson><contactRelationshipType>127850001</contactRelationshipType><priorityOrder>1</priorityOrder><givenName>Bo</givenName><surName>Ek</surName></contactPerson>
      <contactPerson><contactRelationshipType>375005</contactRelationshipType><contactPersonContactInformation><contactType>phone</contactType><value>+46701740606</value></contactPersonContactInformation></contactPerson>
      <citizenship><citizenshipCountryCode>SE</citizenshipCountryCode><citizenshipDate><format>YYYY</format><value>1850</value></citizenshipDate><status>NY</status></citizenship>
      <relationship><relationshipId><personalIdentity>${identity('185005059999')}</personalIdentity><dateOfBirth><format>YYYY</format><value>1850</value></dateOfBirth></relationshipId><relationshipType>V</relationshipType><relationshipFromDate><format>YYYY-MM</format><value>1850-05</value></relationshipFromDate><relationshipToDate><format>YYYY</format><value>1868</value></relationshipToDate><name><givenName>Eva</givenName><middleName>Lo</middleName><surname>Ek</surname></name><deregistration><deregistrationReasonCode>AV</deregistrationReasonCode></deregistration><status>NY</status></relationship>`);
    expect(children).toEqual({
      linkedIdentities: [
        {
          identityRoot: ROOT,
          identity: '185003039999',
          assuranceLevel: 'level3',
          primaryIdentity: '0',
        },
      ],
      referredIdentities: [{ identityRoot: ROOT, identity: '185004049999', status: 'NY' }],
      historicalLocalities: [
        {
          countyCode: '03',
          municipalityCode: '80',
          registrationType: 'FB',
          localRegistrationTime: '2020-01-01T00:00:00.000+01:00',
          localRegistrationEndTime: '2025-07-01T00:00:00.000+02:00',
        },
      ],
      addresses: [
        {
          kind: 'residential',
          careOf: 'c/o B',
          line1: 'lgh 1001',
          line2: 'Storgatan 1',
          postalCode: '75310',
          city: 'Uppsala',
        },
        { kind: 'special-postal', line2: 'Box 1' },
        { kind: 'abroad', line1: 'a', line2: 'b', line3: 'c', country: 'Norge' },
      ],
      contacts: [
        {
          contactType: 'phone',
          use: 'mobile',
          value: '+46701740605',
          rank: '1',
          start: '2026-01-01',
          end: '2026-12-31',
          digitalNotification: '1',
        },
      ],
      contactPersons: [
        { relationshipType: '127850001', priorityOrder: '1', givenName: 'Bo', surname: 'Ek' },
        { relationshipType: '375005' },
      ],
      contactPersonContacts: [{ contactPerson: '1', contactType: 'phone', value: '+46701740606' }],
      citizenships: [{ countryCode: 'SE', date: '1850', status: 'NY' }],
      relations: [
        {
          identityRoot: ROOT,
          identity: '185005059999',
          birthDate: '1850',
          type: 'V',
          from: '1850-05',
          to: '1868',
          givenName: 'Eva',
          middleName: 'Lo',
          surname: 'Ek',
          deregistrationReason: 'AV',
          status: 'NY',
        },
      ],
    });
  });

  it.each([
    ['75310', '75310'],
    [' 1234 ', '01234'],
    ['0', undefined],
    ['00000', undefined],
    ['', undefined],
  ])('reads the postal code "%s" as %s', (sent, expected) => {
    const { children } = readRecord(
      `<addressInformation><residentialAddress><city>Uppsala</city><postalCode>${sent}</postalCode></residentialAddress></addressInformation>`,
    );
    expect(children['addresses']?.[0]?.['postalCode']).toBe(expected);
  });

  it.each([
    ['a missing flag', '', '1'],
    ['an empty flag', '<protectedPersonIndicator/>', '1'],
    ['no boolean', '<protectedPersonIndicator>nej</protectedPersonIndicator>', '1'],
    ['true', '<protectedPersonIndicator>true</protectedPersonIndicator>', '1'],
    ['false', '<protectedPersonIndicator>false</protectedPersonIndicator>', '0'],
  ])('takes %s of protection for %s', (_, flag, expected) => {
    expect(readRecord('', `${SELF}${flag}`).person['protectedPerson']).toBe(expected);
  });

  it('leaves out the second flag of protection where PU does not state it, and believes it where it cannot be read', () => {
    expect(readRecord('').person).not.toHaveProperty('protectedPopulationRecord');
    const unread = readRecord('<protectedPopulationRecord>?</protectedPopulationRecord>');
    expect(unread.person['protectedPopulationRecord']).toBe('1');
  });

  it.each([
    ['YYYY', '2024-05-17'],
    ['YYYY-MM-DD', '2024-05'],
    ['YYYY-MM-DD', '20240517'],
    ['', '2024'],
    ['YYYYMMDD', '2024-05-17'],
  ])('makes no date of the format "%s" with the value %s', (format, value) => {
    const { person } = readRecord(
      `<deregistration><deregistrationDate><format>${format}</format><value>${value}</value></deregistrationDate></deregistration>`,
    );
    expect(person['deregistrationDate']).not.toMatch(/^\d{4}(-\d\d(-\d\d)?)?$/);
    expect(person['deregistrationDate']).toContain(value);
  });

  it('takes the names of both spellings', () => {
    const { children, person } = readRecord(
      '<contactPerson><contactRelationshipType>1</contactRelationshipType><surname>Ek</surname></contactPerson><personalIdentityStatus><identityStatusValue>AKT</identityStatusValue></personalIdentityStatus>',
    );
    expect(children['contactPersons']).toEqual([{ relationshipType: '1', surname: 'Ek' }]);
    expect(person['identityStatus']).toBe('AKT');
  });

  describe.each([
    '<protectedPersonIndicator>true</protectedPersonIndicator>',
    '<protectedPersonIndicator>false</protectedPersonIndicator><protectedPopulationRecord>true</protectedPopulationRecord>',
    '',
  ])('of somebody who is protected by "%s"', (flags) => {
    it.each(HIDDEN_GROUPS)('holds nothing of %s, though PU sent it', (_, xml) => {
      expect(readRecord(xml)).not.toEqual(readRecord(''));
      for (const start of [`${SELF}${flags}${xml}`, `${xml}${flags}${SELF}`]) {
        expect(readRecord('', start)).toEqual(readRecord('', `${SELF}${flags}`));
      }
    });

    it('holds its links, name and county', () => {
      const rest = `<populationRegistrationLocality><countyCode>03</countyCode></populationRegistrationLocality><name><surname>Ek</surname></name><linkedIdentity><referredPersonalIdentity><root>${ROOT}</root><extension>185003039999</extension></referredPersonalIdentity></linkedIdentity><referredPersonalIdentities><referredPersonalIdentity><root>${ROOT}</root><extension>185004049999</extension></referredPersonalIdentity></referredPersonalIdentities>`;
      const { person, children } = readRecord(rest, `${SELF}${flags}`);
      expect(person).toMatchObject({ countyCode: '03', surname: 'Ek' });
      expect(Object.keys(children)).toEqual(['linkedIdentities', 'referredIdentities']);
    });
  });

  it('tells of test persons and of the version', () => {
    const { isTestPerson, version } = readRecord(
      '<version>20260101120000</version>',
      `${SELF}<testIndicator>true</testIndicator>`,
    );
    expect({ isTestPerson, version }).toEqual({ isTestPerson: true, version: '20260101120000' });
    expect(readRecord('')).toMatchObject({ isTestPerson: false, version: null });
  });
});

describe('a document of an order', () => {
  it('may have nobody in it', () => {
    expect(readDocument(documentOf())).toEqual([]);
    expect(readDocument(documentOf(''))).toEqual([]);
  });

  it('names each identity that was asked for, known or not', () => {
    const asked = (extension: string, record: string): string =>
      `<r:requestedPersonRecord><requestedPersonalIdentity><root>${ROOT}</root><extension>${extension}</extension></requestedPersonalIdentity>${record}</r:requestedPersonRecord>`;
    const answers = readDocument(
      `<r:GetPersonsForProfileResponse xmlns:r="${DOMAIN}:GetPersonsForProfileResponder:5" xmlns="${DOMAIN}:5">${asked(IDENTITY, `<personRecord>${SELF}${FLAGS}</personRecord>`)}${asked('185003039999', '')}${asked('185004049999', '<personRecord/>')}</r:GetPersonsForProfileResponse>`,
    );
    expect(
      answers.map(({ requested, record }) => [requested?.extension, record?.identity.extension]),
    ).toEqual([
      [IDENTITY, IDENTITY],
      ['185003039999', undefined],
      ['185004049999', undefined],
    ]);
  });

  it.each([
    ['the contract', documentOf().replaceAll('Responder:5', 'Responder:6')],
    ['the types', documentOf(`${SELF}${FLAGS}`).replace('person:5"', 'person:6"')],
  ])('of another version of %s is refused', (_, xml) => {
    expect(codeOf(() => readDocument(xml))).toBe('HUB_PU_WRONG_VERSION');
  });

  it('takes an extension within a version for what it is', () => {
    const extension = `<x:extra xmlns:x="${DOMAIN}:5.1"><x:gender>9</x:gender></x:extra>`;
    expect(readRecord(extension).person).not.toHaveProperty('gender');
  });

  it.each([
    [
      'of another contract',
      documentOf().replaceAll('SearchPersonsForProfileResponse', 'UpdatePersonResponse'),
    ],
    ['of something else', '<html/>'],
    ['with a record of nobody', documentOf(FLAGS)],
    [
      'with a root that is none',
      documentOf(
        `<personalIdentity><root>x</root><extension>1</extension></personalIdentity>${FLAGS}`,
      ),
    ],
    ['that ends in a record', documentOf(`${SELF}${FLAGS}`).slice(0, -60)],
  ])('%s is unreadable', (_, xml) => {
    expect(codeOf(() => readDocument(xml))).toBe('HUB_PU_ANSWER_UNREADABLE');
  });
});
