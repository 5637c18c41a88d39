import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { MAPPINGS, MappingsCopy, replace, set } from './mappings-copy.ts';

const { consumers } = await loadMappingFiles(MAPPINGS);
const COSMIC = 'consumers/cosmic.json';
const LABORATORY = 'consumers/laboratory.json';
const PASIS = 'consumers/pasis.json';

const profile = (name: string): ConsumerProfile =>
  consumers.get(name) ?? expect.fail(`no profile is called ${name}`);

describe('the consumers of this project', () => {
  it('are read in the order of their names', () => {
    expect([...consumers.keys()]).toEqual([
      'cosmic',
      'laboratory',
      'pasis',
      'reminders',
      'warehouse',
    ]);
    for (const [name, one] of consumers) {
      expect(one.name).toBe(name);
      expect(Object.isFrozen(one)).toBe(true);
      expect(one.groups).not.toContain('paper-preference');
    }
  });

  it('Cosmic shows a patient card, with legal relations apart from contact persons', () => {
    const { groups, contacts, relations, protectedPersons } = profile('cosmic');
    for (const group of [
      'name',
      'addresses',
      'membership',
      'relations',
      'contact-persons',
    ] as const)
      expect(groups).toContain(group);
    expect(contacts).toEqual({
      channels: new Set(['phone', 'mobile', 'email']),
      needsNotification: false,
    });
    expect(relations).toContain('custodian');
    expect(relations).toContain('spouse');
    expect(protectedPersons).toBe('masked');
  });

  it('PASiS writes letters to residents, and hears of a death', () => {
    const { groups, contacts, persons } = profile('pasis');
    expect(groups).toEqual(new Set(['name', 'deregistration', 'addresses']));
    expect(contacts).toBeNull();
    expect(persons).toEqual({ kind: 'membership', counties: new Set(['03']) });
  });

  it('reminders get the mobile number that may be used for notices, and who is dead', () => {
    const { groups, contacts, persons, protectedPersons } = profile('reminders');
    expect(groups).toEqual(new Set(['deregistration', 'contacts']));
    expect(contacts).toEqual({ channels: new Set(['mobile']), needsNotification: true });
    expect(persons).toEqual({ kind: 'list' });
    expect(protectedPersons).toBe('left-out');
  });

  it('the laboratory knows who it is, by the strongest number', () => {
    const { groups, mainIdentity, protectedPersons } = profile('laboratory');
    expect(groups).toEqual(new Set(['name', 'sex', 'birth', 'deregistration']));
    expect(mainIdentity).toEqual(['PNR', 'SNR', 'NRID', 'LRID']);
    expect(protectedPersons).toBe('masked');
  });

  it('the warehouse gets nobody protected, and nothing that reaches a person', () => {
    const { groups, protectedPersons } = profile('warehouse');
    for (const group of ['name', 'addresses', 'contacts', 'relations', 'contact-persons'] as const)
      expect(groups).not.toContain(group);
    expect(protectedPersons).toBe('left-out');
  });
});

describe('how a consumer gets what it may see', () => {
  it.each([
    [
      'cosmic',
      { kind: 'topic', format: 'avro', content: 'full-state' },
      { isSystemOnly: false, seesProtectedRelations: false },
    ],
    ['laboratory', { kind: 'topic', format: 'avro', content: 'full-state' }, null],
    ['warehouse', { kind: 'table', onLeaving: 'delete' }, null],
  ])('is as its file says: %s', (name, delivery, lookUp) => {
    expect(profile(name)).toMatchObject({ delivery, lookUp });
  });

  it('may be a signal, with a look-up', async () => {
    using copy = new MappingsCopy();
    copy.edit(PASIS, set('delivery.content', 'thin-signal'));
    const read = (await loadMappingFiles(copy.directory)).consumers.get('pasis');
    expect(read?.delivery).toEqual({ kind: 'topic', format: 'avro', content: 'thin-signal' });
  });
});

type Spoiled = readonly [
  what: string,
  file: string,
  change: (text: string) => string,
  path: string,
  problem: string,
];

const NO_HSA_ID = 'is not an HSA-id: SE, an organisation number, a hyphen, letters and digits';
const NO_NAME = 'is not 1 to 40 small letters, digits and hyphens that begin with a letter';
const PAPER = 'is paper-preference, which nobody gets: it is asked for at sending';

