import { describe, expect, it } from 'vitest';
import { deriveGolden } from '../../core/golden-record/derive-golden.ts';
import type { IdentityKey } from '../../core/person/person-identifier.ts';
import { LifeTruth } from '../../scripts/population/life/life-truth.ts';
import { LifePlan } from '../../scripts/population/life/next-change.ts';
import { mustBeSeen } from '../../scripts/population/life/play-life.ts';
import {
  changedIdentity,
  type MasterKey,
  rowChanges,
  rowsByTable,
} from '../../scripts/population/life/row-changes.ts';
import { type MasterRows, masterRowsOf } from '../../scripts/population/master-view.ts';
import type { SyntheticPerson } from '../../scripts/population/synthetic-person.ts';
import { plainHasher } from '../support/person-builder.ts';
import { testRules } from '../support/test-rules.ts';
import { openLegacyMapper, populationOf } from './population-of.ts';

const population = populationOf(3_000);
const mapper = openLegacyMapper();

/** What a reader would see of this identity's rows alone. */
async function seenOf(rows: readonly MasterRows[], { IdTyp, PersonId }: MasterKey) {
  const own = rows.find(({ person }) => person.IdTyp === IdTyp && person.PersonId === PersonId);
  if (own === undefined) return null;
  const result = (await mapper).map(own);
  if (result.kind !== 'mapped') throw new Error(`Master's row was ${result.kind}.`);
  const { evidence: content } = result;
  const position = { epoch: 1, version: 1n };
  const { identity } = content;
  const record = {
    source: 'master',
    position,
    content,
    contentHash: plainHasher.hash(''),
  } as const;
  const members = [{ identity, identityKey: 'identity' as IdentityKey, evidence: [record] }];
  const input = { members, inDoubt: [], decisions: [], hiddenRelatives: new Set<string>() };
  return deriveGolden(input, testRules.golden, 'shadow').golden;
}

describe('what a life of changes does to the rows of Master', () => {
  it('is seen by a reader whenever it says so, under the identity that it names', async () => {
    const truth = new LifeTruth(population);
    const plan = new LifePlan({ seed: 1, truth, restMs: 13_000 });
    const before = new Map<number, SyntheticPerson>();
    let seen = 0;
    for (let i = 0; i < 1_000; i++) {
      const change = await plan.next(Date.UTC(2026, 2, 1) + i * 100);
      for (const person of change?.persons ?? []) {
        const isNew = person.index >= population.size && !before.has(person.index);
        const former = before.get(person.index) ?? population.at(person.index);
        before.set(person.index, person);
        const rows = masterRowsOf(person, population);
        const formerRows = isNew ? [] : masterRowsOf(former, population);
        const changes = rowChanges(rowsByTable(formerRows), rowsByTable(rows));
        const identity = changes.length === 0 ? null : changedIdentity(changes, rows);
        const hasFault = rows.some(({ fault }) => fault !== null);
        if (identity === null || !mustBeSeen({ identity, hasFault }, person, truth)) continue;
        seen += 1;
        const now = await seenOf(rows, identity);
        expect(now, change?.kind).not.toBeNull();
        expect(now, change?.kind).not.toEqual(await seenOf(formerRows, identity));
      }
    }
    expect(seen).toBeGreaterThan(500);
  });
});

describe('the difference between two sets of rows', () => {
  const empty = { Befolkning: [], Adress: [], Kontakt: [] };
  const key = { IdTyp: 'PNR', PersonId: 'x' };
  const address = { ...key, AdressTyp: 'FB', Rad2: 'PROVGATAN 1' };

  it('is nothing where only the spaces differ that fill a column', () => {
    const before = { ...empty, Befolkning: [{ ...key, Kommun: '80  ', RadVersion: 4 }] };
    expect(rowChanges(before, { ...empty, Befolkning: [{ ...key, Kommun: '80' }] })).toEqual([]);
  });

  it('names only the columns that differ', () => {
    const before = { ...empty, Adress: [address] };
    const after = { ...empty, Adress: [{ ...address, Rad2: 'PROVGATAN 2' }] };
    expect(rowChanges(before, after)).toEqual([
      {
        operation: 'update',
        table: 'Adress',
        key: { ...key, AdressTyp: 'FB' },
        columns: { Rad2: 'PROVGATAN 2' },
      },
    ]);
  });

  it('inserts the person first and deletes them last', () => {
    const full = { ...empty, Befolkning: [key], Adress: [address] };
    const steps = (changes: ReturnType<typeof rowChanges>) =>
      changes.map(({ operation, table }) => [operation, table]);
    expect(steps(rowChanges(empty, full))).toEqual([
      ['insert', 'Befolkning'],
      ['insert', 'Adress'],
    ]);
    expect(steps(rowChanges(full, empty))).toEqual([
      ['delete', 'Adress'],
      ['delete', 'Befolkning'],
    ]);
  });
});
