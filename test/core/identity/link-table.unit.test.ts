import { describe, expect, it } from 'vitest';
import {
  explainLinks,
  formClusters,
  type LinkVerdict,
} from '../../../core/identity/form-clusters.ts';
import type { IdentityType } from '../../../core/person/person-identifier.ts';
import { findings, keyOf, member, type Name, persons, type Says } from './member-builder.ts';

const VERDICTS: Readonly<Record<string, LinkVerdict>> = {
  J: 'joins',
  H: 'against-hierarchy',
  P: 'only-pu-may-state',
  E: 'ended',
};

/** How the link is stated, in the order of the columns below. */
const COLUMNS = [
  ['master', 'linked'],
  ['master', 'referred'],
  ['master', 'ended'],
  ['pu', 'linked'],
  ['pu', 'main'],
  ['pu', 'referred'],
  ['pu', 'ended'],
] as const;

/** One link alone, from the first to the second, both with a record and born on the same day: every kind, direction and register. */
const TABLE: Readonly<Record<IdentityType, Readonly<Record<IdentityType, string>>>> = {
  //             master  |     pu
  //             l  r  e | l  m  r  e
  LRID: {
    LRID: /*  */ 'H  H  E   H  H  H  E',
    NRID: /*  */ 'J  J  E   J  J  J  E',
    SNR: /*   */ 'J  J  E   J  J  J  E',
    PNR: /*   */ 'J  J  E   J  J  J  E',
  },
  NRID: {
    LRID: /*  */ 'H  H  E   J  H  J  E',
    NRID: /*  */ 'J  J  E   J  J  J  E',
    SNR: /*   */ 'J  J  E   J  J  J  E',
    PNR: /*   */ 'J  J  E   J  J  J  E',
  },
  SNR: {
    LRID: /*  */ 'H  H  E   J  H  J  E',
    NRID: /*  */ 'H  H  E   J  H  J  E',
    SNR: /*   */ 'J  J  E   J  J  J  E',
    PNR: /*   */ 'P  P  E   J  J  J  E',
  },
  PNR: {
    LRID: /*  */ 'H  H  E   J  H  J  E',
    NRID: /*  */ 'H  H  E   J  H  J  E',
    SNR: /*   */ 'P  P  E   J  H  J  E',
    PNR: /*   */ 'J  J  E   J  J  J  E',
  },
};

const CELLS = Object.entries(TABLE).flatMap(([from, row]) =>
  Object.entries(row).flatMap(([to, cells]) =>
    cells.split(/ +/).map((letter, column) => {
      const [source, kind] = COLUMNS[column] ?? ['master', 'linked'];
      return { from: `${from}1` as Name, to: `${to}2` as Name, source, kind, letter };
    }),
  ),
);

/** From the weakest kind to the strongest, and of one kind from the lower key. */
const ORDER: readonly Name[] = ['LRID1', 'LRID2', 'NRID1', 'NRID2', 'SNR1', 'SNR2', 'PNR1', 'PNR2'];
const upwards = (a: Name, b: Name): readonly Name[] =>
  [a, b].sort((x, y) => ORDER.indexOf(x) - ORDER.indexOf(y));

describe('one link alone', () => {
  it('is in the table for every kind, direction and register', () => {
    expect(CELLS).toHaveLength(4 * 4 * COLUMNS.length);
  });

  it.each(CELLS)('$source $kind $from -> $to: $letter', ({ from, to, source, kind, letter }) => {
    const says: Says = { [kind]: [to] };
    const members = [member(from, { [source]: says }), member(to, { master: {} })];
    const formation = formClusters(members, []);

    expect(explainLinks(members, [])).toEqual([
      {
        from: keyOf(from),
        to: keyOf(to),
        source,
        kind: kind === 'main' ? 'linked' : kind,
        verdict: VERDICTS[letter],
      },
    ]);
    expect(persons(formation)).toEqual(
      letter === 'J' ? [[from, to].sort().join(' ')] : [from, to].sort(),
    );
    expect(findings(formation)).toEqual(
      letter === 'H' ? [`link-against-hierarchy ${upwards(from, to).join(' ')}`] : [],
    );
    expect([...formation.groupOf.values()]).toEqual([keyOf(from), keyOf(from)]);
  });

  it.each(CELLS.filter(({ letter }) => letter === 'J'))(
    'is the join that is kept: $source $kind $from -> $to',
    ({ from, to, source, kind }) => {
      const [weaker, stronger] = upwards(from, to);
      const members = [member(from, { [source]: { [kind]: [to] } }), member(to, { master: {} })];
      const [cluster] = formClusters(members, []).clusters;
      expect(cluster?.joins).toEqual([{ from: weaker, to: stronger, source }]);
    },
  );
});
