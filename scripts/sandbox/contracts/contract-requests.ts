import type { ContractName } from '../sandbox-types.ts';
import {
  ACTOR,
  ADDRESS_ABROAD,
  ADMINISTRATIVE_INFORMATION,
  BIRTH,
  CONFIRMED_IDENTITY,
  CONTACT_INFORMATION,
  CONTACT_PERSON,
  DEREGISTRATION,
  IDENTITY,
  NAME,
  RELATIONSHIP,
  RESIDENTIAL_ADDRESS,
} from './person-types.ts';
import {
  CODE,
  FLAG,
  group,
  many,
  maybe,
  one,
  some,
  TIMESTAMP,
  text,
  type ValuesOf,
} from './schema-types.ts';

const GET_PERSONS = group({
  personId: some(IDENTITY),
  profile: one(text()),
  ignoreReferredIdentity: one(FLAG),
});
const SEARCH_PERSONS = group({
  query: one(text()),
  queryLanguage: one(text()),
  profile: one(text()),
});
const GET_CONTACTS = group({ personId: one(IDENTITY) });

/** The request of each contract, its own members in the responder namespace (TKB 5.1 ch. 6). */
export const REQUESTS = {
  GetPersonsForProfile: GET_PERSONS,
  GetPersonsForProfileUnrestricted: GET_PERSONS,
  SearchPersonsForProfile: SEARCH_PERSONS,
  SearchPersonsForProfileUnrestricted: SEARCH_PERSONS,
  SearchPersonsForProfileByOrder: SEARCH_PERSONS,
  SearchPersonsForProfileByOrderUnrestricted: SEARCH_PERSONS,
  GetFilesForOrderId: group({ orderId: one(text(36)) }),
  GetPersonContactInformation: GET_CONTACTS,
  GetPersonContactInformationUnrestricted: GET_CONTACTS,
  UpdatePersonContactInformation: group({
    actor: one(ACTOR),
    personId: one(IDENTITY),
    versionToUpdate: maybe(TIMESTAMP),
    contactInformation: many(CONTACT_INFORMATION),
    contactPerson: many(CONTACT_PERSON),
    optoutPaperNotification: maybe(FLAG),
  }),
  UpdatePerson: group({
    actor: one(ACTOR),
    personId: maybe(IDENTITY),
    gender: maybe(CODE),
    versionToUpdate: maybe(TIMESTAMP),
    name: maybe(NAME),
    birth: maybe(BIRTH),
    relationship: many(RELATIONSHIP),
    givenAddress: maybe(RESIDENTIAL_ADDRESS),
    deregistration: maybe(DEREGISTRATION),
    administrativeInformation: maybe(ADMINISTRATIVE_INFORMATION),
    confirmedIdentity: many(CONFIRMED_IDENTITY),
    addressAbroad: maybe(ADDRESS_ABROAD),
  }),
  LinkPersonIdentity: group({
    actor: one(ACTOR),
    fromIdentity: one(IDENTITY),
    toIdentity: one(IDENTITY),
  }),
  UnlinkPersonIdentity: group({
    actor: one(ACTOR),
    unlinkFromIdentity: one(IDENTITY),
    unlinkIdentity: one(IDENTITY),
  }),
} as const satisfies Readonly<Record<ContractName, unknown>>;

/** What a contract is asked, once it has been read. */
export type RequestOf<C extends ContractName> = ValuesOf<(typeof REQUESTS)[C]['members']>;
export type UpdatePersonRequest = RequestOf<'UpdatePerson'>;
export type UpdateContactsRequest = RequestOf<'UpdatePersonContactInformation'>;
