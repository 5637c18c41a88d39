/** PersonRecordType of XSD 5.0 as the hub's own fields. The order of elements does not matter, and what is not known here is left out. */
import { safeText } from '../../../../core/errors/log-safe.ts';
import { PROFILE_1_CHILDREN, PROFILE_1_FIELDS } from '../../../../core/mapping/pu-record.ts';
import { type Identity, parseOid } from '../../../../core/person/person-identifier.ts';
import type { PuPersonRecord, PuProfile } from '../pu-client-port.ts';
import { unreadable } from '../pu-errors.ts';
import type { XmlElement } from '../xml-reader.ts';
import {
  type Draft,
  date,
  flag,
  inPerson,
  inside,
  postalCode,
  protection,
  type Reads,
  type Row,
  readChildren,
  rowOf,
  table,
  text,
} from './element-tables.ts';

const IDENTITY = table<Row>({ root: text('identityRoot'), extension: text('identity') });
const identity: Reads<Row> = inside(IDENTITY);

const NAME = table<Row>({
  givenNameIndicator: text('givenNameIndicator'),
  givenName: text('givenName'),
  middleName: text('middleName'),
  surname: text('surname'),
  notificationName: text('notificationName'),
});

const DEREGISTRATION = table<Row>({
  deregistrationReasonCode: text('deregistrationReason'),
  deregistrationDate: date('deregistrationDate'),
  foundDeadAtDate: date('foundDeadDate'),
});

const ADDRESS = table<Row>({
  careOf: text('careOf'),
  postalAddress1: text('line1'),
  postalAddress2: text('line2'),
  postalAddress3: text('line3'),
  postalCode,
  city: text('city'),
  // Only abroad, and in full text for all its name.
  countryCode: text('country'),
});

const CONTACT = table<Row>({
  contactType: text('contactType'),
  use: text('use'),
  value: text('value'),
  rank: text('rank'),
  period: inside(table<Row>({ start: text('start'), end: text('end') })),
  digitalNotification: flag('digitalNotification'),
});

const CONTACT_PERSON = table<Row>({
  contactRelationshipType: text('relationshipType'),
  priorityOrder: text('priorityOrder'),
  givenName: text('givenName'),
  middleName: text('middleName'),
  // So in the schema; `surname` everywhere else.
  surName: text('surname'),
  surname: text('surname'),
});

const CONTACT_PERSON_CONTACT = table<Row>({
  contactType: text('contactType'),
  use: text('use'),
  value: text('value'),
});

const contactPerson: Reads<Draft> = (element, draft) => {
  // The place is that of the person, also when nothing else is said of it.
  draft.children.contactPersons ??= [];
  const persons = draft.children.contactPersons;
  const place = String(persons.length);
  const row: Row = {};
  readChildren(element, CONTACT_PERSON, row);
  persons.push(row);
  const contact = rowOf('contactPersonContacts', CONTACT_PERSON_CONTACT, { contactPerson: place });
  for (const child of element.children) {
    if (child.name === 'contactPersonContactInformation') contact(child, draft);
  }
};

const HISTORICAL_LOCALITY = table<Row>({
  populationRegistrationDate: date('registrationDate'),
  countyCode: text('countyCode'),
  municipalityCode: text('municipalityCode'),
  populationRegistrationType: text('registrationType'),
  localRegistrationTime: text('localRegistrationTime'),
  localRegistrationEndTime: text('localRegistrationEndTime'),
});

const RELATION = table<Row>({
  relationshipId: inside(
    table<Row>({ personalIdentity: identity, dateOfBirth: date('birthDate') }),
  ),
  relationshipType: text('type'),
  relationshipFromDate: date('from'),
  relationshipToDate: date('to'),
  name: inside(
    table<Row>({
      givenName: text('givenName'),
      middleName: text('middleName'),
      surname: text('surname'),
    }),
  ),
  deregistration: inside(
    table<Row>({
      deregistrationReasonCode: text('deregistrationReason'),
      deregistrationDate: date('deregistrationDate'),
    }),
  ),
  status: text('status'),
});

const PERSON_ROW: Readonly<Record<string, Reads<Row>>> = {
  personalIdentity: identity,
  identityLevel: text('identityLevel'),
  identityLevelDate: date('identityLevelDate'),
  gender: text('gender'),
  protectedPersonIndicator: protection('protectedPerson'),
  protectedPopulationRecord: protection('protectedPopulationRecord'),
  testIndicator: flag('testPerson'),
  primaryIdentity: flag('primaryIdentity'),
  version: text('version'),
  name: inside(NAME),
  birth: inside(
    table<Row>({
      dateOfBirth: date('birthDate'),
      placeOfBirthSweden: inside(
        table<Row>({ birthCountyCode: text('birthCountyCode'), birthParish: text('birthParish') }),
      ),
      birthAbroad: inside(
        table<Row>({
          placeOfBirthAbroad: text('placeOfBirthAbroad'),
          countryOfBirth: text('countryOfBirth'),
        }),
      ),
    }),
  ),
  populationRegistrationLocality: inside(
    table<Row>({
      populationRegistrationDate: date('registrationDate'),
      countyCode: text('countyCode'),
      municipalityCode: text('municipalityCode'),
      parishCode: text('parishCode'),
      propertyDesignation: text('propertyDesignation'),
      populationRegistrationType: text('registrationType'),
    }),
  ),
  deregistration: inside(DEREGISTRATION),
  maritalStatus: inside(
    table<Row>({
      maritalStatusCode: text('maritalStatus'),
      maritalStatusDate: date('maritalStatusDate'),
    }),
  ),
  immigration: inside(
    table<Row>({
      immigrationDate: date('immigrationDate'),
      rightOfResidence: flag('rightOfResidence'),
    }),
  ),
  coOrdinationNumberData: inside(
    table<Row>({
      allocationDate: date('allocationDate'),
      preliminaryTransferDate: date('preliminaryTransferDate'),
      renewalDate: date('renewalDate'),
      deceasedDate: date('deceasedDate'),
    }),
  ),
  personalIdentityStatus: inside(
    table<Row>({
      identityStatus: text('identityStatus'),
      // So in the field matrix (TKB 5.1 ch. 8), without the ending in the schema.
      identityStatusValue: text('identityStatus'),
      identityStatusDate: date('identityStatusDate'),
      identityStatusCause: text('identityStatusCause'),
    }),
  ),
  optoutPaperNotification: flag('optoutPaperNotification'),
  administrativeInformation: inside(
    table<Row>({ categoryOfPerson: text('categoryOfPerson'), accountCode: text('accountCode') }),
  ),
};

