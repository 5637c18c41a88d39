import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { createMasterMapper } from '../../../core/mapping/map-master-record.ts';
import type { PuRows } from '../../../core/mapping/map-pu-children.ts';
import { createPuMapper } from '../../../core/mapping/map-pu-record.ts';
import { OID_NRID, OID_PNR, OID_SNR } from '../../../core/person/person-identifier.ts';
import type { SourceRecord, SourceRow } from '../../../core/sync/source-record.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import { ADDRESS_ROW, CONTACT_ROW, masterRecord } from './master-row-builder.ts';
import {
  PU_ADDRESS_ROW,
  PU_CONTACT_PERSON_CONTACT_ROW,
  PU_CONTACT_PERSON_ROW,
  PU_CONTACT_ROW,
  PU_RELATION_ROW,
  puRecord,
} from './pu-row-builder.ts';

const { masterMapping, puMapping, classifier, areas } = await loadMappingFiles(
  new URL('../../../mappings', import.meta.url).pathname,
);
const mapper = createMasterMapper({ mapping: masterMapping, classifier, areas });
const puMapper = createPuMapper({ mapping: puMapping, classifier, areas });
const shuffled = <T>(items: readonly T[]) =>
  fc.shuffledSubarray([...items], { minLength: items.length });

describe('evidence of Master is canonical', () => {
  const rows = {
    addresses: [
      ADDRESS_ROW,
      { ...ADDRESS_ROW, addressKind: 'SP', line2: 'Box 1' },
      { ...ADDRESS_ROW, addressKind: 'SP', line2: 'Box 2' },
      { ...ADDRESS_ROW, addressKind: 'UT', country: 'Norge' },
    ],
    contacts: [
      CONTACT_ROW,
      { ...CONTACT_ROW, sequence: '2', value: '0701740606' },
      { ...CONTACT_ROW, channel: 'EP', value: 'eva@example.se' },
    ],
  };
  const text = (record: SourceRecord) => {
    const result = mapper.map(record);
    expect(result.kind).toBe('mapped');
    return JSON.stringify(result);
  };

  it('whatever the order in which rows and columns were read', () => {
    const expected = text(masterRecord({}, rows));
    fc.assert(
      fc.property(
        shuffled(rows.addresses),
        shuffled(rows.contacts),
        shuffled(Object.entries(masterRecord().person)),
        (addressRows, contactRows, columns) => {
          const record = masterRecord({}, { contacts: contactRows, addresses: addressRows });
          const person = Object.fromEntries(columns);
          expect(text({ ...record, person })).toBe(expected);
        },
      ),
    );
  });

  it('whatever the way of writing the same content', () => {
    const padded = Object.entries(masterRecord().person).map(
      ([field, value]): [string, string | null] => [field, value && `${value}  `],
    );
    const person: SourceRow = {
      ...Object.fromEntries(padded),
      birthDate: '1890-01-01',
      municipalityCode: '0380',
    };
    const record = { ...masterRecord(), person, readAt: '2030-01-01T00:00:00Z', snapshot: true };
    expect(text(record)).toBe(text(masterRecord()));
  });
});

describe('evidence of Master that is stored', () => {
  it('has the same text from release to release, or every person would be written again', () => {
    const result = mapper.map(masterRecord());
    // The order of the keys is part of it.
    const text = JSON.stringify({
      identity: { root: OID_PNR, extension: TEST_PNR[0] },
      name: {
        givenName: 'Eva Mia',
        givenNameIndicator: 20,
        middleName: null,
        surname: 'Testberg',
        notificationName: null,
      },
      sex: 'female',
      birthDate: { precision: 'day', value: '1890-01-01' },
      protectedPerson: false,
      protectedPopulationRecord: false,
      deregistration: null,
      maritalStatus: 'OG',
      locality: {
        countyCode: '03',
        municipalityCode: '0380',
        parishCode: '01',
        propertyDesignation: 'Kvarnen 1:1',
        registrationDate: { precision: 'day', value: '1950-05-01' },
      },
      links: [],
      testPerson: false,
      addresses: [
        {
          kind: 'residential',
          careOf: null,
          lines: ['Provgatan 1'],
          postalCode: '75310',
          city: 'UPPSALA',
          country: null,
        },
      ],
      contacts: [{ channel: 'mobile', value: '0701740605', consent: 'shared' }],
      relations: [],
      contactPersons: [],
      paperOptOut: null,
      protectedSince: null,
    });
    expect(JSON.stringify(result.kind === 'mapped' && result.evidence)).toBe(text);
  });
});

