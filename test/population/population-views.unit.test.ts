import { describe, expect, it } from 'vitest';
import { type MasterRows, masterRowsOf } from '../../scripts/population/master-view.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { puRecordsOf } from '../../scripts/population/pu-view.ts';
import { FAULT_CODES, FAULT_KINDS } from '../../scripts/population/synthetic-faults.ts';
import type { SyntheticPerson } from '../../scripts/population/synthetic-person.ts';
import { openLegacyMapper, populationOf } from './population-of.ts';

const PERSONS = 20_000;
const population = populationOf(PERSONS);

interface Seen {
  readonly person: SyntheticPerson;
  readonly records: readonly PuRecord[];
  readonly rows: readonly MasterRows[];
}

const everybody: readonly Seen[] = Array.from({ length: PERSONS }, (_, index) => {
  const person = population.at(index);
  const rows = masterRowsOf(person, population);
  return { person, records: puRecordsOf(person, population), rows };
});

function keyOf({ root, extension }: { readonly root: string; readonly extension: string }): string {
  return `${root} ${extension}`;
}

describe("PU's records of the population", () => {
  it('are one for each identity that PU has, of which one is the main one', () => {
    for (const { person, records } of everybody) {
      const known = person.identities.filter(({ inPu }) => inPu);
      expect(records.map(({ personalIdentity }) => keyOf(personalIdentity))).toEqual(
        known.map(keyOf),
      );
      for (const { primaryIdentity, linkedIdentity = [] } of records) {
        const primaries = linkedIdentity.filter((one) => one.primaryIdentity).length;
        expect(Number(primaryIdentity) + primaries).toBe(1);
      }
    }
  });

  it('link from both sides, with level 4 between numbers of Skatteverket and level 3 else', () => {
    const levels = new Set<string>();
    for (const { records } of everybody) {
      const byKey = new Map(records.map((one) => [keyOf(one.personalIdentity), one]));
      for (const { personalIdentity, linkedIdentity = [] } of records) {
        for (const { referredPersonalIdentity, assuranceLevel } of linkedIdentity) {
          const other = byKey.get(keyOf(referredPersonalIdentity));
          const back = other?.linkedIdentity?.find(
            (one) => keyOf(one.referredPersonalIdentity) === keyOf(personalIdentity),
          );
          expect(back?.assuranceLevel).toBe(assuranceLevel);
          const isReserve = [personalIdentity, referredPersonalIdentity].some(
            ({ root }) => !root.startsWith('1.2.752.129.2.1.3.'),
          );
          expect(assuranceLevel).toBe(isReserve ? 'level3' : 'level4');
          levels.add(assuranceLevel);
        }
      }
    }
    expect([...levels].sort()).toEqual(['level3', 'level4']);
  });

  it('refer from an old number to the new one and back, and the old one is deregistered with GN', () => {
    let referred = 0;
    for (const { person, records } of everybody) {
      const old = person.identities.find(({ replacedBy, inPu }) => replacedBy !== null && inPu);
      if (old === undefined) continue;
      referred += 1;
      const [before, after] = [old.extension, old.replacedBy].map((extension) =>
        records.find((one) => one.personalIdentity.extension === extension),
      );
      const refersTo = (record: PuRecord | undefined): string | undefined =>
        record?.referredPersonalIdentities?.[0]?.referredPersonalIdentity.extension;
      expect(refersTo(before)).toBe(after?.personalIdentity.extension);
      expect(refersTo(after)).toBe(before?.personalIdentity.extension);
      expect(before?.deregistration?.deregistrationReasonCode).toBe('GN');
      expect(before?.populationRegistrationLocality).toBeUndefined();
    }
    expect(referred).toBeGreaterThan(30);
  });

  it('have contact data only of who agreed and is not protected, and no opt-out without a digital way', () => {
    let shared = 0;
    for (const { person, records } of everybody) {
      const isRefused = person.masterConsent === 'no' || person.masterConsent === 'this-care-giver';
      const isProtected = person.protectedPerson || person.protectedPopulationRecord;
      for (const { contactInformation = [], optoutPaperNotification } of records) {
        shared += contactInformation.length;
        if (isRefused || isProtected) expect(contactInformation).toEqual([]);
        if (optoutPaperNotification !== true) continue;
        expect(contactInformation.some((one) => one.digitalNotification === true)).toBe(true);
      }
    }
    expect(shared).toBeGreaterThan(PERSONS / 2);
  });

  it('know when somebody left the county, also for another country', () => {
    const left = { moved: 0, abroad: 0, back: 0 };
    for (const { records } of everybody) {
      for (const { populationRegistrationLocality: now, populationRegistrationRecord } of records) {
        const places =
          populationRegistrationRecord?.historicalRecords?.populationRegistrationLocality ?? [];
        for (const { localRegistrationEndTime } of places) {
          expect(localRegistrationEndTime).toMatch(/^20\d\d-\d\d-\d\dT[\d:]{8}\+0[12]:00$/);
        }
        if (!places.some(({ countyCode }) => countyCode === '03')) continue;
        if (now?.countyCode !== undefined && now.countyCode !== '03') left.moved += 1;
        if (now?.populationRegistrationType === 'UV') left.abroad += 1;
        if (places.some((one) => one.populationRegistrationType === 'UV')) left.back += 1;
      }
    }
    expect(Math.min(left.moved, left.abroad, left.back)).toBeGreaterThan(20);
  });

  it('fit the lengths of the schema', () => {
    // XSD 5.0: String80, String40 and String2 by field.
    const longest: Readonly<Record<string, number>> = {
      givenName: 80,
      middleName: 80,
      surname: 80,
      notificationName: 40,
      careOf: 40,
      postalAddress1: 40,
      postalAddress2: 40,
      city: 40,
      countryCode: 40,
      propertyDesignation: 40,
      birthParish: 40,
      countyCode: 2,
      municipalityCode: 2,
      parishCode: 2,
      birthCountyCode: 2,
      citizenshipCountryCode: 2,
      recordId: 16,
    };
    const look = (value: unknown, field: string): void => {
      if (typeof value === 'string') {
        const most = longest[field] ?? 120;
        if (value.length > most || value === '') expect.fail(`${field}: ${value.length}`);
      } else if (typeof value === 'object' && value !== null) {
        for (const [name, inner] of Object.entries(value)) look(inner, name);
      }
    };
    for (const { records } of everybody) look(records, 'records');
  });
});

