import type { ContactRow, IdTyp } from './legacy-rows.ts';
import type { PopulationShares } from './population-shares.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Makes up to three contacts, in the ranges that the post and telecom authority keeps free for fiction. */
export function makeContacts(
  random: SeededRandom,
  { IdTyp, number }: { readonly IdTyp: IdTyp; readonly number: string },
  shares: PopulationShares,
): readonly ContactRow[] {
  const rows: ContactRow[] = [];
  const add = (Kanal: ContactRow['Kanal'], Varde: string): void => {
    const Samtycke = random.pickByShare<'J' | 'V' | 'N' | 'unasked'>([
      ['J', shares.consent.J],
      ['V', shares.consent.V],
      ['N', shares.consent.N],
      ['unasked', 1],
    ]);
    rows.push({
      IdTyp,
      PersonId: number,
      Kanal,
      Lopnr: 1,
      Varde,
      Samtycke: Samtycke === 'unasked' ? null : Samtycke,
    });
  };
  if (random.chance(shares.phone)) add('TE', makePhone(random));
  if (random.chance(shares.mobile)) add('MO', makeMobile(random));
  if (random.chance(shares.email)) add('EP', makeEmail(random));
  return rows;
}

/** 08-465 004 00 to 99. */
function makePhone(random: SeededRandom): string {
  return `08-465004${String(random.below(100)).padStart(2, '0')}`;
}

/** 070-174 06 05 to 99. */
export function makeMobile(random: SeededRandom): string {
  return `070-17406${String(random.between(5, 99)).padStart(2, '0')}`;
}

/** An address in a domain that is kept free for examples. */
function makeEmail(random: SeededRandom): string {
  return `p${random.below(1_000_000)}@${random.pick(['example.se', 'example.com'])}`;
}
