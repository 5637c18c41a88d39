import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import type { PuRows } from '../../../core/mapping/map-pu-children.ts';
import { createPuMapper } from '../../../core/mapping/map-pu-record.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { OID_PNR } from '../../../core/person/person-identifier.ts';
import type { SourceRow } from '../../../core/sync/source-record.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import {
  PU_CONTACT_PERSON_CONTACT_ROW,
  PU_CONTACT_PERSON_ROW,
  PU_RELATION_ROW,
  puRecord,
} from './pu-row-builder.ts';

const {
  puMapping: mapping,
  classifier,
  areas,
} = await loadMappingFiles(new URL('../../../mappings', import.meta.url).pathname);
const mapper = createPuMapper({ mapping, classifier, areas });

function evidenceOf(children: PuRows, person: SourceRow = {}): PersonEvidence {
  const result = mapper.map(puRecord(person, children));
  if (result.kind !== 'mapped') throw new Error(`Not mapped: ${JSON.stringify(result)}`);
  return result.evidence;
}

const relationsOf = (...relations: readonly SourceRow[]) => evidenceOf({ relations }).relations;
const NOTHING_ELSE = { birthDate: null, name: null, from: null, to: null };
const OTHER = { root: OID_PNR, extension: TEST_PNR[1] };

describe('the relations', () => {
  it.each([
    ['B', 'child'],
    ['MO', 'mother'],
    ['FA', 'father'],
    ['F', 'parent'],
    ['V', 'custodian'],
    ['VF', 'custody-of'],
    ['M', 'spouse'],
    ['P', 'partner'],
  ])('of code %s are %s', (type, kind) => {
    expect(relationsOf({ ...PU_RELATION_ROW, type })).toEqual([
      { kind, identity: OTHER, ...NOTHING_ELSE },
    ]);
  });

  it.each([null, 'NY', 'PB', 'RD'])('of status %s hold', (status) => {
    expect(relationsOf({ ...PU_RELATION_ROW, status })).toHaveLength(1);
  });

  it.each(['AS', 'AV', 'IV', 'AN'])('of status %s are left out', (status) => {
    expect(relationsOf({ ...PU_RELATION_ROW, status })).toEqual([]);
  });

  it('that are over by their status say nothing, so no number in them can be wrong', () => {
    expect(relationsOf({ ...PU_RELATION_ROW, identity: '1', status: 'AS' })).toEqual([]);
  });

  it('hold a relative who is deregistered', () => {
    const dead = { deregistrationReason: 'AV', deregistrationDate: '1960-05-17' };
    expect(relationsOf({ ...PU_RELATION_ROW, ...dead })).toHaveLength(1);
  });

  it('hold a relative who never had a number, with what is known', () => {
    const row = { type: 'FA', birthDate: '1850', givenName: 'Bo', surname: 'Testberg' };
    const name = { givenName: 'Bo', middleName: null, surname: 'Testberg' };
    const birthDate = { precision: 'year', value: '1850' };
    expect(relationsOf(row, { type: 'B' }, { type: 'B', identityRoot: OID_PNR })).toEqual([
      { kind: 'child', identity: null, ...NOTHING_ELSE },
      { kind: 'child', identity: null, ...NOTHING_ELSE },
      { kind: 'father', identity: null, ...NOTHING_ELSE, birthDate, name },
    ]);
  });

  it('keep from when and to when custody is, as far as it is known', () => {
    const custody = { ...PU_RELATION_ROW, type: 'V', from: '1890-05', to: '1908-01-01' };
    expect(relationsOf(custody)).toMatchObject([
      {
        from: { precision: 'month', value: '1890-05' },
        to: { precision: 'day', value: '1908-01-01' },
      },
    ]);
  });

  it('do not hold the person itself, nor the same about one number twice', () => {
    const own = { ...PU_RELATION_ROW, identity: TEST_PNR[0] };
    const spaced = `${TEST_PNR[1].slice(0, 8)}-${TEST_PNR[1].slice(8)}`;
    const again = { ...PU_RELATION_ROW, identity: spaced, status: 'RD' };
    const since = { ...PU_RELATION_ROW, from: '1890' };
    expect(relationsOf(own, PU_RELATION_ROW, again)).toHaveLength(1);
    expect(relationsOf(PU_RELATION_ROW, since)).toHaveLength(2);
  });

  it('keep a number of an issuer that is not configured as PU states it', () => {
    const row = { ...PU_RELATION_ROW, identityRoot: '1.2.752.999.1', identity: 'AB-1' };
    expect(relationsOf(row)).toMatchObject([{ identity: { extension: 'AB-1' } }]);
  });
});

