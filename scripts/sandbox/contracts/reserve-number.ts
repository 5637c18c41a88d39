import {
  NRID_LETTERS,
  nationalReserveCheckDigit,
} from '../../../core/person/national-reserve-identity.ts';
import { OID_NRID } from '../../../core/person/person-identifier.ts';
import type { PuIdentity } from '../../population/pu-record.ts';
import { Refusal } from './write-result.ts';

/** Nobody who was born in these years is alive, and the format came long after them. */
const LAST_BIRTH_YEAR = 1904;
const FIRST_BIRTH_YEAR = 1850;

/**
 * Numbers without a birth date are serials, of which none is known to be nobody's, but for the two examples that the format's own
 * specification prints (PU wiki, Nationellt Reservidformat).
 */
const WITHOUT_BIRTH_DATE = ['00749852BZK0', '00342145BZ31'];

/**
 * Takes out a national reserve identity that nobody has had, from the birth date and the sex: `XXYYMMDDNNGC` (PU wiki, Nationellt
 * Reservidformat). Only numbers that cannot belong to a living person: a real PU would give one for any birth date.
 *
 * @param birthDate `YYYY-MM-DD`; undefined: unknown, and then the number says nothing of the sex either.
 * @param gender kv_kön.
 * @throws Refusal when the date is not a whole one, is outside of the sandbox's years, or all its numbers are used up.
 */
export function newReserveIdentity(
  birthDate: string | undefined,
  gender: string | undefined,
  isUsed: (identity: PuIdentity) => boolean,
): PuIdentity {
  const numbers =
    birthDate === undefined ? WITHOUT_BIRTH_DATE : numbersOf(yearOf(birthDate), birthDate, gender);
  for (const extension of numbers) {
    const identity = { root: OID_NRID, extension };
    if (!isUsed(identity)) return identity;
  }
  throw new Refusal('Det finns inga fler reservidentiteter att ge ut.');
}

function yearOf(birthDate: string): number {
  if (birthDate.length !== 10) {
    throw new Refusal(
      'En reservidentitet skapas av ett fullständigt födelsedatum, eller av inget.',
    );
  }
  const year = Number(birthDate.slice(0, 4));
  if (year < FIRST_BIRTH_YEAR || year > LAST_BIRTH_YEAR) {
    throw new Refusal(
      `Sandlådan ger bara ut reservidentiteter för födelseår ${FIRST_BIRTH_YEAR} till ${LAST_BIRTH_YEAR}.`,
    );
  }
  return year;
}

/**
 * All numbers of a birth date and sex, from the end of the range, since the population takes its own from the whole of it. Years of
 * the 19th century begin at 24: the number 21 is never used.
 */
function* numbersOf(
  year: number,
  birthDate: string,
  gender: string | undefined,
): Generator<string> {
  const date = birthDate.slice(2).replaceAll('-', '');
  const sexMarks = gender === '1' ? '97531' : gender === '2' ? '86420' : NRID_LETTERS;
  const [first, last] = year < 1900 ? [24, 96] : [22, 97];
  for (let century = last; century >= first; century -= 3) {
    for (const letter of NRID_LETTERS) {
      for (const second of NRID_LETTERS) {
        for (const sexMark of sexMarks) {
          const body = `${century}${date}${letter}${second}${sexMark}`;
          yield `${body}${nationalReserveCheckDigit(body)}`;
        }
      }
    }
  }
}