describe('what both registers say', () => {
  it('agrees, but for late rows, rows made wrong, and what only one of them has', () => {
    let compared = 0;
    for (const { person, records, rows } of everybody) {
      const main = person.identities.at(-1);
      if (main?.kind !== 'PNR' || !main.inPu || !main.inMaster || person.isStaleInMaster) continue;
      const record = records.at(-1);
      const master = rows.at(-1);
      if (record === undefined || master === undefined || master.fault !== null) continue;
      compared += 1;
      const { person: row, addresses } = master;
      const { name, deregistration, populationRegistrationLocality: place } = record;
      expect([row.Fornamn, row.Efternamn]).toEqual([name?.givenName, name?.surname]);
      expect(row.Sekretess).toBe(record.protectedPersonIndicator);
      expect(row.SkyddadFolkbokforing).toBe(record.protectedPopulationRecord ?? false);
      expect(row.AvregOrsak === null).toBe(deregistration === undefined);
      expect(row.Civilstand === null).toBe(record.maritalStatus === undefined);
      expect({ M: '1', K: '2' }[row.Kon]).toBe(record.gender);
      const street = addresses.find(({ AdressTyp }) => AdressTyp === 'FB')?.Rad2;
      const residential = record.addressInformation?.residentialAddress;
      if (place?.countyCode === undefined) continue;
      expect(row.Lan).toBe(place.countyCode);
      expect(row.Kommun?.slice(-2)).toBe(place.municipalityCode);
      expect(street).toBe(residential?.postalAddress2);
    }
    expect(compared).toBeGreaterThan(18_000);
  });

  it('differs in who is known: some in one of them only, and in neither nobody', () => {
    const only = { pu: 0, master: 0 };
    for (const { records, rows } of everybody) {
      expect(records.length + rows.length).toBeGreaterThan(0);
      if (rows.length === 0) only.pu += 1;
      if (records.length === 0) only.master += 1;
    }
    expect(Math.min(only.pu, only.master)).toBeGreaterThan(10);
  });

  it('differs where Master is at most a week late: in moves, names, deaths, annulled deaths and protection', () => {
    const late = { place: 0, name: 0, death: 0, annulled: 0, protection: 0, back: 0 };
    const plenty = populationOf(PERSONS, 5, { ...population.shares, stale: 0.1 });
    for (const person of plenty.persons()) {
      if (!person.isStaleInMaster) continue;
      expect(person.version >= '20251225').toBe(true);
      const [row] = masterRowsOf(person, plenty).slice(-1);
      const record = puRecordsOf(person, plenty).at(-1);
      if (row === undefined || record === undefined) continue;
      const { Efternamn, AvregOrsak, Sekretess, Lan, Kommun, FolkbokfDatum } = row.person;
      const reason = record.deregistration?.deregistrationReasonCode;
      const place = record.populationRegistrationLocality;
      if (Efternamn !== record.name?.surname) late.name += 1;
      if (AvregOrsak === null && reason === 'AV') late.death += 1;
      if (AvregOrsak === 'AV' && reason === undefined) late.annulled += 1;
      if (AvregOrsak === 'UV' && reason === undefined) late.back += 1;
      if (!Sekretess && record.protectedPersonIndicator) late.protection += 1;
      const isElsewhere = `${Lan} ${Kommun}` !== `${place?.countyCode} ${place?.municipalityCode}`;
      const since = place?.populationRegistrationDate?.replaceAll('-', '');
      if (place?.countyCode !== undefined && (isElsewhere || FolkbokfDatum !== since)) {
        late.place += 1;
      }
    }
    expect(Math.min(...Object.values(late))).toBeGreaterThan(5);
  });
});

