import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisclosedRecord } from '../../../../core/disclosure/delivery.ts';
import { disclose } from '../../../../core/disclosure/disclose.ts';
import { mappingFiles } from '../../../support/test-rules.ts';
import { SECRET, SECRET_MUNICIPALITY } from '../disclosure-arbitraries.ts';
import { personOf } from '../disclosure-builder.ts';
import { readScenarioVersions, textsIn } from '../scenario-goldens.ts';
import { KEY, maskedRecords, openRecords, patientOf, records } from './fhir-arbitraries.ts';
import { describeWithValidator, validateFhir } from './fhir-validator.ts';

/** Keys whose values the format chooses. Every other key holds what was told of the person. */
const WORDS_OF_THE_FORMAT: ReadonlySet<string> = new Set(
  'resourceType system version code url use type valueCode gender'.split(' '),
);

/** Every text that the format may say of its own, in one list: a value of a person cannot pass for one of them. */
const VOCABULARY: ReadonlySet<string> = new Set([
  ...['Patient', 'RelatedPerson', 'official', 'old', 'secondary', 'home', 'postal', 'both'],
  ...['phone', 'email', 'mobile', 'CL', 'unknown', 'N', 'CP', 'R', 'V', 'HTEST'],
  ...[
    'male',
    'female',
    'other',
    'sekretessmarkering',
    'skyddadFolkbokforing',
    'U',
    'M',
    'D',
    'W',
    'RP',
    'SP',
    'EP',
  ],
  ...['CHILD', 'MTH', 'FTH', 'PRN', 'GUARD', 'SPS', 'SIGOTHR', 'DOMPART', 'SIB', 'FRND'],
  ...['54056000', '63381000052101', '63391000052104', '63401000052101', '63411000052104'],
  'http://electronichealth.se/identifier/personnummer',
  'http://electronichealth.se/identifier/samordningsnummer',
  'http://electronichealth.se/identifier/nationelltReservnummer',
  'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus',
  'http://terminology.hl7.org/CodeSystem/v3-RoleCode',
  'http://terminology.hl7.org/CodeSystem/v2-0131',
  'http://snomed.info/sct',
  'http://snomed.info/sct/45991000052106',
  'http://hl7.se/fhir/ig/base/CodeSystem/se-base-marital-status',
  'http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel',
  'http://hl7.se/fhir/ig/base/StructureDefinition/SEBaseMiddleNameExtension',
  'http://hl7.se/fhir/ig/base/StructureDefinition/SEBaseOwnFamilyExtension',
  'http://hl7.se/fhir/ig/base/StructureDefinition/SEBaseAddressPersonExtension',
  'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier',
  'http://hl7.org/fhir/StructureDefinition/iso21090-ADXP-careOf',
  'http://hl7.org/fhir/StructureDefinition/patient-relatedPerson',
  'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
]);

interface Said {
  readonly key: string;
  readonly text: string;
}

