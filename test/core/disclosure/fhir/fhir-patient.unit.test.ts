import { describe, expect, it } from 'vitest';
import type { FhirOpenPatient } from '../../../../core/disclosure/fhir/fhir-types.ts';
import type { GoldenPerson, GoldenRecord } from '../../../../core/golden-record/golden-record.ts';
import type { Deregistration, PersonName } from '../../../../core/mapping/person-evidence.ts';
import { LRID, NRID, OTHER_PNR, PNR, SNR } from '../../golden-record/golden-input-builder.ts';
import { goldenIdentity, personOf, protectedOf } from '../disclosure-builder.ts';
import { everythingOf, KEY, patientOf } from './fhir-arbitraries.ts';

const patient = (change: Partial<GoldenPerson> = {}): FhirOpenPatient =>
  patientOf(everythingOf(personOf(change)));
const keysOf = (golden: GoldenRecord) => Object.keys(patientOf(everythingOf(golden)));
const SE = 'http://hl7.se/fhir/ig/base/StructureDefinition';
const R4 = 'http://hl7.org/fhir/StructureDefinition';
const CALLED = { extension: [{ url: `${R4}/iso21090-EN-qualifier`, valueCode: 'CL' }] };

it('a person is told in one order of keys', () => {
  expect(keysOf(personOf())).toEqual([
    ...['resourceType', 'id', 'meta', 'identifier', 'active', 'name', 'telecom', 'gender'],
    ...['birthDate', 'address', 'maritalStatus', 'contact'],
  ]);
});

it('the id is the person key, and the version that of the delivery', () => {
  expect(patient()).toMatchObject({ id: KEY, meta: { versionId: '2.14' } });
  expect(patient().meta).toEqual({ versionId: '2.14' });
});

describe('numbers', () => {
  const usesOf = (...identities: Parameters<typeof goldenIdentity>[0][]) =>
    patient({ identities: identities.map((one, i) => goldenIdentity(one, i === 0)) }).identifier;

  it('each kind has the system of HL7 Sweden, and a reserve number of a region its root', () => {
    expect(usesOf(PNR, SNR, NRID, LRID)).toEqual([
      {
        use: 'official',
        system: 'http://electronichealth.se/identifier/personnummer',
        value: PNR.extension,
      },
      {
        use: 'old',
        system: 'http://electronichealth.se/identifier/samordningsnummer',
        value: SNR.extension,
      },
      {
        use: 'secondary',
        system: 'http://electronichealth.se/identifier/nationelltReservnummer',
        value: NRID.extension,
      },
      { use: 'secondary', system: `urn:oid:${LRID.root}`, value: LRID.extension },
    ]);
  });

  it.each([
    ['a personnummer beside another', [PNR, OTHER_PNR], ['official', 'old']],
    ['a personnummer that the consumer has put last', [SNR, PNR], ['official', 'secondary']],
    ['numbers of Skatteverket beside a reserve number', [LRID, PNR], ['official', 'secondary']],
    ['a reserve number beside another', [NRID, LRID], ['official', 'secondary']],
  ])('%s is told apart by its use', (_title, identities, uses) => {
    expect(usesOf(...identities).map(({ use }) => use)).toEqual(uses);
  });
});

describe('the name', () => {
  const nameOf = (change: Partial<PersonName>) =>
    patient({ name: { ...personOf().name, ...change } }).name?.[0];

  it.each([
    ['Eva Mia', 20, [null, CALLED]],
    ['Eva Mia', 10, [CALLED, null]],
    ['Kjell Olof', 12, [CALLED, CALLED]],
    ['Hedvig Britt-Marie', 23, [null, CALLED]],
    ['Britt-Marie Hedvig', 30, [null, CALLED]],
    ['Hedvig Britt-Marie', 20, undefined],
    ['Hedvig Britt-Marie', 12, undefined],
    ['Eva Mia', 30, undefined],
    ['Eva Mia', 23, undefined],
    ['Eva Mia', null, undefined],
  ])('of %s with %s marks the called name, or none', (givenName, givenNameIndicator, marks) => {
    const name = nameOf({ givenName, givenNameIndicator });
    expect(name?.given).toEqual(givenName.split(' '));
    expect(name?._given).toEqual(marks);
  });

  it('tells the middle name from the surname inside the family name', () => {
    expect(nameOf({ middleName: 'Provlund', notificationName: 'Testberg, Eva' })).toEqual({
      extension: [
        { url: `${SE}/SEBaseMiddleNameExtension`, valueString: 'Provlund' },
        { url: `${SE}/SEBaseOwnFamilyExtension`, valueString: 'Testberg' },
      ],
      use: 'official',
      text: 'Testberg, Eva',
      family: 'Provlund Testberg',
      given: ['Eva', 'Mia'],
      _given: [null, CALLED],
    });
  });

  it('is not there when nobody knows it', () => {
    const nothing = { givenName: null, middleName: null, surname: null, notificationName: null };
    expect(patient({ name: { ...nothing, givenNameIndicator: null } })).not.toHaveProperty('name');
  });
});

