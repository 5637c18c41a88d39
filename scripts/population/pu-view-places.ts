import type { PuLocality, PuRecord, PuResidentialAddress } from './pu-record.ts';
import { noonOf } from './swedish-time.ts';
import type { PostalAddress, Residence, SyntheticPerson } from './synthetic-person.ts';

/** Where somebody is registered now; of who left the country or was lost only that. */
export function localityInPu(person: SyntheticPerson): Partial<PuRecord> {
  const { residence, former, deregistration, immigratedOn } = person;
  if (residence !== null) {
    const registeredAt = immigratedOn === undefined ? former[0]?.endedAt : noonOf(immigratedOn);
    return {
      populationRegistrationLocality: localityOf(
        residence,
        registeredAt ?? noonOf(residence.since),
      ),
    };
  }
  const reason = deregistration?.reason;
  if (reason !== 'UV' && reason !== 'OB') return {};
  return {
    populationRegistrationLocality: {
      ...(deregistration?.date ? { populationRegistrationDate: deregistration.date } : {}),
      populationRegistrationType: reason,
    },
  };
}

/** Former places, and the address of the newest. Who was abroad in between has a place of type UV. */
export function historyInPu({
  former,
  immigratedOn,
}: SyntheticPerson): NonNullable<PuRecord['populationRegistrationRecord']> {
  const [last] = former;
  if (last === undefined) return {};
  const abroad: readonly PuLocality[] =
    immigratedOn === undefined
      ? []
      : [
          {
            populationRegistrationDate: last.endedAt.slice(0, 10),
            populationRegistrationType: 'UV',
            localRegistrationTime: last.endedAt,
            localRegistrationEndTime: noonOf(immigratedOn),
          },
        ];
  const places = former.map(({ residence, endedAt }) => ({
    ...localityOf(residence, noonOf(residence.since)),
    localRegistrationEndTime: endedAt,
  }));
  return {
    historicalRecords: {
      populationRegistrationLocality: [...abroad, ...places],
      ...(last.residence.street === '' ? {} : { historicalAddress: addressOf(last.residence) }),
    },
  };
}

/** All addresses. A postal address of who is registered nowhere is `special` with Skatteverket and `given` with a reserve identity. */
export function addressesInPu(
  { residence, postalAddress, addressAbroad }: SyntheticPerson,
  postalKind: 'special' | 'given',
): Partial<PuRecord> {
  const special = residence?.special ?? postalAddress;
  const [postalAddress1, postalAddress2, postalAddress3] = addressAbroad?.lines ?? [];
  const addressInformation: PuRecord['addressInformation'] = {
    ...(residence !== null && residence.street !== ''
      ? { residentialAddress: addressOf(residence) }
      : {}),
    ...(special === undefined
      ? {}
      : postalKind === 'special'
        ? { specialPostalAddress: boxOf(special) }
        : { givenAddress: boxOf(special) }),
    ...(addressAbroad === null
      ? {}
      : {
          addressAbroad: {
            ...(postalAddress1 === undefined ? {} : { postalAddress1 }),
            ...(postalAddress2 === undefined ? {} : { postalAddress2 }),
            ...(postalAddress3 === undefined ? {} : { postalAddress3 }),
            countryCode: addressAbroad.country,
          },
        }),
  };
  return Object.keys(addressInformation).length === 0 ? {} : { addressInformation };
}

function localityOf(
  { municipality, parish, property, since }: Residence,
  localRegistrationTime: string,
): PuLocality {
  return {
    populationRegistrationDate: since,
    countyCode: municipality.slice(0, 2),
    municipalityCode: municipality.slice(2),
    ...(parish === null ? {} : { parishCode: parish }),
    ...(property === '' ? {} : { propertyDesignation: property }),
    populationRegistrationType: 'FB',
    localRegistrationTime,
  };
}

function addressOf({ careOf, street, postalCode, city }: Residence): PuResidentialAddress {
  return { ...(careOf === null ? {} : { careOf }), ...boxOf({ street, postalCode, city }) };
}

/** A missing postal code is 0. */
function boxOf({ street, postalCode, city }: PostalAddress): PuResidentialAddress {
  return { postalAddress2: street, postalCode: Number(postalCode ?? 0), city };
}
