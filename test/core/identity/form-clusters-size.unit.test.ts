import { describe, expect, it } from 'vitest';
import { formClusters, type Member } from '../../../core/identity/form-clusters.ts';
import { createUnionFind } from '../../../core/identity/union-find.ts';
import { member, type Name, persons } from './member-builder.ts';

/** Members whose parts are counted when they are read: work without a clock. */
function counted(members: readonly Member[]) {
  let reads = 0;
  const counting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, property, receiver) {
        reads++;
        return Reflect.get(object, property, receiver) as unknown;
      },
    });
  return { members: members.map(counting), reads: () => reads };
}

function chain(length: number): Member[] {
  return Array.from({ length }, (_, i) => {
    const next = i + 1 < length ? { referred: [`PNR${i + 1}` as Name] } : {};
    return member(`PNR${i}`, { pu: next });
  });
}

/** Every identity links to every later one. */
function mesh(length: number): Member[] {
  return Array.from({ length }, (_, i) => {
    const later = Array.from({ length: length - i - 1 }, (_x, j) => `NRID${i + j + 1}` as Name);
    return member(`NRID${i}`, { pu: { linked: later } });
  });
}

describe('many identities', () => {
  it('of one person in a chain are one cluster', () => {
    const { clusters, groupOf } = formClusters(chain(2_000).reverse(), []);
    expect(clusters.map(({ members, joins }) => [members.length, joins.length])).toEqual([
      [2_000, 1_999],
    ]);
    expect(new Set(groupOf.values())).toEqual(new Set(['PNR0']));
  });

  it('take work that grows with their number, not with its square', () => {
    const [small, large] = [counted(chain(1_000)), counted(chain(4_000))];
    formClusters(small.members, []);
    formClusters(large.members, []);
    expect(small.reads()).toBeGreaterThan(1_000);
    // Sorting has a logarithm, so a little more than four times; the square would be sixteen times.
    expect(large.reads() / small.reads()).toBeLessThan(6);
  });

  it('of a chain that no square would get through in the time that a test has are one cluster', () => {
    expect(formClusters(chain(50_000), []).clusters).toHaveLength(1);
  });

  it('cost next to nothing when there is one', () => {
    const alone = counted([member('PNR1', { pu: {}, master: {} })]);
    formClusters(alone.members, []);
    expect(alone.reads()).toBeLessThanOrEqual(2);
  });

  it('of fifty, each linked with each, are one person with a join for every link', () => {
    const { clusters } = formClusters(mesh(50), []);
    expect(clusters.map(({ joins }) => joins.length)).toEqual([1_225]);
  });

  it('of personnummer born on different days, each linked with the next through a samordningsnummer, cost no square either', () => {
    const bridged = (length: number) =>
      Array.from({ length }, (_, i) => [
        member(`PNR${i}`, { pu: { birth: String(1_000 + i) } }),
        member(`SNR${i}`, { pu: { linked: [`PNR${i}`, `PNR${(i + 1) % length}`] } }),
      ]).flat();
    const [small, large] = [counted(bridged(250)), counted(bridged(1_000))];
    expect(formClusters(small.members, []).findings).toHaveLength(500);
    formClusters(large.members, []);
    expect(large.reads() / small.reads()).toBeLessThan(6);
  });

  it('of one person who changed the birth date again and again, and a link to another, are looked at once each', () => {
    const length = 20_000;
    const changed = Array.from({ length }, (_, i) => {
      const next = i + 1 < length ? { referred: [`PNR${i + 1}` as Name] } : {};
      return member(`PNR${i}`, { pu: { ...next, birth: String(10_000 + i) } });
    });
    const members = [
      ...changed,
      member('SNR1', { pu: { linked: ['PNR1', 'PNR99999'] } }),
      member('PNR99999', { pu: { birth: '10000' } }),
    ];
    expect(formClusters(members, []).findings.map(({ other }) => other)).toEqual([
      'PNR1',
      'PNR99999',
    ]);
  });

  it('of reserve numbers between two people all lose their claim at once', () => {
    const reserve = Array.from({ length: 500 }, (_, i) =>
      member(`LRID${i}`, { master: { linked: ['NRID1', i % 2 === 0 ? 'PNR1' : 'PNR2'] } }),
    );
    const formation = formClusters(
      [...reserve, member('NRID1'), member('PNR1'), member('PNR2')],
      [],
    );
    expect(persons(formation)).toHaveLength(3);
    expect(formation.findings).toHaveLength(500);
  });
});

describe('union-find', () => {
  it('joins what was joined, in any order, and nothing else', () => {
    const sets = createUnionFind(6);
    sets.join(0, 1);
    sets.join(2, 3);
    sets.join(3, 1);
    sets.join(1, 2);
    expect(new Set([0, 1, 2, 3].map(sets.find)).size).toBe(1);
    expect(new Set([0, 4, 5].map(sets.find)).size).toBe(3);
  });
});