describe('the contact persons', () => {
  const personsOf = (contactPersons: readonly SourceRow[], rows: readonly SourceRow[] = []) =>
    evidenceOf({ contactPersons, contactPersonContacts: rows }).contactPersons;

  it.each([
    ['127850001', 'spouse'],
    ['127849001', 'spouse'],
    ['127848009', 'spouse'],
    ['394921008', 'cohabitant'],
    ['67822003', 'child'],
    ['375005', 'sibling'],
    ['72705000', 'mother'],
    ['66839005', 'father'],
    ['394619001', 'custodian'],
    ['113163005', 'friend'],
    ['54056000', 'god-man'],
    ['74964007', 'other'],
  ])('of code %s are %s', (relationshipType, relationship) => {
    const name = { givenName: 'Nils', middleName: null, surname: 'Testberg' };
    expect(personsOf([{ ...PU_CONTACT_PERSON_ROW, relationshipType }])).toEqual([
      { relationship, priority: 1, name, contacts: [] },
    ]);
  });

  it('stand in the order of priority, and whoever has none comes last', () => {
    const person = (givenName: string, priorityOrder: string | null) => ({
      ...PU_CONTACT_PERSON_ROW,
      givenName,
      priorityOrder,
    });
    const persons = personsOf([
      person('a', null),
      person('b', '10'),
      person('c', '2'),
      person('d', 'first'),
    ]);
    expect(persons.map(({ name, priority }) => [name.givenName, priority])).toEqual([
      ['c', 2],
      ['b', 10],
      ['a', null],
      ['d', null],
    ]);
  });

  it('have each their own contacts, by channel', () => {
    const persons = [
      { ...PU_CONTACT_PERSON_ROW, priorityOrder: '2' },
      { relationshipType: '113163005' },
    ];
    const contact = (contactPerson: string, row: SourceRow) => ({
      ...PU_CONTACT_PERSON_CONTACT_ROW,
      contactPerson,
      ...row,
    });
    const contacts = [
      contact('1', { value: '0701740606' }),
      contact('0', { contactType: 'email', use: null, value: 'nils@example.se' }),
      contact('0', {}),
      contact('0', { use: 'old', value: '0701740607' }),
      contact('0', { contactType: 'fax', value: '018123456' }),
    ];
    expect(personsOf(persons, contacts)).toMatchObject([
      {
        priority: 2,
        contacts: [
          { channel: 'mobile', value: '0701740605' },
          { channel: 'email', value: 'nils@example.se' },
        ],
      },
      {
        relationship: 'friend',
        priority: null,
        name: { givenName: null, middleName: null, surname: null },
        contacts: [{ channel: 'mobile', value: '0701740606' }],
      },
    ]);
  });

  it('of whom nothing is known are left out', () => {
    expect(personsOf([{ relationshipType: '113163005' }])).toEqual([]);
  });
});

describe('the wish for no paper', () => {
  it.each([
    ['1', true],
    ['0', false],
    [null, null],
  ])('%s is %s', (optoutPaperNotification, paperOptOut) => {
    expect(evidenceOf({}, { optoutPaperNotification }).paperOptOut).toBe(paperOptOut);
  });
});

describe('a protected person', () => {
  const rows: PuRows = {
    relations: [PU_RELATION_ROW, { ...PU_RELATION_ROW, type: '?' }],
    contactPersons: [PU_CONTACT_PERSON_ROW],
    contactPersonContacts: [PU_CONTACT_PERSON_CONTACT_ROW],
  };

  it.each(['protectedPerson', 'protectedPopulationRecord'])(
    'has no relatives, no contact persons and no wish for no paper, even when they were sent: %s',
    (flag) => {
      const evidence = evidenceOf(rows, { [flag]: '1', optoutPaperNotification: '1' });
      expect(evidence).toMatchObject({ relations: [], contactPersons: [], paperOptOut: null });
      const text = JSON.stringify(evidence);
      for (const hidden of [TEST_PNR[1], 'Nils', '0701740605']) expect(text).not.toContain(hidden);
    },
  );

  it('is not dated by the mapper', () => {
    expect(evidenceOf({}, { protectedPerson: '1' }).protectedSince).toBeNull();
    expect(evidenceOf({}).protectedSince).toBeNull();
  });
});
