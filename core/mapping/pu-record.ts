/**
 * The fields of a raw record of PU, by the names that the hub uses. Every adapter of a contract version writes these names, so that
 * neither the mapper nor what stands on the raw topic depends on the version. Values are the register's own text; flags are `1` and `0`;
 * partial dates are the value alone (`2024`, `2024-05`, `2024-05-17`); what PU does not state is left out.
 */

/** The person's own row (PersonRecordType, XSD 5.0). */
export const PU_PERSON_FIELDS = [
  'identityRoot',
  'identity',
  /** `YYYYMMDDhhmmss`, Swedish local time without a zone (TKB 5.1 ch. 5.2). */
  'version',
  /** The profile that was asked for; a protected person is answered with P1 whatever was asked (TKB 5.1 ch. 6.3). */
  'profile',
  'identityLevel',
  'identityLevelDate',
  'gender',
  'protectedPerson',
  'protectedPopulationRecord',
  'testPerson',
  'primaryIdentity',
  'givenNameIndicator',
  'givenName',
  'middleName',
  'surname',
  'notificationName',
  'birthDate',
  'birthCountyCode',
  'birthParish',
  'placeOfBirthAbroad',
  'countryOfBirth',
  'registrationDate',
  'countyCode',
  'municipalityCode',
  'parishCode',
  'propertyDesignation',
  'registrationType',
  'deregistrationReason',
  'deregistrationDate',
  'foundDeadDate',
  'maritalStatus',
  'maritalStatusDate',
  'immigrationDate',
  'rightOfResidence',
  'allocationDate',
  'preliminaryTransferDate',
  'renewalDate',
  'deceasedDate',
  'identityStatus',
  'identityStatusDate',
  'identityStatusCause',
  'optoutPaperNotification',
  'categoryOfPerson',
  'accountCode',
] as const;
export type PuPersonField = (typeof PU_PERSON_FIELDS)[number];

/** The rows beside it, by kind, in PU's order. */
export const PU_CHILD_FIELDS = {
  /** PU's own links (linkedIdentity), between any kinds of identities. */
  linkedIdentities: ['identityRoot', 'identity', 'assuranceLevel', 'primaryIdentity'],
  /** Skatteverket's references (referredPersonalIdentities), only between PNR and SNR. Never mixed with the links. */
  referredIdentities: ['identityRoot', 'identity', 'status'],
  /** `kind`: `residential`, `special-postal`, `given` or `abroad`. `country` is full text, only abroad. */
  addresses: ['kind', 'careOf', 'line1', 'line2', 'line3', 'postalCode', 'city', 'country'],
  contacts: ['contactType', 'use', 'value', 'rank', 'start', 'end', 'digitalNotification'],
  contactPersons: ['relationshipType', 'priorityOrder', 'givenName', 'middleName', 'surname'],
  /** `contactPerson` is the place of its person in `contactPersons`, from 0. */
  contactPersonContacts: ['contactPerson', 'contactType', 'use', 'value'],
  relations: [
    'identityRoot',
    'identity',
    'birthDate',
    'type',
    'from',
    'to',
    'givenName',
    'middleName',
    'surname',
    'deregistrationReason',
    'deregistrationDate',
    'status',
  ],
  citizenships: ['countryCode', 'date', 'status'],
  /** Former places of registration (P5 only). */
  historicalLocalities: [
    'registrationDate',
    'countyCode',
    'municipalityCode',
    'registrationType',
    'localRegistrationTime',
    'localRegistrationEndTime',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type PuChild = keyof typeof PU_CHILD_FIELDS;

/** Profile 1: all that the restricted contracts say of a protected person (TKB 5.1 ch. 6.3 rule 3 and ch. 8). Nothing else of one is ever kept. */
export const PROFILE_1_FIELDS = [
  'identityRoot',
  'identity',
  'version',
  'profile',
  'identityLevel',
  'identityLevelDate',
  'gender',
  'protectedPerson',
  'protectedPopulationRecord',
  'testPerson',
  'primaryIdentity',
  'givenNameIndicator',
  'givenName',
  'middleName',
  'surname',
  'notificationName',
  'birthDate',
  'countyCode',
  'deregistrationReason',
  'deregistrationDate',
  'foundDeadDate',
  'allocationDate',
  'preliminaryTransferDate',
  'renewalDate',
  'deceasedDate',
  'identityStatus',
  'identityStatusDate',
  'identityStatusCause',
] as const satisfies readonly PuPersonField[];
export const PROFILE_1_CHILDREN = [
  'linkedIdentities',
  'referredIdentities',
] as const satisfies readonly PuChild[];
