import { describe, expect, it } from 'vitest';
import type { FhirOpenPatient } from '../../../../core/disclosure/fhir/fhir-types.ts';
import type { GoldenPerson } from '../../../../core/golden-record/golden-record.ts';
import { OTHER_PNR } from '../../golden-record/golden-input-builder.ts';
import { personOf, relationOf } from '../disclosure-builder.ts';
import { everythingOf, patientOf } from './fhir-arbitraries.ts';

const patient = (change: Partial<GoldenPerson> = {}): FhirOpenPatient =>
  patientOf(everythingOf(personOf(change)));
const R4 = 'http://hl7.org/fhir/StructureDefinition';

describe('who belongs to a person', () => {
  it('a custodian of whom only the number is known says that the name is unknown', () => {
    const to = { precision: 'day', value: '2031-02-03' } as const;
    const relations = [{ ...relationOf('custodian', OTHER_PNR), to }];
    expect(patient({ relations, contactPersons: [] }).contact).toEqual([
      {
        extension: [
          {
            url: `${R4}/patient-relatedPerson`,
            valueReference: {
              type: 'RelatedPerson',
              identifier: {
                system: 'http://electronichealth.se/identifier/personnummer',
                value: OTHER_PNR.extension,
              },
            },
          },
        ],
        relationship: [
          {
            coding: [
              { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'GUARD' },
            ],
            text: 'custodian',
          },
        ],
        name: { extension: [{ url: `${R4}/data-absent-reason`, valueCode: 'unknown' }] },
        period: { end: '2031-02-03' },
      },
    ]);
  });

  const codesOf = (change: Partial<GoldenPerson>) =>
    patient({ relations: [], contactPersons: [], ...change }).contact?.flatMap(({ relationship }) =>
      relationship.map(({ coding, text }) => [coding?.[0]?.code, text]),
    );

  it.each([
    ['child', 'CHILD'],
    ['mother', 'MTH'],
    ['father', 'FTH'],
    ['parent', 'PRN'],
    ['spouse', 'SPS'],
    ['partner', 'SIGOTHR'],
  ] as const)('of the register as %s is %s and next of kin', (kind, code) => {
    expect(codesOf({ relations: [relationOf(kind)] })).toEqual([
      ['N', undefined],
      [code, kind],
    ]);
  });

  it('custody is no kinship, and has a code in one direction only', () => {
    const relations = (['custodian', 'custody-of'] as const).map((kind) => relationOf(kind));
    expect(codesOf({ relations })).toEqual([
      ['GUARD', 'custodian'],
      [undefined, 'custody-of'],
    ]);
  });

  it.each([
    ['spouse', 'SPS'],
    ['cohabitant', 'DOMPART'],
    ['child', 'CHILD'],
    ['sibling', 'SIB'],
    ['mother', 'MTH'],
    ['father', 'FTH'],
    ['custodian', 'GUARD'],
    ['friend', 'FRND'],
    ['god-man', '54056000'],
    ['other', undefined],
  ])('of the own choice as %s is %s and a contact person', (relationship, code) => {
    const contactPersons = personOf().contactPersons.map((one) => ({ ...one, relationship }));
    expect(codesOf({ contactPersons })).toEqual([
      ['CP', undefined],
      [code, relationship],
    ]);
  });

  it('next of kin come first and are marked apart from contact persons', () => {
    const { contact = [] } = patient();
    expect(contact.map(({ relationship }) => relationship[0]?.coding?.[0]?.code)).toEqual([
      'N',
      'CP',
    ]);
    expect(contact[1]).toMatchObject({
      name: { family: 'Provlund', given: ['Ada'] },
      telecom: [{ system: 'phone', value: '+46846500400' }],
    });
  });
});