const SPOILED: readonly Spoiled[] = [
  ['is not JSON', COSMIC, () => '{', '', 'is not JSON'],
  ['has a key twice', COSMIC, replace('"title"', '"name"'), 'name', 'stands twice'],
  ['has an unknown key', COSMIC, set('fields', []), '', 'has unknown keys fields'],
  ['has no version', COSMIC, set('version', undefined), 'version', 'is missing'],
  [
    'names nobody who answers for it',
    COSMIC,
    set('owner', ' '),
    'owner',
    'is empty or has blanks around it',
  ],
  [
    'says no legal ground',
    COSMIC,
    set('legalGround', ''),
    'legalGround',
    'is empty or has blanks around it',
  ],
  [
    'has another name than its file',
    COSMIC,
    set('name', 'kosmos'),
    'name',
    'is not the name of the file',
  ],
  ['has capitals in its name', COSMIC, set('name', 'Cosmic'), 'name', NO_NAME],
  ['begins its name with a digit', COSMIC, set('name', '2cosmic'), 'name', NO_NAME],
  ['ends its name with a hyphen', COSMIC, set('name', 'cosmic-'), 'name', NO_NAME],
  ['has a name too long for a topic', COSMIC, set('name', 'c'.repeat(41)), 'name', NO_NAME],
  [
    'has a care giver without an HSA-id',
    COSMIC,
    set('careGiver', 'Region'),
    'careGiver',
    NO_HSA_ID,
  ],
  [
    'has a care giver with too short a number',
    COSMIC,
    set('careGiver', 'SE123-A'),
    'careGiver',
    NO_HSA_ID,
  ],
  [
    'has a group that is none',
    COSMIC,
    set('groups.0', 'shoe-size'),
    'groups[0]',
    'is not a field group',
  ],
  [
    'would leave protection to choice',
    COSMIC,
    set('groups.0', 'protection'),
    'groups[0]',
    'is protection, which every consumer gets',
  ],
  [
    'would store a tick box for paper',
    PASIS,
    set('groups.1', 'paper-preference'),
    'groups[1]',
    PAPER,
  ],
  ['has a group twice', PASIS, set('groups.1', 'name'), 'groups[1]', 'stands twice'],
  [
    'tells contacts without a rule',
    COSMIC,
    set('contacts', undefined),
    'contacts',
    'is missing: groups has contacts',
  ],
  [
    'has a rule of contacts that it does not get',
    PASIS,
    set('contacts', { channels: ['mobile'], needsNotification: true }),
    'contacts',
    'is there, and groups does not have contacts',
  ],
  [
    'has a channel that is none',
    COSMIC,
    set('contacts.channels.0', 'fax'),
    'contacts.channels[0]',
    'is not one of phone, mobile, email',
  ],
  [
    'has a channel twice',
    COSMIC,
    set('contacts.channels.0', 'email'),
    'contacts.channels[2]',
    'stands twice',
  ],
  ['has no channel', COSMIC, set('contacts.channels', []), 'contacts.channels', 'is empty'],
  [
    'tells relations without kinds',
    COSMIC,
    set('relations', undefined),
    'relations',
    'is missing: groups has relations',
  ],
  ['has no kind of relation', COSMIC, set('relations', []), 'relations', 'is empty'],
  [
    'has kinds of relations that it does not get',
    PASIS,
    set('relations', ['child']),
    'relations',
    'is there, and groups does not have relations',
  ],
  [
    'has a kind of relation that is none',
    COSMIC,
    set('relations.0', 'guardian'),
    'relations[0]',
    'is not one of child, mother, father, parent, custodian, custody-of, spouse, partner',
  ],
  [
    'has a kind of relation twice',
    COSMIC,
    set('relations.1', 'custodian'),
    'relations[1]',
    'stands twice',
  ],
  [
    'filters by what is no county code',
    PASIS,
    set('persons.counties.0', '0380'),
    'persons.counties[0]',
    'is not two digits',
  ],
  [
    'filters by a county that does not exist',
    PASIS,
    set('persons.counties.0', '99'),
    'persons.counties[0]',
    'is not a county of the code table',
  ],
  [
    'filters by a county twice',
    PASIS,
    set('persons.counties.1', '03'),
    'persons.counties[1]',
    'stands twice',
  ],
  ['filters by no county', PASIS, set('persons.counties', []), 'persons.counties', 'is empty'],
  [
    'does not say by which counties it filters',
    PASIS,
    set('persons.counties', undefined),
    'persons.counties',
    'is missing',
  ],
  [
    'has counties and no filter by them',
    PASIS,
    set('persons.kind', 'all'),
    'persons.counties',
    'goes only with the kind membership',
  ],
  [
    'has persons of no kind',
    PASIS,
    set('persons', { kind: 'some' }),
    'persons.kind',
    'is not one of all, membership, list',
  ],
  [
    'wants a kind of number that is none',
    LABORATORY,
    set('mainIdentity.0', 'GRID'),
    'mainIdentity[0]',
    'is not one of LRID, NRID, SNR, PNR',
  ],
  [
    'wants a kind of number twice',
    LABORATORY,
    set('mainIdentity.1', 'PNR'),
    'mainIdentity[1]',
    'stands twice',
  ],
  [
    'does not say what it gets of the protected',
    PASIS,
    set('protectedPersons', 'all'),
    'protectedPersons',
    'is not one of masked, left-out',
  ],
  ['does not say how it is delivered', PASIS, set('delivery', undefined), 'delivery', 'is missing'],
  [
    'is delivered in a way that there is not',
    PASIS,
    set('delivery.kind', 'file'),
    'delivery.kind',
    'is not one of topic, table',
  ],
  [
    'has a format that there is not',
    PASIS,
    set('delivery.format', 'xml'),
    'delivery.format',
    'is not one of avro, fhir-patient',
  ],
  [
    'has content that there is not',
    PASIS,
    set('delivery.content', 'half'),
    'delivery.content',
    'is not one of full-state, thin-signal',
  ],
  [
    'says of a table what is said of topics',
    PASIS,
    set('delivery', { kind: 'table', onLeaving: 'delete', format: 'avro' }),
    'delivery',
    'has unknown keys format',
  ],
  [
    'does not say what becomes of rows',
    PASIS,
    set('delivery', { kind: 'table', onLeaving: 'keep' }),
    'delivery.onLeaving',
    'is not one of delete, mark',
  ],
  [
    'gets a thin signal and may not look up',
    LABORATORY,
    set('delivery.content', 'thin-signal'),
    'lookUp',
    'is missing: whoever gets a thin signal looks up',
  ],
  [
    'gets a thin signal in a format of states',
    PASIS,
    set('delivery', { kind: 'topic', format: 'fhir-patient', content: 'thin-signal' }),
    'delivery.format',
    'is not avro, and a thin signal has no record of a person',
  ],
  [
    'may look up, and does not say how',
    PASIS,
    set('lookUp', {}),
    'lookUp.isSystemOnly',
    'is missing',
  ],
  [
    'sees relations that it does not get',
    PASIS,
    set('lookUp.seesProtectedRelations', true),
    'lookUp.seesProtectedRelations',
    'is true, and groups does not have relations',
  ],
  ['keeps nothing', PASIS, set('retentionDays', 0), 'retentionDays', 'is outside its range'],
  [
    'keeps for more than ten years',
    PASIS,
    set('retentionDays', 3_651),
    'retentionDays',
    'is outside its range',
  ],
];

