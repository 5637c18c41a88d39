import { describe, expect, it } from 'vitest';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { ClientFault } from '../../scripts/sandbox/contracts/client-fault.ts';
import {
  asksOnlyForChanges,
  createMatcher,
  parseQuery,
} from '../../scripts/sandbox/contracts/simple-ql.ts';
import { MADE_AT } from './contracts-harness.ts';
import { fullRecord, lrid, pnr, record } from './contracts-records.ts';

const matches = (query: string, found: PuRecord, isUnrestricted = false): boolean =>
  createMatcher(parseQuery(query), isUnrestricted)(found);

function faultOf(query: string): string {
  try {
    parseQuery(query);
  } catch (error) {
    if (error instanceof ClientFault) return error.message;
    throw error;
  }
  return 'no fault';
}

const FULL = fullRecord();

describe('a query', () => {
  it.each([
    // The four pulls of a local copy of PU.
    'FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("03") AND version >= "20261101000000"',
    'FROM PersonRecord WHERE populationRegistrationLocality.municipalityCode = "80"',
    'FROM PersonRecord.PopulationRegistrationLocality WHERE (CountyCode IN ("05","03","07") OR CountyCode = "01")',
    'FROM PersonRecord WHERE personalIdentity.root IN ("1.2.752.74.9.1","1.2.752.129.2.1.3.1")',
    'FROM PersonRecord WHERE populationRegistrationRecord.historicalRecords.populationRegistrationLocality.countyCode IN ("05") AND populationRegistrationRecord.historicalRecords.populationRegistrationLocality.localRegistrationEndTime >= "2020-05-17T00:00:00"',
    // The forms of the language.
    "from personrecord where NAME.GIVENNAME = 'Eva Mia'",
    'FROM PersonRecord WHERE PersonRecord.gender = "2"',
    'FROM PersonRecord.name WHERE gender = "2" AND givenName LIKE "Eva%"',
    'FROM PersonRecord WHERE protectedPersonIndicator = "false" AND optoutPaperNotification = "true"',
    'FROM PersonRecord WHERE addressInformation.residentialAddress.postalCode = "75320"',
    'FROM PersonRecord WHERE gender != "1"',
    'FROM PersonRecord WHERE gender = "1" OR gender = "3" OR gender = "2"',
    '  FROM  PersonRecord  WHERE\tgender="2"  ',
    `FROM PersonRecord WHERE ${Array.from({ length: 40 }, () => '(gender = "2")').join(' AND ')}`,
    `FROM PersonRecord WHERE ${'('.repeat(32)}gender = "2"${')'.repeat(32)}`,
  ])('finds what it describes: %s', (query) => {
    expect(matches(query, FULL)).toBe(true);
  });

  it.each([
    'FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("04","30")',
    'FROM PersonRecord WHERE version >= "20261101120001"',
    'FROM PersonRecord WHERE gender = "2" AND gender = "1"',
    // AND binds closer than OR.
    'FROM PersonRecord WHERE gender = "1" AND gender = "2" OR gender = "1"',
    'FROM PersonRecord WHERE gender = "1" AND (gender = "2" OR gender = "2")',
    'FROM PersonRecord WHERE name.givenName = "eva mia"',
    'FROM PersonRecord WHERE gender != "2"',
    'FROM PersonRecord WHERE gender = ""',
  ])('does not find what it does not describe: %s', (query) => {
    expect(matches(query, FULL)).toBe(false);
  });

  it.each([
    ['<', false, false, true],
    ['<=', false, true, true],
    ['>', true, false, false],
    ['>=', true, true, false],
    ['=', false, true, false],
    ['!=', true, false, true],
  ])('compares times as text: version %s another', (operator, earlier, same, later) => {
    const found = ['20261101115959', '20261101120000', '20261101120001'].map((version) =>
      matches(`FROM PersonRecord WHERE version ${operator} "${version}"`, FULL),
    );
    expect(found).toEqual([earlier, same, later]);
  });

  it.each([
    ['Eva Mia', true],
    ['Eva%', true],
    ['%Mia', true],
    ['%a M%', true],
    ['E%a%a', true],
    ['%', true],
    ['Eva Mia%', true],
    ['Eva', false],
    ['%Eva', false],
    ['Mia%', false],
    ['Eva %Eva Mia', false],
    ['%.%', false],
    ['%a M%a M%', false],
  ])('takes %% in LIKE for any text: %s', (pattern, isFound) => {
    expect(matches(`FROM PersonRecord WHERE name.givenName LIKE "${pattern}"`, FULL)).toBe(isFound);
  });

  it('never matches by a field that is not there', () => {
    const bare = record(pnr('185001012389'));
    expect(matches('FROM PersonRecord WHERE gender != "1"', bare)).toBe(false);
    expect(matches('FROM PersonRecord WHERE name.surname LIKE "%"', bare)).toBe(false);
  });

  it('is satisfied by one of several values', () => {
    const linked = 'FROM PersonRecord.linkedIdentity WHERE referredPersonalIdentity.root =';
    expect(matches(`${linked} "${lrid('').root}"`, FULL)).toBe(true);
    expect(matches(`${linked} "1.2"`, FULL)).toBe(false);
  });
});

