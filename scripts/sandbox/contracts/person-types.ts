/**
 * The types of the core schema `urn:riv:strategicresourcemanagement:persons:person:5`, members in the order of its sequences. Which of a
 * person's fields a profile has is another table: `profile-fields.ts`.
 */
import {
  BASE64,
  CODE,
  DAY,
  FILLED,
  FLAG,
  group,
  int,
  MOMENT,
  many,
  maybe,
  one,
  PARTIAL_DATE,
  TIMESTAMP,
  text,
  type ValuesOf,
} from './schema-types.ts';

/** IIType. The schema lets the extension be absent, but no identity is known by its root alone. */
export const IDENTITY = group({ root: one(FILLED), extension: one(FILLED) });

export const NAME = group({
  givenNameIndicator: maybe(int(10, 99)),
  givenName: maybe(text(80)),
  middleName: maybe(text(80)),
  surname: maybe(text(80)),
  notificationName: maybe(text(40)),
});

export const RESIDENTIAL_ADDRESS = group({
  careOf: maybe(text(40)),
  postalAddress1: maybe(text(40)),
  postalAddress2: maybe(text(40)),
  postalCode: maybe(int(0, 99_999)),
  city: maybe(text(40)),
});

export const ADDRESS_ABROAD = group({
  postalAddress1: maybe(text(40)),
  postalAddress2: maybe(text(40)),
  postalAddress3: maybe(text(40)),
  countryCode: maybe(text(40)),
  addressAbroadDate: maybe(PARTIAL_DATE),
  votingDate: maybe(PARTIAL_DATE),
});

const LOCALITY = group({
  populationRegistrationDate: maybe(PARTIAL_DATE),
  countyCode: maybe(text(2)),
  municipalityCode: maybe(text(2)),
  parishCode: maybe(text(2)),
  propertyDesignation: maybe(text(40)),
  fictitiousPropertyNumber: maybe(int(0, 999)),
  populationRegistrationType: maybe(CODE),
  localRegistrationTime: maybe(MOMENT),
  localRegistrationEndTime: maybe(MOMENT),
});

export const BIRTH = group({
  dateOfBirth: maybe(PARTIAL_DATE),
  placeOfBirthSweden: maybe(
    group({ birthCountyCode: maybe(text(2)), birthParish: maybe(text(40)) }),
  ),
  birthAbroad: maybe(
    group({ placeOfBirthAbroad: maybe(text(80)), countryOfBirth: maybe(text(40)) }),
  ),
});

export const DEREGISTRATION = group({
  deregistrationReasonCode: maybe(CODE),
  deregistrationDate: maybe(PARTIAL_DATE),
  foundDeadAtDate: maybe(PARTIAL_DATE),
});

const PERIOD = group({ start: maybe(DAY), end: maybe(DAY) });

export const CONTACT_INFORMATION = group({
  contactType: one(CODE),
  use: maybe(CODE),
  value: maybe(text()),
  rank: maybe(int()),
  comment: maybe(text()),
  period: maybe(PERIOD),
  digitalNotification: maybe(FLAG),
});

export const CONTACT_PERSON = group({
  contactRelationshipType: one(CODE),
  priorityOrder: maybe(int()),
  givenName: maybe(text(80)),
  surName: maybe(text(80)),
  middleName: maybe(text(80)),
  contactPersonAddress: maybe(RESIDENTIAL_ADDRESS),
  contactPersonContactInformation: many(CONTACT_INFORMATION),
});

export const CONFIRMED_IDENTITY = group({
  typeOfIdentification: maybe(CODE),
  identificationNumber: maybe(text()),
  issuersOfId: maybe(text()),
  validDatePeriod: maybe(PERIOD),
  attachmentId: many(text()),
  countryCode: maybe(text(2)),
});

export const ADMINISTRATIVE_INFORMATION = group({
  categoryOfPerson: maybe(CODE),
  accountCode: maybe(CODE),
  comment: maybe(text()),
});

export const RELATIONSHIP = group({
  relationshipId: one(
    group({ personalIdentity: maybe(IDENTITY), dateOfBirth: maybe(PARTIAL_DATE) }),
  ),
  relationshipType: one(CODE),
  relationshipFromDate: maybe(PARTIAL_DATE),
  relationshipToDate: maybe(PARTIAL_DATE),
  name: maybe(NAME),
  deregistration: maybe(DEREGISTRATION),
  status: maybe(CODE),
});

export const ACTOR = group({
  id: one(IDENTITY),
  professional: maybe(group({ organizationId: one(IDENTITY) })),
  updateTime: maybe(TIMESTAMP),
});