describe("Master's rows of the population", () => {
  it('are taken by the hub, except seven in 20 000 that it parks each under its own code', async () => {
    const mapper = await openLegacyMapper();
    const parked: string[] = [];
    for (const { rows } of everybody) {
      for (const row of rows) {
        const result = mapper.map(row);
        if (result.kind === 'rejected') parked.push(`${row.fault}: ${result.code}`);
        else expect(row.fault).toBeNull();
      }
    }
    expect(parked).toEqual(FAULT_KINDS.map((kind) => `${kind}: ${FAULT_CODES[kind]}`));
  });

  it('have payer codes on reserve numbers, which the hub takes for no place', async () => {
    const mapper = await openLegacyMapper();
    let payers = 0;
    for (const { rows } of everybody) {
      for (const row of rows) {
        if (row.person.Lan !== '99') continue;
        payers += 1;
        const result = mapper.map(row);
        expect(result.kind === 'mapped' && result.evidence.locality?.countyCode).toBeFalsy();
      }
    }
    expect(payers).toBeGreaterThan(50);
  });

  it('write a municipality in two ways, and widows and old reasons in two codes', () => {
    const seen = { four: 0, two: 0, old: 0, new: 0, reasons: new Set<string>() };
    for (const { rows } of everybody) {
      for (const { person, kind } of rows) {
        if (kind === 'resident' && person.Kommun?.length === 4) seen.four += 1;
        if (kind === 'resident' && person.Kommun?.length === 2) seen.two += 1;
        if (person.Civilstand === 'A') seen.old += 1;
        if (person.Civilstand === 'Ä') seen.new += 1;
        if (person.AvregOrsak !== null) seen.reasons.add(person.AvregOrsak);
      }
    }
    expect(Math.min(seen.four, seen.two, seen.old, seen.new)).toBeGreaterThan(100);
    expect([...seen.reasons].sort()).toEqual(
      ['AN', 'AS', 'AV', 'GN', 'GS', 'OB', 'OO', 'TA', 'UV'].sort(),
    );
  });

  it('point every old number at a number of the same person', () => {
    let old = 0;
    for (const { person, rows } of everybody) {
      for (const { kind, person: row } of rows) {
        if (kind !== 'old-number') continue;
        old += 1;
        expect(row.HanvisningId).toBe(person.identities.at(-1)?.extension);
      }
    }
    expect(old).toBeGreaterThan(30);
  });

  it('still have the municipality of protected persons of whom PU does not say the county', () => {
    let without = 0;
    for (const { records, rows } of everybody) {
      const record = records.at(-1);
      const row = rows.at(-1);
      if (row?.person.IdTyp !== 'PNR' || record?.protectedPersonIndicator !== true) continue;
      if (record.populationRegistrationLocality !== undefined) continue;
      without += 1;
      expect(row.person.Kommun).not.toBeNull();
    }
    expect(without).toBeGreaterThan(2);
  });
});