describe('a restricted query about a protected person', () => {
  const HIDDEN = [
    'populationRegistrationLocality.municipalityCode = "80"',
    'populationRegistrationLocality.municipalityCode != "81"',
    'populationRegistrationLocality.municipalityCode LIKE "%"',
    'populationRegistrationLocality.municipalityCode IN ("80")',
    'addressInformation.residentialAddress.city >= "A"',
    'contactInformation.value LIKE "%"',
    'maritalStatus.maritalStatusCode = "G"',
    'populationRegistrationRecord.historicalRecords.populationRegistrationLocality.countyCode = "05"',
    'relationship.relationshipType = "VF"',
    'optoutPaperNotification = "true"',
  ];
  const flags = ['protectedPersonIndicator', 'protectedPopulationRecord'] as const;
  it.each(HIDDEN)('does not match by a field that the answer hides: %s', (condition) => {
    const query = `FROM PersonRecord WHERE ${condition}`;
    for (const flag of flags) {
      const hidden = fullRecord({ [flag]: true });
      expect(matches(query, hidden)).toBe(false);
      expect(matches(query, hidden, true)).toBe(true);
    }
    expect(matches(query, FULL)).toBe(true);
  });

  it.each([
    'populationRegistrationLocality.countyCode = "03"',
    'protectedPersonIndicator = "true"',
    'name.surname LIKE "Å%"',
    'birth.dateOfBirth = "1850-01-01"',
    'version >= "20261101000000" OR populationRegistrationLocality.municipalityCode = "80"',
  ])('matches by what the answer shows: %s', (condition) => {
    const hidden = fullRecord({ protectedPersonIndicator: true });
    expect(matches(`FROM PersonRecord WHERE ${condition}`, hidden)).toBe(true);
  });
});

describe('a query that cannot be read', () => {
  it.each([
    ['', 'väntade FROM vid tecken 1'],
    ['SELECT *', 'otillåtet tecken vid tecken 8'],
    ['FROM Person WHERE gender = "1"', 'okänd rotnod vid tecken 6'],
    ['FROM PersonRecord.gender WHERE gender = "1"', 'okänd rotnod vid tecken 6'],
    ['FROM PersonRecord', 'väntade WHERE vid tecken 18'],
    ['FROM PersonRecord WHERE', 'väntade en nod vid tecken 24'],
    ['FROM PersonRecord WHERE colour = "1"', 'okänd nod vid tecken 25'],
    ['FROM PersonRecord WHERE name = "1"', 'okänd nod vid tecken 25'],
    ['FROM PersonRecord WHERE gender.code = "1"', 'okänd nod vid tecken 25'],
    ['FROM PersonRecord WHERE constructor = "1"', 'okänd nod vid tecken 25'],
    ['FROM PersonRecord WHERE gender BETWEEN "1"', 'okänd operator vid tecken 32'],
    ['FROM PersonRecord WHERE gender "1"', 'okänd operator vid tecken 32'],
    ['FROM PersonRecord WHERE gender = 1', 'otillåtet tecken vid tecken 34'],
    ['FROM PersonRecord WHERE gender = one', 'väntade ett värde inom citattecken vid tecken 34'],
    ['FROM PersonRecord WHERE gender = "1', 'otillåtet tecken vid tecken 34'],
    ['FROM PersonRecord WHERE gender = "1" gender', 'väntade AND, OR eller slutet vid tecken 38'],
    ['FROM PersonRecord WHERE (gender = "1"', 'väntade ) vid tecken 38'],
    ['FROM PersonRecord WHERE gender IN "1"', 'väntade ( vid tecken 35'],
    ['FROM PersonRecord WHERE gender IN ()', 'väntade ett värde inom citattecken vid tecken 36'],
    [
      'FROM PersonRecord WHERE gender IN ("1",)',
      'väntade ett värde inom citattecken vid tecken 40',
    ],
    ['FROM PersonRecord WHERE gender = "1" AND', 'väntade en nod vid tecken 41'],
    [
      `FROM PersonRecord WHERE ${'('.repeat(33)}gender = "1"`,
      'för många nivåer av parenteser vid tecken 57',
    ],
    [`FROM PersonRecord WHERE gender = "${'1'.repeat(20_000)}"`, 'längre än 20000 tecken'],
  ])('is refused with what and where: %s', (query, words) => {
    expect(faultOf(query)).toBe(`Frågan kan inte tolkas: ${words}.`);
  });
});

describe('what is looked at for a query', () => {
  const since = (condition: string): boolean =>
    asksOnlyForChanges(parseQuery(`FROM PersonRecord WHERE ${condition}`), MADE_AT);

  it.each([
    `version >= "${MADE_AT}"`,
    'version > "20261125000000"',
    `gender = "1" AND version >= "${MADE_AT}"`,
    `(version >= "${MADE_AT}" AND gender = "1") OR version = "20261125000000"`,
  ])('is only what changed: %s', (condition) => {
    expect(since(condition)).toBe(true);
  });

  it.each([
    'version >= "20261123235959"',
    `version <= "${MADE_AT}"`,
    `version != "${MADE_AT}"`,
    `version LIKE "${MADE_AT}"`,
    `version >= "${MADE_AT}" OR gender = "1"`,
    `identityLevel >= "${MADE_AT}"`,
    `version IN ("${MADE_AT}", "20261101120000")`,
  ])('is everything: %s', (condition) => {
    expect(since(condition)).toBe(false);
  });
});
