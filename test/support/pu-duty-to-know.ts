/** Whom a hub of Region Uppsala must know from PU, derived from the truth behind both registers and from no part of the hub. */
import { OID_NRID, OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import type { LifeTruth } from '../../scripts/population/life/life-truth.ts';
import { masterRowsOf } from '../../scripts/population/master-view.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { localDateTime } from '../../scripts/population/swedish-time.ts';
import type { SyntheticPerson } from '../../scripts/population/synthetic-person.ts';

/**
 * Identities, each as `root^extension`, of whom the raw topic must have PU's last record:
 * `inMaster`: Master has proper rows of the identity, or had them in the morning, and PU can be asked about its kind.
 * `resident`: PU has the person in Uppsala county, or had so in the morning: whom the hub was told of once it does not let go.
 * `reserve`: a reserve number of a kind that the region keeps in PU.
 * `left`: lived in the county during the day and moved out in it, and was not protected (PU shows nobody's history who is).
 * An identity can be in several.
 */
export interface DutyToKnow {
  readonly inMaster: ReadonlySet<string>;
  readonly resident: ReadonlySet<string>;
  readonly reserve: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  /**
   * What the searches of the pulls cannot see, so that only the daily sweep is sure to: a move of somebody who is protected, or was, leaves
   * no trace in what PU shows, and a number that got another one in its place is registered nowhere any more and has no history.
   */
  readonly hidden: ReadonlySet<string>;
  /** `inMaster`, `resident`, `reserve` and `left` together. */
  readonly identities: ReadonlySet<string>;
}

const HOME_COUNTY = '03';
/** The regional reserve number of Stockholm: Uppsala's own are not in PU. */
const OID_STOCKHOLM = '1.2.752.97.3.1.3';
const RESERVE: ReadonlySet<string> = new Set([OID_NRID, OID_STOCKHOLM]);
const ASKABLE: ReadonlySet<string> = new Set([OID_PNR, OID_SNR, ...RESERVE]);

/**
 * @param since when the day began, in milliseconds since 1970.
 * @param before whom the hub had to know then, when the day has an end already.
 */
export async function dutyToKnow(
  truth: LifeTruth,
  since: number,
  before?: DutyToKnow,
): Promise<DutyToKnow> {
  const inMaster = new Set(before?.inMaster);
  const resident = new Set(before?.resident);
  const reserve = new Set(before?.reserve);
  const left = new Set(before?.left);
  const hidden = new Set(before?.hidden);
  const morning = localDateTime(since);
  for (let index = 0; index < truth.nextIndex; index++) {
    const person = await truth.at(index);
    const records = await truth.puRecordsOf(person);
    const inPu = new Set(records.map(textOf));
    for (const text of properlyInMaster(person, truth)) if (inPu.has(text)) inMaster.add(text);
    const replaced = new Set(
      person.identities
        .filter(({ replacedBy }) => replacedBy !== null)
        .map(({ root, extension }) => `${root}^${extension}`),
    );
    for (const record of records) {
      const text = textOf(record);
      if (record.populationRegistrationLocality?.countyCode === HOME_COUNTY) resident.add(text);
      if (RESERVE.has(record.personalIdentity.root)) reserve.add(text);
      if (truth.wasProtected(index) || replaced.has(text)) hidden.add(text);
      else if (hasLeftSince(record, morning)) left.add(text);
    }
  }
  const identities = new Set([...inMaster, ...resident, ...reserve, ...left]);
  return { inMaster, resident, reserve, left, hidden, identities };
}

/** A row that is malformed on purpose is parked, so its identity is not one that the hub knows. */
function properlyInMaster(person: SyntheticPerson, { population }: LifeTruth): readonly string[] {
  const proper = new Set(
    masterRowsOf(person, population)
      .filter(({ fault }) => fault === null)
      .map((rows) => rows.person.PersonId),
  );
  return person.identities
    .filter(({ root, extension }) => ASKABLE.has(root) && proper.has(extension))
    .map(({ root, extension }) => `${root}^${extension}`);
}

/** Local times with the same offset: a day does not cross a change of the clock. */
function hasLeftSince({ populationRegistrationRecord }: PuRecord, morning: string): boolean {
  const places = populationRegistrationRecord?.historicalRecords?.populationRegistrationLocality;
  return (places ?? []).some(
    ({ countyCode, localRegistrationEndTime }) =>
      countyCode === HOME_COUNTY && (localRegistrationEndTime ?? '') >= morning,
  );
}

function textOf({ personalIdentity: { root, extension } }: PuRecord): string {
  return `${root}^${extension}`;
}