describe('leaving the population register', () => {
  const day = { precision: 'day', value: '2019-05-04' } as const;
  const month = { precision: 'month', value: '2019-05' } as const;
  const lifeOf = (deregistration: Deregistration | null) => {
    const { active, deceasedBoolean, deceasedDateTime } = patient({ deregistration });
    return { active, deceasedBoolean, deceasedDateTime };
  };
  const dead = (date: Deregistration['date'], foundDeadAt: Deregistration['foundDeadAt']) =>
    lifeOf({ reason: 'AV', date, foundDeadAt });

  it('death is told by its day, or the day of being found, or as a fact alone', () => {
    expect(dead(day, month)).toEqual({ deceasedDateTime: day.value });
    expect(dead(null, month)).toEqual({ deceasedDateTime: month.value });
    expect(dead(null, null)).toEqual({ deceasedBoolean: true });
  });

  it.each(['UV', 'GN', 'AN', 'FI', 'OB', 'TA'] as const)(
    '%s makes the record inactive',
    (reason) => {
      expect(lifeOf({ reason, date: day, foundDeadAt: null })).toEqual({ active: false });
    },
  );

  it('who has not left is active', () => {
    expect(lifeOf(null)).toEqual({ active: true });
  });

  it('nothing is said to who does not get deregistration', () => {
    const record = everythingOf(personOf());
    const { deregistration, ...person } = record.kind === 'person' ? record.person : expect.fail();
    expect(patientOf({ kind: 'person', person })).not.toHaveProperty('active');
  });
});

describe('addresses', () => {
  const addressOf = (kind: 'residential' | 'special-postal' | 'given' | 'abroad', main = PNR) =>
    patient({
      identities: [goldenIdentity(main, true)],
      addresses: personOf().addresses.map((one) => ({ ...one, kind })),
    }).address?.[0];

  it.each([
    ['residential', PNR, '63381000052101', 'home', 'both'],
    ['special-postal', PNR, '63391000052104', undefined, 'postal'],
    ['special-postal', SNR, '63391000052104', 'home', 'both'],
    ['abroad', PNR, '63401000052101', 'home', undefined],
    ['given', NRID, '63411000052104', 'home', undefined],
  ] as const)('%s has its kind, use and type', (kind, main, code, use, type) => {
    const address = addressOf(kind, main);
    const coding = {
      system: 'http://snomed.info/sct',
      version: 'http://snomed.info/sct/45991000052106',
      code,
    };
    expect(address?.extension).toEqual([
      { url: `${SE}/SEBaseAddressPersonExtension`, valueCodeableConcept: { coding: [coding] } },
    ]);
    expect({ use: address?.use, type: address?.type }).toEqual({ use, type });
  });

  it('the care of is the first line, and marked', () => {
    const [careOf] = personOf().addresses.map((one) => ({ ...one, careOf: 'Provlund' }));
    const [address] = patient({ addresses: careOf ? [careOf] : [] }).address ?? [];
    expect(address?.line).toEqual(['Provlund', 'Provgatan 1']);
    expect(address?._line).toEqual([
      { extension: [{ url: `${R4}/iso21090-ADXP-careOf`, valueString: 'Provlund' }] },
      null,
    ]);
  });
});

it.each([
  ['OG', 'U'],
  ['G', 'M'],
  ['S', 'D'],
  ['Ä', 'W'],
  ['RP', 'RP'],
  ['SP', 'SP'],
  ['EP', 'EP'],
] as const)('the marital status %s is %s', (maritalStatus, code) => {
  expect(patient({ maritalStatus }).maritalStatus?.coding?.map((one) => one.code)).toEqual([code]);
});

it.each([
  ['male', 'male'],
  ['female', 'female'],
  ['unknown', 'unknown'],
  ['not-applicable', 'other'],
] as const)('the sex %s is %s', (sex, gender) => {
  expect(patient({ sex }).gender).toBe(gender);
});

it('a mobile is a telephone of that use', () => {
  const values = { phone: '+46846500400', mobile: '+46701740605', email: 'eva@example.se' };
  const contacts = (['phone', 'mobile', 'email'] as const).map((channel) => ({
    ...{ channel, value: values[channel] },
    consent: null,
  }));
  expect(patient({ contacts }).telecom).toEqual([
    { system: 'phone', value: values.phone },
    { system: 'phone', value: values.mobile, use: 'mobile' },
    { system: 'email', value: values.email },
  ]);
});

describe('a protected person', () => {
  const labelsOf = (change: Parameters<typeof protectedOf>[0]) =>
    patientOf(everythingOf(protectedOf(change))).meta.security?.map(({ code }) => code);

  it('has these keys and no others', () => {
    expect(keysOf(protectedOf())).toEqual([
      ...['resourceType', 'id', 'meta', 'identifier', 'active', 'name', 'gender', 'birthDate'],
    ]);
  });

  it('has a label that every system knows, and which of the flags it is', () => {
    const both = { protectedPerson: true, protectedPopulationRecord: true };
    expect(labelsOf({})).toEqual(['R', 'sekretessmarkering']);
    expect(labelsOf({ ...both, protectedPerson: false })).toEqual(['V', 'skyddadFolkbokforing']);
    expect(labelsOf(both)).toEqual(['V', 'sekretessmarkering', 'skyddadFolkbokforing']);
    expect(labelsOf({ protectedPerson: false })).toEqual(['R']);
  });

  it('who is a test person too has that label as well', () => {
    expect(labelsOf({ testPerson: true })).toEqual(['R', 'sekretessmarkering', 'HTEST']);
    expect(patient({ testPerson: true }).meta.security?.map(({ code }) => code)).toEqual(['HTEST']);
  });
});
