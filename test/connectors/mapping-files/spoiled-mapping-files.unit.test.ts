import { describe, expect, it } from 'vitest';
import {
  COUNTIES,
  column,
  FORMATS,
  formatNumber,
  MASTER,
  MappingsCopy,
  MUNICIPALITIES,
  replace,
  set,
} from './mappings-copy.ts';

const SLL = formatNumber('SLL');
const LIV = formatNumber('LIV');

type Spoiled = readonly [
  what: string,
  file: string,
  change: (text: string) => string,
  path: string,
  problem: string,
];

const SPOILED: readonly Spoiled[] = [
  ['is not JSON', MASTER, () => '{', '', 'is not JSON'],
  [
    'has a code twice',
    MASTER,
    replace('"K": "female"', '"M": "female"'),
    'codes.sex.M',
    'stands twice',
  ],
  ['lacks a part', MASTER, set('codes.sex', undefined), 'codes.sex', 'is missing'],
  ['has a part that nothing reads', MASTER, set('extra', 1), '', 'has unknown keys extra'],
  [
    'maps a code to nothing that the hub knows',
    MASTER,
    set('codes.sex.X', 'man'),
    'codes.sex.X',
    'is not one of male, female, unknown, not-applicable',
  ],
  [
    'has a column of no known type',
    MASTER,
    set('person.columns.sex.type', 'blob'),
    'person.columns.sex.type',
    'is not one of text, number, date, datetime, flag',
  ],
  [
    'maps a field that the hub does not have',
    MASTER,
    set('person.columns.shoeSize', column('Sko')),
    'person.columns.shoeSize',
    'is not a field of the hub: it would be read and never used',
  ],
  [
    'maps a field of another table',
    MASTER,
    set('children.0.columns.channel', column('Kanal')),
    'children[0].columns.channel',
    'is not a field of the hub: it would be read and never used',
  ],
  [
    'maps two fields to one column',
    MASTER,
    set('person.columns.surname.column', 'FORNAMN'),
    'person.columns.surname',
    'has the column of another field',
  ],
  [
    'lacks the protection flag',
    MASTER,
    set('person.columns.protectedPerson', undefined),
    'person.columns',
    'does not map protectedPerson',
  ],
  [
    'lets the protection flag be null',
    MASTER,
    set('person.columns.protectedPerson.required', false),
    'person.columns.protectedPerson.required',
    'is not true',
  ],
  [
    'lets protected registration be null',
    MASTER,
    set('person.columns.protectedPopulationRecord.required', undefined),
    'person.columns.protectedPopulationRecord.required',
    'is not true',
  ],
  [
    'reads a flag as text',
    MASTER,
    set('person.columns.testPerson.type', 'text'),
    'person.columns.testPerson.type',
    'is not flag',
  ],
  [
    'reads a name as a flag',
    MASTER,
    set('person.columns.surname.type', 'flag'),
    'person.columns.surname.type',
    'is flag for a field that is none',
  ],
  [
    'reads a sequence as text',
    MASTER,
    set('children.1.columns.sequence.type', 'text'),
    'children[1].columns.sequence.type',
    'is not number',
  ],
  [
    'has a key that is not mapped',
    MASTER,
    set('person.key', ['identityType', 'identity', 'birthTime']),
    'person.key[2]',
    'is not among the columns',
  ],
  [
    'has a key without the identity',
    MASTER,
    set('person.key', ['identityType']),
    'person.key',
    'does not have identity',
  ],
  ['has an empty key', MASTER, set('person.key', []), 'person.key', 'is outside its range'],
  [
    'has a child whose key begins otherwise',
    MASTER,
    set('children.0.key', ['identity', 'identityType', 'addressKind']),
    'children[0].key',
    'does not begin with the key of the person, field by field',
  ],
  [
    'has a child that the hub does not know',
    MASTER,
    set('children.0.name', 'pets'),
    'children[0].name',
    'is not one of addresses, contacts',
  ],
  [
    'has a child twice',
    MASTER,
    set('children.1.name', 'addresses'),
    'children[1].name',
    'occurs twice',
  ],
  [
    'lacks the SQL type of a text key',
    MASTER,
    set('person.columns.identity.sqlType', undefined),
    'person.columns.identity',
    'is a key of type text and lacks its sqlType',
  ],
  [
    'has an SQL type that is none',
    MASTER,
    set('person.columns.identity.sqlType', 'text; drop'),
    'person.columns.identity.sqlType',
    'is not a type that a key can have',
  ],
  [
    'has an identity type that is no OID',
    MASTER,
    set('identityTypes.PNR', 'personnummer'),
    'identityTypes.PNR',
    'is neither an OID in dotted form nor classify',
  ],
  [
    'has an identity type of no format',
    MASTER,
    set('identityTypes.PNR', '1.2.3'),
    'identityTypes.PNR',
    'is the root of no format in reserve-numbers/formats.json',
  ],
  ['has no identity types', MASTER, set('identityTypes', {}), 'identityTypes', 'is empty'],
  [
    'has a pattern that does not compile',
    FORMATS,
    set(`formats.${SLL}.pattern`, '^99(\\d{10}$'),
    `formats[${SLL}].pattern`,
    'is not a regular expression',
  ],
  [
    'has a pattern that is open at the end',
    FORMATS,
    set(`formats.${SLL}.pattern`, '^99\\d{10}'),
    `formats[${SLL}].pattern`,
    'is not anchored at both ends',
  ],
  [
    'has a bar inside brackets',
    FORMATS,
    set(`formats.${SLL}.pattern`, '^[K|M]\\d{3}$'),
    `formats[${SLL}].pattern`,
    'has a bar inside brackets',
  ],
  [
    'has a root that is no OID',
    FORMATS,
    set(`formats.${LIV}.root`, 'x'),
    `formats[${LIV}].root`,
    'is not an OID in dotted form',
  ],
  [
    'has a format twice',
    FORMATS,
    set(`formats.${LIV}.key`, 'SLL'),
    `formats[${LIV}].key`,
    'occurs twice',
  ],
  [
    'has a root twice',
    FORMATS,
    set(`formats.${LIV}.root`, '1.2.752.97.3.1.3'),
    `formats[${LIV}].root`,
    'is the root of another format',
  ],
  [
    'has the key of a national format',
    FORMATS,
    set(`formats.${LIV}.key`, 'PNR'),
    `formats[${LIV}].key`,
    'is that of a national format',
  ],
  [
    'has the root of a national format',
    FORMATS,
    set(`formats.${LIV}.root`, '1.2.752.129.2.1.3.1'),
    `formats[${LIV}].root`,
    'is that of a national format',
  ],
  [
    'has a check digit within what it checks',
    FORMATS,
    set(`formats.${SLL}.checkDigit.at`, 11),
    `formats[${SLL}].checkDigit.at`,
    'is inside the range that it checks',
  ],
  [
    'has a check range that ends before it begins',
    FORMATS,
    set(`formats.${SLL}.checkDigit.to`, 4),
    `formats[${SLL}].checkDigit.from`,
    'is after its end',
  ],
  [
    'has a birth date without a day',
    FORMATS,
    set(`formats.${LIV}.derives.birthDate`, '^(?<year>\\d{4})(?<month>\\d{2})'),
    `formats[${LIV}].derives.birthDate`,
    'lacks one of the groups year, month, day',
  ],
  [
    'has other column names',
    COUNTIES,
    replace('code,name', 'kod,namn'),
    'line 2',
    'does not name the columns code, name',
  ],
  ['has no rows', COUNTIES, (text) => text.split('\n').slice(0, 2).join('\n'), '', 'has no rows'],
  [
    'has a row with too many values',
    COUNTIES,
    replace('03,Uppsala län', '03,Uppsala,län'),
    'line 4',
    'does not have 2 values',
  ],
  [
    'has a code of the wrong length',
    COUNTIES,
    replace('03,Uppsala län', '3,Uppsala län'),
    'line 4 code',
    'is not two digits',
  ],
  ['has a code twice', MUNICIPALITIES, replace('0381,', '0380,'), '0380', 'stands twice'],
  [
    'has a municipality of another county',
    MUNICIPALITIES,
    replace('0380,Uppsala,03', '0380,Uppsala,01'),
    '0380',
    'does not begin with its county',
  ],
  [
    'has a municipality of no county',
    MUNICIPALITIES,
    replace('0380,Uppsala,03', '0280,Uppsala,02'),
    '0280',
    'is in no county of the table',
  ],
];

describe('a mapping file is refused, with the place, when it', () => {
  it.each(SPOILED)('%s (%s)', async (_, file, change, path, problem) => {
    using copy = new MappingsCopy();
    copy.edit(file, change);
    const failure = await copy.failure();
    expect(failure.problems).toContainEqual({ file, path, problem });
    expect(failure.message).not.toContain('[withheld]');
  });

  it('is missing', async () => {
    using copy = new MappingsCopy();
    copy.remove(FORMATS);
    const problem = 'cannot be read (ENOENT)';
    expect((await copy.failure()).problems).toEqual([{ file: FORMATS, path: '', problem }]);
  });
});
