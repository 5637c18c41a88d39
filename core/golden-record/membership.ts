import type { Deregistration, Locality } from '../mapping/person-evidence.ts';
import { classifyRoot } from '../person/identity-type.ts';
import { type GoldenMember, recordBy } from './choose-record.ts';
import type { CountyMembership, Membership } from './golden-record.ts';
import { isFlagged } from './protection.ts';

/** A person belongs where the register says that they are registered; a deregistered person belongs nowhere. */
export function registeredMembership(
  locality: Locality | null,
  deregistration: Deregistration | null,
): Membership | null {
  if (!hasCounty(locality) || deregistration !== null) return null;
  return {
    level: locality.municipalityCode === null ? 'county' : 'municipality',
    countyCode: locality.countyCode,
    municipalityCode: locality.municipalityCode,
    reason: 'registered',
    from: locality.registrationDate,
  };
}

/**
 * PU gives only the county of a protected person; booking must still be possible, so the county becomes the membership. A
 * municipality that the legacy register has never gets around this rule, nor does the date of the last move. Where PU protects a person and
 * gives no county at all, the legacy register's would say more than PU does.
 */
export function protectedMembership(
  locality: Locality | null,
  deregistration: Deregistration | null,
  members: readonly GoldenMember[],
): CountyMembership | null {
  if (!hasCounty(locality) || deregistration !== null || isCountyHiddenByPu(members)) return null;
  return {
    level: 'county',
    countyCode: locality.countyCode,
    reason: 'protected-county-only',
    from: null,
  };
}

/** PU states the county of personnummer and samordningsnummer only: of a reserve number its silence says nothing. */
function isCountyHiddenByPu(members: readonly GoldenMember[]): boolean {
  let isFlaggedByPu = false;
  for (const member of members) {
    const type = classifyRoot(member.identity.root);
    if (type !== 'PNR' && type !== 'SNR') continue;
    const record = recordBy(member, 'pu');
    if (record === undefined) continue;
    if (hasCounty(record.content.locality)) return false;
    isFlaggedByPu ||= isFlagged(record.content);
  }
  return isFlaggedByPu;
}

function hasCounty(
  locality: Locality | null,
): locality is Locality & { readonly countyCode: string } {
  return locality !== null && locality.countyCode !== null;
}
