import type { PersonEvidence } from '../mapping/person-evidence.ts';
import {
  eitherFlag,
  type ProtectionFlags,
  type RaisedProtection,
} from '../mapping/raised-protection.ts';
import type { SourceName } from './source-record.ts';

/**
 * What is known of an identity when its newest record is parked but protects it: what was known before, with the flags on top. Any
 * source's flag counts at once; the rest of its record can wait until it is right.
 *
 * @param former null: the source says nothing of the identity. Then its flags are all that is known, which decides no field: nobody is published
 * by that, and whoever is published by the other register is protected.
 */
export function protectEvidence(
  former: PersonEvidence | null,
  raised: RaisedProtection,
  source: SourceName,
): PersonEvidence {
  if (former === null) return onlyFlags(raised);
  const flags = eitherFlag(former, raised);
  return source === 'pu' ? onlyProfile1(former, flags) : { ...former, ...flags };
}

/** No more than PU says of a protected person (TKB 5.1 ch. 8), as its mapper does it. */
function onlyProfile1(former: PersonEvidence, flags: ProtectionFlags): PersonEvidence {
  const countyCode = former.locality?.countyCode ?? null;
  return {
    ...former,
    ...flags,
    maritalStatus: null,
    locality:
      countyCode === null
        ? null
        : {
            countyCode,
            municipalityCode: null,
            parishCode: null,
            propertyDesignation: null,
            registrationDate: null,
          },
    addresses: [],
    contacts: [],
    relations: [],
    contactPersons: [],
    paperOptOut: null,
  };
}

function onlyFlags({
  identity,
  protectedPerson,
  protectedPopulationRecord,
}: RaisedProtection): PersonEvidence {
  return {
    identity,
    name: {
      givenName: null,
      givenNameIndicator: null,
      middleName: null,
      surname: null,
      notificationName: null,
    },
    sex: 'unknown',
    birthDate: null,
    protectedPerson,
    protectedPopulationRecord,
    deregistration: null,
    maritalStatus: null,
    locality: null,
    testPerson: false,
    links: [],
    addresses: [],
    contacts: [],
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    protectedSince: null,
    isOnlyFlags: true,
  };
}
