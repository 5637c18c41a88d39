import type { PuName } from './pu-record.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Given names by sex, the usual ones first. Some carry letters that a careless code page breaks. */
const GIVEN_NAMES = {
  female: [
    'Maria',
    'Anna',
    'Margareta',
    'Elisabeth',
    'Eva',
    'Kristina',
    'Birgitta',
    'Karin',
    'Ingrid',
    'Marie',
    'Linnéa',
    'Sofia',
    'Kerstin',
    'Lena',
    'Helena',
    'Marianne',
    'Emma',
    'Inger',
    'Johanna',
    'Sara',
    'Elin',
    'Annika',
    'Åsa',
    'Gunilla',
    'Märta',
    'Ebba',
    'Astrid',
    'Zoë',
    'Fatima',
    'Aïcha',
    'Agnès',
    'Małgorzata',
    'Søs',
    'Šejla',
    'Jelena',
    'Siân',
    'Nguyệt',
    'Þóra',
    'Ärna',
    'Özlem',
  ],
  male: [
    'Erik',
    'Lars',
    'Karl',
    'Anders',
    'Johan',
    'Per',
    'Nils',
    'Mikael',
    'Jan',
    'Hans',
    'Peter',
    'Olof',
    'Gustav',
    'Sven',
    'Fredrik',
    'Bengt',
    'Bo',
    'Åke',
    'Göran',
    'Jörgen',
    'Björn',
    'Kjell',
    'Håkan',
    'Sören',
    'Märten',
    'André',
    'René',
    'José',
    'Łukasz',
    'Søren',
    'Čedomir',
    'Želimir',
    'Müslüm',
    'Ahmed',
    'Omar',
    'Ólafur',
    'Jürgen',
    'Çetin',
    'Đorđe',
    'Ömer',
  ],
} as const;

/** Two names in one, written with a hyphen: they count as two in the called-name marking. */
const HYPHENATED = {
  female: ['Britt-Marie', 'Ann-Sofie', 'Eva-Lena', 'Rose-Marié'],
  male: ['Karl-Erik', 'Lars-Göran', 'Per-Åke', 'Jan-Olof'],
} as const;

const SURNAMES = [
  'Andersson',
  'Johansson',
  'Karlsson',
  'Nilsson',
  'Eriksson',
  'Larsson',
  'Olsson',
  'Persson',
  'Svensson',
  'Gustafsson',
  'Lindström',
  'Bergqvist',
  'Sjöberg',
  'Öhman',
  'Åström',
  'Ågren',
  'Ekström',
  'Nyström',
  'Söderlund',
  'Hägglund',
  'Wikström',
  'Lindqvist',
  'Rosén',
  'Norén',
  'Lindén',
  'Hedén',
  'Bäckström',
  'Granlöf',
  'Tallåker',
  'Provmark',
  'Testlund',
  'Exempelqvist',
  'Müller',
  'Kovač',
  'Đukić',
  'Kowałski',
  'Sørensen',
  'Østergård',
  'García',
  'Çelik',
  'Yılmaz',
  'Nguyễn',
  'Þórsdóttir',
  'Abdullahi',
  'Hosseini',
  'Haddad',
  'Virtanen',
  'Hämäläinen',
  'Õunapuu',
  'von Ängsö',
  'af Grönlund',
  "D'Árcy",
] as const;

/** Shares of name forms. All are our choice: enough of each form to meet it in a small population. */
export interface NameShares {
  readonly secondGivenName: number;
  readonly hyphenatedGivenName: number;
  readonly middleName: number;
  readonly doubleSurname: number;
}

/**
 * Makes up a name. The marking says which given name is the called one: `10` the first, `20` the second, `12` both; a hyphenated name
 * counts as two. The notification name is there only when the whole name is longer than 36 characters (IS 5.1, Namn).
 */
export function makeName(
  random: SeededRandom,
  sex: 'male' | 'female',
  surname: string,
  shares: NameShares,
): PuName {
  const names = GIVEN_NAMES[sex];
  const first = random.pickEarly(names);
  const second = random.chance(shares.hyphenatedGivenName)
    ? random.pick(HYPHENATED[sex])
    : random.chance(shares.secondGivenName)
      ? random.pickEarly(names)
      : first;
  const hasTwo = second !== first;
  const givenName = hasTwo ? `${first} ${second}` : first;
  const middleName = random.chance(shares.middleName) ? random.pickEarly(SURNAMES) : undefined;
  const length = givenName.length + 1 + surname.length + (middleName ? middleName.length + 1 : 0);
  return {
    ...(hasTwo ? { givenNameIndicator: callMarking(random, second) } : {}),
    givenName,
    ...(middleName === undefined ? {} : { middleName }),
    surname,
    ...(length > 36 ? { notificationName: `${surname}, ${first}`.slice(0, 40) } : {}),
  };
}

/** Makes up a surname, now and then a double one. */
export function makeSurname(
  random: SeededRandom,
  shares: Pick<NameShares, 'doubleSurname'>,
): string {
  const surname = random.pickEarly(SURNAMES);
  return random.chance(shares.doubleSurname) ? `${surname} ${random.pick(SURNAMES)}` : surname;
}

function callMarking(random: SeededRandom, second: string): number {
  const markings = second.includes('-') ? [10, 23, 20] : [10, 20, 12];
  return random.pickEarly(markings);
}
