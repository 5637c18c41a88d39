import { makeDay } from './household-traits.ts';
import type { PuRecord } from './pu-record.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SyntheticPerson } from './synthetic-person.ts';

type CoordinationParts = Pick<
  PuRecord,
  'identityLevel' | 'identityLevelDate' | 'coOrdinationNumberData' | 'personalIdentityStatus'
>;

/**
 * How sure Skatteverket is of who has a samordningsnummer, and whether the number is in use (law of 2023, prop. 2021/22:276). `replacedOn`: a
 * personnummer replaced it on that day.
 */
export function coordinationParts(
  { deregistration }: SyntheticPerson,
  random: SeededRandom,
  replacedOn?: string,
): CoordinationParts {
  const allocationDate = makeDay(random, 1995, 2004);
  const common = {
    identityLevel: random.pick(['STYRKT', 'SANNOLIK', 'OSAKER']),
    identityLevelDate: allocationDate,
  } as const;
  if (replacedOn !== undefined) {
    return {
      ...common,
      coOrdinationNumberData: { allocationDate },
      personalIdentityStatus: status('AVREGISTRERAT', replacedOn, 'ERSATT'),
    };
  }
  if (deregistration?.reason === 'AV') {
    const { date } = deregistration;
    return {
      ...common,
      coOrdinationNumberData: {
        allocationDate,
        ...(date === null ? {} : { deceasedDate: date }),
      },
      personalIdentityStatus: status('AVREGISTRERAT', date ?? undefined, 'AVLIDEN'),
    };
  }
  const renewalDate = makeDay(random, 2021, 2024);
  return {
    ...common,
    coOrdinationNumberData: { allocationDate, renewalDate },
    personalIdentityStatus: statusOfLiving(random, allocationDate),
  };
}

/** Both spellings of one cause are in use: TKB 5.1 has the one, the information specification the other. */
const WRONGLY_REGISTERED = ['FELAKTIGT_REGISTRERAT', 'FELAKTIGT_REGISTERAT'] as const;

function statusOfLiving(
  random: SeededRandom,
  since: string,
): NonNullable<PuRecord['personalIdentityStatus']> {
  const identityStatus = random.pickByShare([
    ['AKTIVT', 0.7],
    ['VILANDEFORKLARAT', 0.15],
    ['VILANDEFORKLARAT_STANGT', 0.05],
    ['EJ_AKTUELLT', 0.05],
    ['AVREGISTRERAT', 1],
  ]);
  switch (identityStatus) {
    case 'VILANDEFORKLARAT':
    case 'VILANDEFORKLARAT_STANGT':
      return status(identityStatus, since, random.pick(['TIDSFRIST', 'ANNAN_ORSAK']));
    case 'AVREGISTRERAT':
      return status(identityStatus, since, random.pick(WRONGLY_REGISTERED));
    case 'AKTIVT':
    case 'EJ_AKTUELLT':
      return status(identityStatus, since);
  }
}

function status(
  identityStatus: string,
  date: string | undefined,
  cause?: string,
): NonNullable<PuRecord['personalIdentityStatus']> {
  return {
    identityStatus,
    ...(date === undefined ? {} : { identityStatusDate: date }),
    ...(cause === undefined ? {} : { identityStatusCause: cause }),
  };
}