describe('evidence of PU is canonical', () => {
  const rows = {
    addresses: [
      PU_ADDRESS_ROW,
      { ...PU_ADDRESS_ROW, kind: 'special-postal', line2: 'Box 1' },
      { kind: 'abroad', line1: 'Provveien 1', country: 'NORGE' },
    ],
    contacts: [
      PU_CONTACT_ROW,
      { ...PU_CONTACT_ROW, value: '0701740606' },
      { ...PU_CONTACT_ROW, value: '0701740607', rank: '1' },
      { contactType: 'email', value: 'eva@example.se' },
    ],
    linkedIdentities: [
      { identityRoot: OID_NRID, identity: '00342145BZ31' },
      { identityRoot: OID_SNR, identity: '189001610014', primaryIdentity: '1' },
      { identityRoot: OID_SNR, identity: '189001610014', primaryIdentity: '0' },
    ],
    referredIdentities: [
      { identityRoot: OID_PNR, identity: TEST_PNR[1] },
      { identityRoot: OID_PNR, identity: TEST_PNR[2], status: 'NY' },
      { identityRoot: OID_PNR, identity: TEST_PNR[1], status: 'AS' },
    ],
    relations: [
      PU_RELATION_ROW,
      { ...PU_RELATION_ROW, type: 'VF', to: '1908-01-01' },
      { ...PU_RELATION_ROW, identity: TEST_PNR[2] },
      { type: 'MO', birthDate: '1850', surname: 'Testberg' },
      { type: 'MO', birthDate: '1850', surname: 'Provberg' },
    ],
  };
  const text = (record: SourceRecord) => {
    const result = puMapper.map(record);
    expect(result.kind).toBe('mapped');
    return JSON.stringify(result);
  };

  it('whatever the order in which rows and fields were read', () => {
    const expected = text(puRecord({}, rows));
    fc.assert(
      fc.property(
        fc.record({
          addresses: shuffled(rows.addresses),
          contacts: shuffled(rows.contacts),
          linkedIdentities: shuffled(rows.linkedIdentities),
          referredIdentities: shuffled(rows.referredIdentities),
          relations: shuffled(rows.relations),
        }),
        shuffled(Object.entries(puRecord().person)),
        (children, fields) => {
          const record = { ...puRecord({}, children), person: Object.fromEntries(fields) };
          expect(text(record)).toBe(expected);
        },
      ),
    );
  });

  it('whatever the order of contact persons and of what belongs to them', () => {
    const persons = ['Nils', 'Bo', 'Eva'].map((givenName, i) => ({
      person: { ...PU_CONTACT_PERSON_ROW, givenName, ...(i > 0 && { priorityOrder: null }) },
      contacts: ['0701740605', '0701740606'].map((value) => ({
        ...PU_CONTACT_PERSON_CONTACT_ROW,
        value: `${value}${i}`,
      })),
    }));
    const placed = (order: typeof persons): PuRows => ({
      contactPersons: order.map(({ person }) => person),
      contactPersonContacts: order.flatMap(({ contacts }, place) =>
        contacts.map((contact) => ({ ...contact, contactPerson: String(place) })),
      ),
    });
    const expected = text(puRecord({}, placed(persons)));
    fc.assert(
      fc.property(shuffled(persons), fc.boolean(), (order, isReversed) => {
        const children = placed(order);
        const contacts = children.contactPersonContacts ?? [];
        const contactPersonContacts = isReversed ? contacts.toReversed() : contacts;
        expect(text(puRecord({}, { ...children, contactPersonContacts }))).toBe(expected);
      }),
    );
  });

  it('whatever says nothing of the person: version, profile, how the number stands', () => {
    const record = puRecord({ version: '20270101000000', profile: 'P5', primaryIdentity: null });
    expect(text({ ...record, snapshot: true })).toBe(text(puRecord()));
  });
});