const PERSON_RECORD = table<Draft>({
  ...Object.fromEntries(Object.entries(PERSON_ROW).map(([name, read]) => [name, inPerson(read)])),
  linkedIdentity: rowOf(
    'linkedIdentities',
    table<Row>({
      referredPersonalIdentity: identity,
      assuranceLevel: text('assuranceLevel'),
      primaryIdentity: flag('primaryIdentity'),
    }),
  ),
  referredPersonalIdentities: rowOf(
    'referredIdentities',
    table<Row>({
      referredPersonalIdentity: identity,
      referredPersonalIdentityStatus: text('status'),
    }),
  ),
  populationRegistrationRecord: inside(
    table<Draft>({
      historicalRecords: inside(
        table<Draft>({
          populationRegistrationLocality: rowOf('historicalLocalities', HISTORICAL_LOCALITY),
        }),
      ),
    }),
  ),
  addressInformation: inside(
    table<Draft>({
      residentialAddress: rowOf('addresses', ADDRESS, { kind: 'residential' }),
      specialPostalAddress: rowOf('addresses', ADDRESS, { kind: 'special-postal' }),
      givenAddress: rowOf('addresses', ADDRESS, { kind: 'given' }),
      addressAbroad: rowOf('addresses', ADDRESS, { kind: 'abroad' }),
    }),
  ),
  contactInformation: rowOf('contacts', CONTACT),
  contactPerson,
  relationship: rowOf('relations', RELATION),
  citizenship: rowOf(
    'citizenships',
    table<Row>({
      citizenshipCountryCode: text('countryCode'),
      citizenshipDate: date('date'),
      status: text('status'),
    }),
  ),
});

/** Parts of a record that the hub never reads, some of them large. */
export const UNREAD_PARTS: ReadonlySet<string> = new Set([
  'attachment',
  'confirmedIdentity',
  'updatePersonActor',
  'updatePersonContactInformationActor',
  'nationalKeys',
  'district',
  'UUID',
  'comment',
  'notificationCase',
  'historicalAddress',
  'contactPersonAddress',
]);

/**
 * @returns null for an empty element, which means the same as none: PU does not know the identity (TKB 5.1 ch. 6.1 rule 1).
 * @throws HubError `HUB_PU_ANSWER_UNREADABLE` for a record of nobody.
 */
export function readPersonRecord(
  element: XmlElement,
  profile: PuProfile | null,
): PuPersonRecord | null {
  if (element.children.length === 0) return null;
  // The schema demands the flag. Where it is missing all the same, the person is protected until PU says otherwise.
  const person: Row = { protectedPerson: '1' };
  if (profile !== null) person['profile'] = profile;
  const draft: Draft = { person, children: {} };
  readChildren(element, PERSON_RECORD, draft);
  const root = parseOid(person['identityRoot'] ?? '');
  const extension = person['identity'];
  if (root === undefined || extension === undefined)
    throw unreadable(safeText('record without identity'));
  const isProtected =
    person['protectedPerson'] === '1' || person['protectedPopulationRecord'] === '1';
  const { person: row, children } = isProtected ? onlyProfile1(draft) : draft;
  return {
    identity: { root, extension },
    version: row['version'] ?? null,
    isTestPerson: row['testPerson'] === '1',
    person: row,
    children: children as PuPersonRecord['children'],
  };
}

/** PU sends no more of a protected person (TKB 5.1 ch. 6.3 rule 3). If it does all the same, it goes no further than this. */
function onlyProfile1({ person, children }: Draft): Draft {
  const kept: Draft = { person: {}, children: {} };
  for (const field of PROFILE_1_FIELDS) {
    const value = person[field];
    if (value !== undefined) kept.person[field] = value;
  }
  for (const child of PROFILE_1_CHILDREN) {
    const rows = children[child];
    if (rows !== undefined) kept.children[child] = rows;
  }
  return kept;
}

/** An element of IIType. @throws HubError `HUB_PU_ANSWER_UNREADABLE` */
export function readIdentity(element: XmlElement): Identity {
  const row: Row = {};
  readChildren(element, IDENTITY, row);
  const root = parseOid(row['identityRoot'] ?? '');
  const extension = row['identity'];
  if (root === undefined || extension === undefined)
    throw unreadable(safeText('answer without identity'));
  return { root, extension };
}