/** PersonRecordType. */
export const PERSON_RECORD = group({
  personalIdentity: one(IDENTITY),
  identityLevel: maybe(text()),
  identityLevelDate: maybe(PARTIAL_DATE),
  gender: maybe(CODE),
  protectedPersonIndicator: one(FLAG),
  testIndicator: one(FLAG),
  primaryIdentity: one(FLAG),
  version: maybe(TIMESTAMP),
  name: maybe(NAME),
  linkedIdentity: many(
    group({
      referredPersonalIdentity: one(IDENTITY),
      assuranceLevel: one(CODE),
      primaryIdentity: one(FLAG),
    }),
  ),
  referredPersonalIdentities: many(
    group({
      referredPersonalIdentity: one(IDENTITY),
      referredPersonalIdentityStatus: maybe(text()),
    }),
  ),
  birth: maybe(BIRTH),
  populationRegistrationLocality: maybe(LOCALITY),
  populationRegistrationRecord: maybe(
    group({
      syncronizationTime: maybe(MOMENT),
      notificationCase: maybe(
        group({
          recordId: maybe(text(16)),
          notificationType: maybe(text(40)),
          modificationTime: maybe(MOMENT),
          totalRecord: maybe(FLAG),
          notificationDate: maybe(PARTIAL_DATE),
        }),
      ),
      historicalRecords: maybe(
        group({
          populationRegistrationLocality: many(LOCALITY),
          historicalAddress: maybe(RESIDENTIAL_ADDRESS),
        }),
      ),
    }),
  ),
  addressInformation: maybe(
    group({
      residentialAddress: maybe(RESIDENTIAL_ADDRESS),
      nationalKeys: maybe(
        group({
          propertyId: maybe(text(10)),
          addressPlaceId: maybe(text(14)),
          apartmentId: maybe(text(14)),
        }),
      ),
      district: maybe(group({ districtCode: maybe(text()) })),
      specialPostalAddress: maybe(RESIDENTIAL_ADDRESS),
      addressAbroad: maybe(ADDRESS_ABROAD),
      givenAddress: maybe(RESIDENTIAL_ADDRESS),
      UUID: maybe(
        group({
          propertyId: maybe(text()),
          addressPlaceId: maybe(text()),
          apartmentId: maybe(text()),
        }),
      ),
    }),
  ),
  contactInformation: many(CONTACT_INFORMATION),
  contactPerson: many(CONTACT_PERSON),
  confirmedIdentity: many(CONFIRMED_IDENTITY),
  administrativeInformation: maybe(ADMINISTRATIVE_INFORMATION),
  deregistration: maybe(DEREGISTRATION),
  maritalStatus: maybe(
    group({ maritalStatusCode: maybe(CODE), maritalStatusDate: maybe(PARTIAL_DATE) }),
  ),
  immigration: maybe(
    group({
      immigrationDate: maybe(PARTIAL_DATE),
      rightOfResidence: maybe(FLAG),
      immigrationIdentity: many(
        group({ personalIdentityNumber: one(text(64)), country: one(text(2)) }),
      ),
    }),
  ),
  citizenship: many(
    group({
      citizenshipCountryCode: maybe(text(2)),
      citizenshipDate: maybe(PARTIAL_DATE),
      status: maybe(CODE),
    }),
  ),
  relationship: many(RELATIONSHIP),
  coOrdinationNumberData: maybe(
    group({
      allocationDate: maybe(PARTIAL_DATE),
      preliminaryTransferDate: maybe(PARTIAL_DATE),
      renewalDate: maybe(PARTIAL_DATE),
      deceasedDate: maybe(PARTIAL_DATE),
    }),
  ),
  personalIdentityStatus: maybe(
    group({
      identityStatus: maybe(text()),
      identityStatusDate: maybe(PARTIAL_DATE),
      identityStatusCause: maybe(text()),
    }),
  ),
  updatePersonActor: maybe(ACTOR),
  updatePersonContactInformationActor: maybe(ACTOR),
  attachment: many(
    group({
      id: maybe(text()),
      mediaType: one(CODE),
      value: maybe(BASE64),
      reference: maybe(text()),
    }),
  ),
  optoutPaperNotification: maybe(FLAG),
  protectedPopulationRecord: maybe(FLAG),
});

/**
 * A record with everything that the contracts can put into one. A {@link PuRecord} of the population is one with fewer kinds of fields.
 */
export type FullRecord = ValuesOf<(typeof PERSON_RECORD)['members']>;

/** ContactInformationRecordType. */
export const CONTACT_INFORMATION_RECORD = group({
  version: one(TIMESTAMP),
  personId: one(IDENTITY),
  contactInformation: many(CONTACT_INFORMATION),
  contactPerson: many(CONTACT_PERSON),
  protectedPersonIndicator: one(FLAG),
  protectedPopulationRecord: maybe(FLAG),
  optoutPaperNotification: maybe(FLAG),
  updatePersonContactInformationActor: maybe(ACTOR),
});
