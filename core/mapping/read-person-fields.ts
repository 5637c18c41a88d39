/** Fields of the person's own row that every register has, by the names that all sources' rows share. */
import type { AdministrativeAreas } from '../person/administrative-area.ts';
import { OID_PNR, OID_SNR, type Oid } from '../person/person-identifier.ts';
import type {
  Deregistration,
  DeregistrationReason,
  Locality,
  PersonName,
} from './person-evidence.ts';
import type { RowReader } from './row-reader.ts';

export function readName(reader: RowReader): PersonName {
  return {
    givenName: reader.text('givenName'),
    givenNameIndicator: readGivenNameIndicator(reader),
    middleName: reader.text('middleName'),
    surname: reader.text('surname'),
    notificationName: reader.text('notificationName'),
  };
}

const GIVEN_NAME_INDICATOR = /^[1-9]\d$/;

/** 0 and 00 are how registers write that no name is marked. */
function readGivenNameIndicator(reader: RowReader): number | null {
  const value = reader.value('givenNameIndicator');
  if (value === null || value === '0' || value === '00') return null;
  return GIVEN_NAME_INDICATOR.test(value)
    ? Number(value)
    : reader.unknownCode('givenNameIndicator');
}

export function readDeregistration(
  reader: RowReader,
  reasons: ReadonlyMap<string, DeregistrationReason>,
): Deregistration | null {
  const reason = reader.code('deregistrationReason', reasons);
  const date = reader.date('deregistrationDate');
  const foundDeadAt = reader.date('foundDeadDate');
  if (reason !== null) return { reason, date, foundDeadAt };
  // Without a reason the date would be lost, and with it that the person is deregistered.
  if (date !== null || foundDeadAt !== null) {
    reader.reject('HUB_PERSON_REQUIRED_MISSING', 'deregistrationReason');
  }
  return null;
}

/** What a source's codes of county and municipality are worth. */
export interface AreaRules {
  readonly areas: AdministrativeAreas;
  /** Whether they are a place on a reserve number, where some regions keep who pays. */
  readonly reserveNumberAreaIsPlace: boolean;
}

export function readLocality(
  reader: RowReader,
  root: Oid,
  { areas, reserveNumberAreaIsPlace }: AreaRules,
): Locality | null {
  const isReserveNumber = root !== OID_PNR && root !== OID_SNR;
  const propertyDesignation = reader.text('propertyDesignation');
  const registrationDate = reader.date('registrationDate');
  const parish = reader.text('parishCode');
  const area = areas.resolve(reader.value('countyCode'), reader.value('municipalityCode'));
  let countyCode: string | null = null;
  let municipalityCode: string | null = null;
  let parishCode: string | null = null;
  if (!isReserveNumber && area.kind === 'unknown') reader.unknownCode(area.field);
  // On a reserve number the codes may say who pays; they are a place only when they are real and the mapping says so.
  if (area.kind === 'area' && (!isReserveNumber || reserveNumberAreaIsPlace)) {
    ({ countyCode, municipalityCode } = area);
    parishCode = parish;
  }
  if (
    countyCode === null &&
    municipalityCode === null &&
    parishCode === null &&
    propertyDesignation === null &&
    registrationDate === null
  ) {
    return null;
  }
  return { countyCode, municipalityCode, parishCode, propertyDesignation, registrationDate };
}
