import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SHARES } from '../../scripts/demo/population-shares.ts';
import { FAULT_CODES, FAULT_KINDS } from '../../scripts/demo/synthetic-faults.ts';
import { PUBLISHED_UNKNOWN_BIRTH_NRIDS } from '../../scripts/demo/synthetic-identifiers.ts';
import { generatePersons, type SyntheticPerson } from '../../scripts/demo/synthetic-persons.ts';
import { openLegacyMapper, populationOf } from './demo-population.ts';

const hashOf = (persons: Iterable<SyntheticPerson>): string =>
  createHash('sha256')
    .update(JSON.stringify([...persons]))
    .digest('hex');

describe('the made-up population', () => {
  it('is the same for the same seed and size, and the same as when this test was written', () => {
    const first = hashOf(generatePersons(populationOf(100)));
    expect(hashOf(generatePersons(populationOf(100)))).toBe(first);
    expect(first).toBe('269b4048508b5127006dab00fe8c2b5489baa7a0973dddc6e7880ba8e343ed9d');
  });

  it('is another one for another seed', () => {
    expect(hashOf(generatePersons(populationOf(100, 2)))).not.toBe(
      hashOf(generatePersons(populationOf(100))),
    );
  });

  it('gives out each identity once', () => {
    const seen = new Set<string>();
    for (const { person } of generatePersons(populationOf(30_000))) {
      seen.add(`${person.IdTyp} ${person.PersonId}`);
    }
    expect(seen.size).toBe(30_000);
  });

  it('holds no number that a living person could have', () => {
    const published: readonly string[] = PUBLISHED_UNKNOWN_BIRTH_NRIDS;
    const impossible: Readonly<Record<string, (number: string) => boolean>> = {
      PNR: (number) => number >= '1850' && number < '1900',
      SNR: (number) => number >= '1850' && number < '1900',
      RES: (number) => number >= '1850' && number < '1900',
      SLL: (number) => number.startsWith('9922'),
      NRID: (number) => published.includes(number) || /^\d\d0[0-4]/.test(number),
    };
    let looked = 0;
    for (const { person } of generatePersons(populationOf(30_000))) {
      if (impossible[person.IdTyp]?.(person.PersonId) !== true) {
        expect.fail(`a ${person.IdTyp} outside the ranges`);
      }
      looked += 1;
    }
    expect(looked).toBe(30_000);
  });

  it('keeps the recorded birth date equal to that of the number, or less exact', () => {
    for (const { person, fault } of generatePersons(populationOf(20_000))) {
      if (fault !== null || (person.IdTyp !== 'PNR' && person.IdTyp !== 'SNR')) continue;
      const day = Number(person.PersonId.slice(6, 8)) % 60;
      const inNumber = `${person.PersonId.slice(0, 6)}${String(day).padStart(2, '0')}`;
      const known = person.Fodelsedatum?.replace(/(00)+$/, '') ?? '';
      expect(inNumber.startsWith(known) && known.length >= 4).toBe(true);
    }
  });

  it('has each kind and state in about the share that is asked for', () => {
    const size = 30_000;
    const found = { outOfCounty: 0, coordination: 0, deceased: 0, protected: 0, payer: 0, test: 0 };
    let reserve = 0;
    for (const { kind, person } of generatePersons(populationOf(size))) {
      if (kind === 'out-of-county') found.outOfCounty += 1;
      if (kind === 'coordination-number') found.coordination += 1;
      if (person.AvregOrsak === 'AV') found.deceased += 1;
      if (person.Sekretess || person.SkyddadFolkbokforing) found.protected += 1;
      if (person.Testperson) found.test += 1;
      if (kind.endsWith('reserve')) {
        reserve += 1;
        if (person.Lan === '99') found.payer += 1;
      }
    }
    const shares = DEFAULT_SHARES;
    const isNear = (count: number, share: number, of = size): boolean =>
      count > 0.8 * share * of && count < 1.2 * share * of;
    expect(isNear(found.outOfCounty, shares.outOfCounty)).toBe(true);
    expect(isNear(found.coordination, shares.coordinationNumber)).toBe(true);
    expect(isNear(found.deceased, shares.deceased * 0.95)).toBe(true);
    expect(isNear(found.protected, shares.protectedPerson + shares.protectedPopulationRecord)).toBe(
      true,
    );
    expect(isNear(found.payer, shares.payerCode, reserve)).toBe(true);
    expect(found.test).toBeGreaterThan(0);
  });

  it('points every old number at a number that has a row of its own', () => {
    const personal = new Set<string>();
    const pointedAt: string[] = [];
    for (const { kind, person } of generatePersons(populationOf(20_000))) {
      if (person.IdTyp === 'PNR') personal.add(person.PersonId);
      if (kind === 'old-number') pointedAt.push(person.HanvisningId ?? '');
    }
    expect(pointedAt.length).toBeGreaterThan(20);
    expect(pointedAt.every((number) => personal.has(number))).toBe(true);
  });

  it('is not kept in memory', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    let made = 0;
    let grown = 0;
    for (const person of generatePersons(populationOf(200_000))) {
      made += person.addresses.length >= 0 ? 1 : 0;
      if (made % 50_000 !== 0) continue;
      collect();
      grown = Math.max(grown, process.memoryUsage().heapUsed - before);
    }
    expect(made).toBe(200_000);
    expect(grown).toBeLessThan(16_000_000);
  });
});

describe('what the hub makes of the made-up population', () => {
  it('takes every record, except seven in 20 000 that it parks each under its own code', async () => {
    const mapper = await openLegacyMapper();
    const parked: string[] = [];
    let taken = 0;
    for (const person of generatePersons(populationOf(20_000))) {
      const result = mapper.map(person);
      if (result.kind === 'mapped' && person.fault === null) taken += 1;
      else if (result.kind === 'rejected') parked.push(`${person.fault}: ${result.code}`);
    }
    expect(parked).toEqual(FAULT_KINDS.map((kind) => `${kind}: ${FAULT_CODES[kind]}`));
    expect(taken).toBe(20_000 - FAULT_KINDS.length);
  });

  it('takes a payer code for no place', async () => {
    const mapper = await openLegacyMapper();
    let payers = 0;
    for (const person of generatePersons(populationOf(5_000))) {
      if (person.person.Lan !== '99') continue;
      payers += 1;
      const result = mapper.map(person);
      expect(result.kind === 'mapped' && result.evidence.locality?.countyCode).toBeFalsy();
    }
    expect(payers).toBeGreaterThan(10);
  });
});
