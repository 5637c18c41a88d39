/**
 * A handful of persons of every shape, by hand. Birth dates from 1850 to 1904: none of the numbers can belong to a living person.
 */
import { OID_NRID, OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import type { FullRecord } from '../../scripts/sandbox/contracts/person-types.ts';

/** Västernorrland's local reserve identities. */
export const OID_LRID = '1.2.752.269.1.1';
export const CALLER = 'SE165565594230-1000';

export const pnr = (extension: string): PuIdentity => ({ root: OID_PNR, extension });
export const snr = (extension: string): PuIdentity => ({ root: OID_SNR, extension });
export const nrid = (extension: string): PuIdentity => ({ root: OID_NRID, extension });
export const lrid = (extension: string): PuIdentity => ({ root: OID_LRID, extension });

/** A record with the fields that every record has. */
export function record(personalIdentity: PuIdentity, fields: Partial<PuRecord> = {}): PuRecord {
  return {
    personalIdentity,
    protectedPersonIndicator: false,
    testIndicator: false,
    primaryIdentity: true,
    version: '20261101120000',
    ...fields,
  };
}

const ACTOR = {
  id: { root: '1.2.752.29.6.2.1', extension: 'SE165565594230-1001' },
  professional: { organizationId: { root: '1.2.752.29.6.10.1', extension: CALLER } },
  updateTime: '20261101120000',
};

const NAME = {
  givenNameIndicator: 20,
  givenName: 'Eva Mia',
  middleName: 'Öst & Väst',
  surname: 'Åkerström <Häll>',
  notificationName: 'Åkerström, Eva',
};
const ADDRESS = {
  careOf: 'c/o Berg',
  postalAddress1: 'Lgh 1101',
  postalAddress2: 'Storgatan 1',
  postalCode: 75_320,
  city: 'Uppsala',
};
const CONTACT = {
  contactType: 'phone',
  use: 'mobile',
  value: '+46700000000',
  rank: 1,
  comment: 'efter 17',
  period: { start: '2026-01-01', end: '2026-12-31' },
  digitalNotification: true,
};
const LOCALITY = {
  populationRegistrationDate: '2020-05',
  countyCode: '03',
  municipalityCode: '80',
  parishCode: '01',
  propertyDesignation: 'KVARNGÄRDET 1:1',
  fictitiousPropertyNumber: 7,
  populationRegistrationType: 'FB',
  localRegistrationTime: '2020-05-17T08:34:33.000+02:00',
  localRegistrationEndTime: '2026-05-17T08:34:33.000+02:00',
};
const DEREGISTRATION = {
  deregistrationReasonCode: 'UV',
  deregistrationDate: '2026-10',
  foundDeadAtDate: '2026-10-01',
};

/** Every field that the schema has, so that each of them can be seen to be sent or not. */
export const FULL: FullRecord = {
  personalIdentity: pnr('185001012389'),
  identityLevel: 'STYRKT',
  identityLevelDate: '2023-09-01',
  gender: '2',
  protectedPersonIndicator: false,
  testIndicator: false,
  primaryIdentity: true,
  version: '20261101120000',
  name: NAME,
  linkedIdentity: [
    {
      referredPersonalIdentity: lrid('18500101001R'),
      assuranceLevel: 'level3',
      primaryIdentity: false,
    },
  ],
  referredPersonalIdentities: [
    { referredPersonalIdentity: snr('185001612384'), referredPersonalIdentityStatus: 'NY' },
  ],
  birth: {
    dateOfBirth: '1850-01-01',
    placeOfBirthSweden: { birthCountyCode: '03', birthParish: 'Uppsala' },
    birthAbroad: { placeOfBirthAbroad: 'Åbo', countryOfBirth: 'Finland' },
  },
  populationRegistrationLocality: LOCALITY,
  populationRegistrationRecord: {
    syncronizationTime: '2026-10-01T08:34:33.000+02:00',
    notificationCase: {
      recordId: '2026.123.456.789',
      notificationType: 'FLYTTNING',
      modificationTime: '2026-10-01T08:34:33.000+02:00',
      totalRecord: true,
      notificationDate: '2026-10-01',
    },
    historicalRecords: {
      populationRegistrationLocality: [
        {
          ...LOCALITY,
          countyCode: '05',
          localRegistrationTime: '2010-09-16T08:34:33.000+02:00',
          localRegistrationEndTime: '2020-05-17T08:34:33.000+02:00',
        },
        { countyCode: '01', localRegistrationEndTime: '2010-09-16T08:34:33.000+02:00' },
      ],
      historicalAddress: { ...ADDRESS, city: 'Linköping' },
    },
  },
  addressInformation: {
    residentialAddress: ADDRESS,
    nationalKeys: { propertyId: '1', addressPlaceId: '2', apartmentId: '3' },
    district: { districtCode: '101001' },
    specialPostalAddress: { ...ADDRESS, postalCode: 0 },
    addressAbroad: {
      postalAddress1: 'Street 1',
      postalAddress2: 'Town',
      postalAddress3: 'Province',
      countryCode: 'Finland',
      addressAbroadDate: '2019',
      votingDate: '2019-01-02',
    },
    givenAddress: { ...ADDRESS, city: 'Knivsta' },
    UUID: { propertyId: 'u1', addressPlaceId: 'u2', apartmentId: 'u3' },
  },
  contactInformation: [CONTACT],
  contactPerson: [
    {
      contactRelationshipType: '54056000',
      priorityOrder: 1,
      givenName: 'Karin',
      surName: 'Berg',
      middleName: 'Ek',
      contactPersonAddress: ADDRESS,
      contactPersonContactInformation: [CONTACT],
    },
  ],
  confirmedIdentity: [
    {
      typeOfIdentification: '02',
      identificationNumber: 'A1',
      issuersOfId: 'FI',
      validDatePeriod: CONTACT.period,
      attachmentId: ['a1'],
      countryCode: 'FI',
    },
  ],
  administrativeInformation: { categoryOfPerson: '01', accountCode: '9901', comment: 'ny' },
  deregistration: DEREGISTRATION,
  maritalStatus: { maritalStatusCode: 'G', maritalStatusDate: '1880-01-01' },
  immigration: {
    immigrationDate: '1870',
    rightOfResidence: false,
    immigrationIdentity: [{ personalIdentityNumber: '010150-1234', country: 'FI' }],
  },
  citizenship: [{ citizenshipCountryCode: 'SE', citizenshipDate: '1871-01-01', status: 'NY' }],
  relationship: [
    {
      relationshipId: { personalIdentity: pnr('187001012386'), dateOfBirth: '1870-01-01' },
      relationshipType: 'VF',
      relationshipFromDate: '1870-01-01',
      relationshipToDate: '1888-01-01',
      name: NAME,
      deregistration: DEREGISTRATION,
      status: 'NY',
    },
  ],
  coOrdinationNumberData: {
    allocationDate: '2020-01-01',
    preliminaryTransferDate: '2025-01-01',
    renewalDate: '2024-01-01',
    deceasedDate: '2026-01-01',
  },
  personalIdentityStatus: {
    identityStatus: 'AKTIVT',
    identityStatusDate: '2020-01-01',
    identityStatusCause: 'ANNAN_ORSAK',
  },
  updatePersonActor: ACTOR,
  updatePersonContactInformationActor: ACTOR,
  attachment: [
    { id: 'a1', mediaType: 'image/png', value: 'AAAA', reference: 'https://example.org/a1' },
  ],
  optoutPaperNotification: true,
  protectedPopulationRecord: false,
};

/** The same as what a register holds. */
export function fullRecord(fields: Partial<FullRecord> = {}): PuRecord {
  return { ...FULL, ...fields } as PuRecord;
}
