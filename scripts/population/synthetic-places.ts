import { readFileSync } from 'node:fs';
import type { SeededRandom } from './seeded-random.ts';

/** The county whose Master the demo plays. */
export const HOME_COUNTY = '03';

/** A municipality of the code table, four digits with the county first. */
export interface Municipality {
  readonly code: string;
  readonly name: string;
}

/** The municipalities, those of {@link HOME_COUNTY} apart from the rest of the country. */
export interface Municipalities {
  readonly home: readonly Municipality[];
  readonly elsewhere: readonly Municipality[];
}

/** The region whose Master the population is seen by. */
export interface Region {
  /** Two digits. */
  readonly homeCounty: string;
  readonly municipalities: Municipalities;
}

/** The region of {@link HOME_COUNTY}, by the project's municipality table. */
export function readRegion(file: URL): Region {
  return { homeCounty: HOME_COUNTY, municipalities: readMunicipalities(file) };
}

/**
 * Reads the project's municipality table (`code` and `name` as first columns).
 * @throws when the table has no municipality of the home county: then it is not the table that we mean.
 */
export function readMunicipalities(file: URL): Municipalities {
  const all = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => /^(\d{4}),([^,]+)/.exec(line))
    .flatMap((match) => (match?.[1] && match[2] ? [{ code: match[1], name: match[2] }] : []));
  const isHome = (one: Municipality): boolean => one.code.startsWith(HOME_COUNTY);
  const home = all.filter(isHome);
  if (home.length === 0) throw new Error(`No municipality of county ${HOME_COUNTY} in ${file}.`);
  return { home, elsewhere: all.filter((one) => !isHome(one)) };
}

/** Streets that no town has. */
const STREETS = [
  'Provgatan',
  'Exempelvägen',
  'Påhittsgränd',
  'Sagostigen',
  'Önskevägen',
  'Åskmolnsgatan',
  'Ängsullsbacken',
  'Fantasitorget',
  'Diktargången',
  'Lånade Backe',
  'Övningsvägen',
  'Drömstigen',
] as const;

const ABROAD = [
  { city: '00999 HELSINGFORS', country: 'Finland' },
  { city: '0099 OSLO', country: 'Norge' },
  { city: '9999 KØBENHAVN', country: 'Danmark' },
  { city: '99-999 ŁÓDŹ', country: 'Polen' },
  { city: '99999 MÁLAGA', country: 'Spanien' },
  { city: '09999 MÜNCHEN', country: 'Tyskland' },
] as const;

export interface MadeAddress {
  readonly careOf: string | null;
  readonly line1: string | null;
  readonly line2: string | null;
  readonly line3: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  readonly country: string | null;
}

/** Makes up a street address in the municipality. */
export function makeHomeAddress(random: SeededRandom, municipality: Municipality): MadeAddress {
  const flat = random.chance(0.5)
    ? `LGH ${1000 + 100 * random.below(8) + random.between(1, 6)}`
    : '';
  return {
    careOf: random.chance(0.04) ? 'C/O PÅHITTAD' : null,
    line1: null,
    line2: `${random.pick(STREETS)} ${random.between(1, 120)} ${flat}`.trimEnd(),
    line3: null,
    postalCode: postalCodeOf(municipality),
    city: municipality.name.toUpperCase(),
    country: null,
  };
}

/** Makes up a box address (särskild postadress). */
export function makePostalAddress(random: SeededRandom, municipality: Municipality): MadeAddress {
  return {
    careOf: null,
    line1: null,
    line2: `BOX ${random.between(1, 999)}`,
    line3: null,
    postalCode: postalCodeOf(municipality),
    city: municipality.name.toUpperCase(),
    country: null,
  };
}

/** Makes up an address abroad: three free lines and the country in full text. */
export function makeAddressAbroad(random: SeededRandom): MadeAddress {
  const place = random.pick(ABROAD);
  return {
    careOf: null,
    line1: `${random.between(1, 99)} ${random.pick(STREETS)}`,
    line2: place.city,
    line3: null,
    postalCode: null,
    city: null,
    country: place.country,
  };
}

/** A made-up property of a municipality (fastighetsbeteckning). */
export function makeProperty(random: SeededRandom, municipality: Municipality): string {
  const block = random.pick(['PROV', 'SAGAN', 'ÅKERN', 'ÖN', 'LÄRKAN']);
  return `${municipality.name.toUpperCase()} ${block} ${random.between(1, 40)}:${random.between(1, 90)}`;
}

/** Five digits in the allowed span, one code for each municipality. */
function postalCodeOf(municipality: Municipality): string {
  return String(10_000 + ((Number(municipality.code) * 37) % 88_000));
}