describe('a profile is refused, with the place, when it', () => {
  it.each(SPOILED)('%s', async (_, file, change, path, problem) => {
    using copy = new MappingsCopy();
    copy.edit(file, change);
    const failure = await copy.failure();
    expect(failure.problems).toContainEqual({ file, path, problem });
    expect(failure.message).not.toContain('[withheld]');
  });

  it('is faulty beside another faulty one, and both are told', async () => {
    using copy = new MappingsCopy();
    copy.edit(COSMIC, set('version', 0));
    copy.edit(PASIS, set('version', 0.5));
    const { problems } = await copy.failure();
    expect(problems).toMatchObject([
      { file: COSMIC, path: 'version' },
      { file: PASIS, path: 'version' },
    ]);
  });

  it('could be what an editor left behind', async () => {
    using copy = new MappingsCopy();
    writeFileSync(join(copy.directory, `${COSMIC}~`), '{}');
    const problem = 'has files whose names do not end in .json';
    expect((await copy.failure()).problems).toEqual([{ file: 'consumers', path: '', problem }]);
  });

  it('is a folder', async () => {
    using copy = new MappingsCopy();
    mkdirSync(join(copy.directory, 'consumers/old.json'));
    const problem = 'cannot be read (EISDIR)';
    expect((await copy.failure()).problems).toEqual([
      { file: 'consumers/old.json', path: '', problem },
    ]);
  });

  it('is in a folder that is none', async () => {
    using copy = new MappingsCopy();
    rmSync(join(copy.directory, 'consumers'), { recursive: true });
    writeFileSync(join(copy.directory, 'consumers'), '');
    const problem = 'cannot be read (ENOTDIR)';
    expect((await copy.failure()).problems).toEqual([{ file: 'consumers', path: '', problem }]);
  });
});

describe('the folder of consumers', () => {
  it('may be missing: nobody consumes yet', async () => {
    using copy = new MappingsCopy();
    rmSync(join(copy.directory, 'consumers'), { recursive: true });
    expect((await loadMappingFiles(copy.directory)).consumers.size).toBe(0);
  });

  it('is in the hash, with the names of its files', async () => {
    using copy = new MappingsCopy();
    const hashOf = async () => (await loadMappingFiles(copy.directory)).hash;
    const whole = await hashOf();
    copy.edit(PASIS, set('retentionDays', 401));
    const changed = await hashOf();
    expect(changed).not.toBe(whole);
    copy.remove(PASIS);
    const without = await hashOf();
    expect(new Set([whole, changed, without]).size).toBe(3);
  });
});
