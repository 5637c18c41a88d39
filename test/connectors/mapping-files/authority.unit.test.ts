import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { DECIDED_GROUPS, PHASES } from '../../../core/golden-record/authority.ts';
import { AUTHORITY, MAPPINGS, MappingsCopy, set } from './mappings-copy.ts';

const TYPES = ['PNR', 'SNR', 'NRID', 'LRID'] as const;
const ONLY_PU = new Set(['contacts', 'relations', 'contact-persons', 'paper-preference']);

/** As Region Uppsala moved in 2024, with the holes filled (design 4.6). */
const EXPECTED = {
  shadow: { PNR: ['master'], SNR: ['master'], NRID: ['master'], LRID: ['master'] },
  'step-1': {
    PNR: ['pu', 'master'],
    SNR: ['pu', 'master'],
    NRID: ['master', 'pu'],
    LRID: ['master'],
  },
  'step-2': {
    PNR: ['pu', 'master'],
    SNR: ['pu', 'master'],
    NRID: ['pu', 'master'],
    LRID: ['pu', 'master'],
  },
};

describe('the authority table of this project', () => {
  it.each(PHASES.flatMap((phase) => TYPES.map((type) => ({ phase, type }))))(
    'says in $phase who decides every group of $type',
    async ({ phase, type }) => {
      const { authority } = await loadMappingFiles(MAPPINGS);
      expect(authority.publishes[phase][type]).toEqual(EXPECTED[phase][type]);
      for (const group of DECIDED_GROUPS) {
        const isOnlyPu = phase !== 'shadow' && ONLY_PU.has(group);
        expect(authority.cells[phase][type][group]).toEqual(
          isOnlyPu ? ['pu'] : EXPECTED[phase][type],
        );
      }
    },
  );

  it('has a version, and is frozen', async () => {
    const { authority } = await loadMappingFiles(MAPPINGS);
    expect(authority.version).toBe(1);
    expect(Object.isFrozen(authority.cells.shadow.PNR.name)).toBe(true);
    expect(Object.isFrozen(authority.publishes)).toBe(true);
  });
});

type Spoiled = readonly [
  what: string,
  change: (text: string) => string,
  path: string,
  problem: string,
];

const SPOILED: readonly Spoiled[] = [
  [
    'leaves a group to nobody',
    set('step-1.exceptions.contacts', { LRID: [] }),
    'step-1.LRID.contacts',
    'nobody decides',
  ],
  [
    'leaves a kind of number to nobody',
    set('step-1.decides.LRID', undefined),
    'step-1.LRID.addresses',
    'nobody decides',
  ],
  [
    'lets nobody publish a kind of number',
    set('step-1.publishes.NRID', undefined),
    'step-1.NRID.publishes',
    'nobody publishes',
  ],
  [
    'publishes a number without a name',
    set('step-2.exceptions.name', { LRID: ['pu'] }),
    'step-2.LRID.name',
    'leaves out master, which publishes',
  ],
  [
    'would publish the dead as alive',
    set('step-1.publishes.LRID', ['master', 'pu']),
    'step-1.LRID.deregistration',
    'leaves out pu, which publishes',
  ],
  ['lacks a phase', set('step-2', undefined), 'step-2', 'is missing'],
  ['lacks a part', set('shadow.exceptions', undefined), 'shadow.exceptions', 'is missing'],
  ['has no version', set('version', undefined), 'version', 'is missing'],
  ['has a phase that is none', set('step-3', {}), '', 'has unknown keys step-3'],
  [
    'has a kind of number that is none',
    set('step-1.decides.GRID', ['master']),
    'step-1.decides',
    'has unknown keys GRID',
  ],
  [
    'has a group that is none',
    set('step-1.exceptions.protection', { every: ['pu'] }),
    'step-1.exceptions',
    'has unknown keys protection',
  ],
  [
    'has a register that is none',
    set('step-1.decides.PNR', ['pu', 'spar']),
    'step-1.decides.PNR[1]',
    'is not one of master, pu',
  ],
  [
    'names a register twice',
    set('step-1.exceptions.relations.every', ['pu', 'pu']),
    'step-1.exceptions.relations.every[1]',
    'stands twice',
  ],
  [
    'names a publisher twice',
    set('step-2.publishes.every', ['pu', 'master', 'pu']),
    'step-2.publishes.every[2]',
    'stands twice',
  ],
];

describe('an authority table is refused, with the cell, when it', () => {
  it.each(SPOILED)('%s', async (_, change, path, problem) => {
    using copy = new MappingsCopy();
    copy.edit(AUTHORITY, change);
    const failure = await copy.failure();
    expect(failure.problems).toContainEqual({ file: AUTHORITY, path, problem });
    expect(failure.message).not.toContain('[withheld]');
  });

  it('is missing', async () => {
    using copy = new MappingsCopy();
    copy.remove(AUTHORITY);
    const problem = 'cannot be read (ENOENT)';
    expect((await copy.failure()).problems).toEqual([{ file: AUTHORITY, path: '', problem }]);
  });

  it('has a hole, and names every cell of it', async () => {
    using copy = new MappingsCopy();
    copy.edit(AUTHORITY, set('step-1.decides.LRID', undefined));
    const { problems } = await copy.failure();
    expect(problems.map(({ path }) => path)).toEqual(
      DECIDED_GROUPS.filter((group) => !ONLY_PU.has(group)).map((group) => `step-1.LRID.${group}`),
    );
  });
});