/** Every text in a Patient, with the key that it stands under. */
function saidIn(value: unknown, key = ''): readonly Said[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (Array.isArray(value)) return value.flatMap((one: unknown) => saidIn(one, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => saidIn(one, name));
}

const wordsIn = (value: unknown): readonly string[] =>
  textsIn(value).flatMap((text) => text.split(/\s+/));

/** What a Patient says that neither the record nor the format has. */
function madeUp(record: DisclosedRecord): readonly string[] {
  const words = new Set([...wordsIn(record.person), KEY, '2.14']);
  const roots = new Set(textsIn(record.person).map((text) => `urn:oid:${text}`));
  return saidIn(patientOf(record)).flatMap(({ key, text }) =>
    WORDS_OF_THE_FORMAT.has(key)
      ? [text].filter((one) => !VOCABULARY.has(one) && !roots.has(one))
      : text.split(/\s+/).filter((one) => !words.has(one)),
  );
}

const OF_THE_MASKED = [
  ...['resourceType', 'id', 'meta', 'identifier', 'active', 'name', 'gender', 'birthDate'],
  ...['deceasedBoolean', 'deceasedDateTime'],
];

/** The same content with every key in the other order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, one]) => [key, turned(one)]),
  );
}

/** What each key of a Patient is made of. A fact that has no text of its own, such as a sex, cannot be told without it either. */
const MADE_OF: Readonly<Record<string, readonly string[]>> = {
  ...{ active: ['deregistration'], deceasedBoolean: ['deregistration'] },
  ...{ deceasedDateTime: ['deregistration'], name: ['name'], gender: ['sex'] },
  ...{ birthDate: ['birthDate'], telecom: ['contacts'], address: ['addresses'] },
  ...{ maritalStatus: ['maritalStatus'], contact: ['relations', 'contactPersons'] },
};
const OF_EVERYBODY = ['resourceType', 'id', 'meta', 'identifier'];

describe('whatever the person and the profile', () => {
  it('a Patient has no key that its record has nothing for', () => {
    fc.assert(
      fc.property(records, (record) => {
        const keys = Object.keys(patientOf(record)).filter((key) => !OF_EVERYBODY.includes(key));
        const told = Object.keys(record.person);
        expect(keys.filter((key) => !MADE_OF[key]?.some((one) => told.includes(one)))).toEqual([]);
      }),
    );
  });

  it('a Patient has nothing that was not told of the person', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(madeUp(record)).toEqual([]);
      }),
    );
  });

  it('a Patient has every name, address, contact value and relative that was told', () => {
    fc.assert(
      fc.property(openRecords, ({ person }) => {
        const { name, addresses = [], contacts = [], relations = [], contactPersons = [] } = person;
        const told = [
          wordsIn(name),
          addresses.map(({ kind, ...address }) => wordsIn(address)),
          contacts.map(({ value }) => value),
          relations.map(({ identity, name: relative, kind }) => [
            ...[identity?.extension ?? [], kind],
            wordsIn(relative),
          ]),
          contactPersons.map((one) => [one.relationship, wordsIn(one.name)]),
          contactPersons.flatMap((one) => one.contacts.map(({ value }) => value)),
          person.identities.map(({ extension }) => extension),
        ].flat(4);
        const said = new Set(wordsIn(patientOf({ kind: 'person', person })));
        expect(told.filter((text) => !said.has(text))).toEqual([]);
      }),
    );
  });

  it('the Patient of a protected person has no key for what is hidden, even if the record had it', () => {
    const { maritalStatus, addresses, contacts, relations, contactPersons } = personOf();
    const hidden = { maritalStatus, addresses, contacts, relations, contactPersons };
    fc.assert(
      fc.property(maskedRecords, fc.boolean(), (record, isDamaged) => {
        const person = isDamaged ? { ...hidden, ...record.person } : record.person;
        const patient = patientOf({ kind: 'protected-person', person });
        expect(Object.keys(patient).filter((key) => !OF_THE_MASKED.includes(key))).toEqual([]);
        expect(patient.meta.security?.[0]?.code).toMatch(/^[RV]$/);
        const text = JSON.stringify(patient);
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(SECRET_MUNICIPALITY);
        expect(text).toBe(JSON.stringify(patientOf(record)));
      }),
    );
  });

  it('equal content has equal text, whatever the order of its keys', () => {
    fc.assert(
      fc.property(records, (record) => {
        const given = structuredClone(record);
        const text = JSON.stringify(patientOf(record));
        expect(JSON.stringify(patientOf(turned(record) as DisclosedRecord))).toBe(text);
        expect(record).toEqual(given);
      }),
    );
  });
});

/** Every record of every scenario, as each of the profiles that the project ships lets it through. */
const shipped = [...mappingFiles.consumers].flatMap(([consumer, profile]) =>
  readScenarioVersions().flatMap(({ key, golden }) => {
    const disclosure = disclose(golden, profile, { isListed: true, wasSent: true });
    return disclosure.kind === 'left-out' ? [] : [{ consumer, key, record: disclosure }];
  }),
);

describe('the persons of all scenarios', () => {
  it('are told to every consumer, masked and not', () => {
    expect(new Set(shipped.map(({ consumer }) => consumer)).size).toBe(mappingFiles.consumers.size);
    expect(new Set(shipped.map(({ record }) => record.kind)).size).toBe(2);
  });

  it('have nothing in their Patients that was not told', () => {
    expect(shipped.flatMap(({ record }) => madeUp(record))).toEqual([]);
  });

  it.each([
    ['personnummer', /^(?:18|19|[2-9]\d)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{4}$/],
    ['samordningsnummer', /^(?:18|19|[2-9]\d)\d{2}(?:0[0-9]|1[0-2])[6-9]\d\d{4}$/],
    ['nationelltReservnummer', /^\d{8}[A-HJ-NPR-UX-Z]{2}[0-9A-HJ-NPR-UX-Z]\d$/],
  ])('have each %s in the form that HL7 Sweden asks for', (name, pattern) => {
    const system = `http://electronichealth.se/identifier/${name}`;
    const values = shipped
      .flatMap(({ record }) => patientOf(record).identifier)
      .filter((identifier) => identifier.system === system);
    expect(values.length).toBeGreaterThan(0);
    expect(values.filter(({ value }) => !pattern.test(value))).toEqual([]);
  });
});

describeWithValidator('Patients, by an independent validator of R4', () => {
  it('of generated persons are valid', () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(validateFhir(patientOf(record))).toEqual([]);
      }),
    );
  });

  it('of the persons of all scenarios are valid', () => {
    const texts = new Map(shipped.map(({ record }) => [JSON.stringify(patientOf(record)), record]));
    for (const [text, record] of texts) {
      expect(validateFhir(JSON.parse(text)), record.kind).toEqual([]);
    }
  });
});
