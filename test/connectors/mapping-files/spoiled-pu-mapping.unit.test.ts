import { describe, expect, it } from 'vitest';
import { MappingsCopy, PU, REGION, replace, set } from './mappings-copy.ts';

type Spoiled = readonly [
  what: string,
  change: (text: string) => string,
  path: string,
  problem: string,
];

const SPOILED: readonly Spoiled[] = [
  [
    'pulls with too low a profile',
    set('pulls.known-elsewhere.profile', 'P2'),
    'pulls.known-elsewhere.profile',
    'is not P4 or P5: a profile below P4 would erase what another pull has read',
  ],
  [
    'looks for those who moved out without the history',
    set('pulls.moved-out.profile', 'P4'),
    'pulls.moved-out.profile',
    'is not P5: only P5 has where somebody lived before',
  ],
  [
    'splits a county that is not the region’s own',
    set('pulls.own-region.splitByMunicipality', ['01']),
    'pulls.own-region.splitByMunicipality[0]',
    'is not one of homeCounties in region.json: nobody asks for its residents',
  ],
  [
    'splits a county twice',
    set('pulls.own-region.splitByMunicipality', ['03', '03']),
    'pulls.own-region.splitByMunicipality[1]',
    'stands twice',
  ],
  [
    'splits what is no county code',
    set('pulls.own-region.splitByMunicipality', ['0380']),
    'pulls.own-region.splitByMunicipality[0]',
    'is not two digits',
  ],
  [
    'pulls reserve identities of a root that PU may not be asked about',
    set('pulls.reserve-identities.roots', ['1.2.752.74.9.2']),
    'pulls.reserve-identities.roots[0]',
    'is not one of askableRoots',
  ],
  [
    'pulls personnummer as reserve identities',
    set('pulls.reserve-identities.roots', ['1.2.752.129.2.1.3.1']),
    'pulls.reserve-identities.roots[0]',
    'is not that of a reserve identity',
  ],
  [
    'pulls the same reserve identities twice',
    set('pulls.reserve-identities.roots', ['1.2.752.74.9.1', '1.2.752.74.9.1']),
    'pulls.reserve-identities.roots[1]',
    'stands twice',
  ],
  [
    'asks PU about a root of no format',
    set('askableRoots.3', '1.2.3'),
    'askableRoots[3]',
    'is the root of no format in reserve-numbers/formats.json',
  ],
  [
    'asks PU about a root twice',
    set('askableRoots.3', '1.2.752.74.9.1'),
    'askableRoots[3]',
    'stands twice',
  ],
  ['asks PU about nobody', set('askableRoots', []), 'askableRoots', 'is outside its range'],
  [
    'maps an identity status to nothing that the hub knows',
    set('codes.identityStatus.AKTIVT', 'alive'),
    'codes.identityStatus.AKTIVT',
    'is not one of active, dormant, deregistered',
  ],
  [
    'maps a relation to nothing that the hub knows',
    set('codes.relationType.F', 'guardian'),
    'codes.relationType.F',
    'is not one of child, mother, father, parent, custodian, custody-of, spouse, partner',
  ],
  [
    'maps the status of a relation to nothing that the hub knows',
    set('codes.relationStatus.IV', 'over'),
    'codes.relationStatus.IV',
    'is not one of current, ended',
  ],
  [
    'has no table of what contact persons are',
    set('codes.contactPersonRelationship', undefined),
    'codes.contactPersonRelationship',
    'is missing',
  ],
  [
    'has more than a word for what a contact person is',
    set('codes.contactPersonRelationship.God man', ['54056000']),
    'codes.contactPersonRelationship.God man',
    'has a key or value that is not allowed',
  ],
  [
    'has two words for one kind of contact person',
    set('codes.contactPersonRelationship.friend', ['113163005', '127849001']),
    'codes.contactPersonRelationship.friend[1]',
    'stands twice',
  ],
  [
    'has a code of PU twice',
    replace('"1": "male"', '"2": "male"'),
    'codes.gender.2',
    'stands twice',
  ],
];

describe('pu.json is refused, with the place, when it', () => {
  it.each(SPOILED)('%s', async (_, change, path, problem) => {
    using copy = new MappingsCopy();
    copy.edit(PU, change);
    const failure = await copy.failure();
    expect(failure.problems).toContainEqual({ file: PU, path, problem });
    expect(failure.message).not.toContain('[withheld]');
  });

  it('does not go with region.json', async () => {
    using copy = new MappingsCopy();
    copy.edit(REGION, set('homeCounties', ['05']));
    expect((await copy.failure()).problems).toMatchObject([
      { file: PU, path: 'pulls.own-region.splitByMunicipality[0]' },
    ]);
  });
});
