import type { ContactRow, LegacyRows } from './legacy-rows.ts';
import { DEFAULT_SHARES, type PopulationShares } from './population-shares.ts';
import { SeededRandom } from './seeded-random.ts';
import { makeMobile } from './synthetic-contacts.ts';
import { BirthNumbers, NEWCOMER_YEARS } from './synthetic-identifiers.ts';
import { makeSurname } from './synthetic-names.ts';
import {
  HOME_COUNTY,
  type MadeAddress,
  type Municipalities,
  type Municipality,
  makeAddressAbroad,
  makeHomeAddress,
  makePostalAddress,
} from './synthetic-places.ts';
import { makeRegistered } from './synthetic-rows.ts';

/**
 * What happens in a life of changes, with how often. The shares are our choice: mostly moves and contact data, as in a register,
 * and enough of the rare ones that half a minute shows them.
 */
export const CHANGE_SHARES = {
  'contact-changed': 0.2,
  'moved-within-municipality': 0.18,
  'moved-between-municipalities': 0.12,
  'moved-between-counties': 0.1,
  'name-changed': 0.1,
  'new-person': 0.08,
  'consent-withdrawn': 0.05,
  'protection-raised': 0.04,
  'protection-lifted': 0.02,
  died: 0.04,
  'death-annulled': 0.01,
  emigrated: 0.02,
  'row-deleted': 0.02,
  'made-malformed': 0.01,
  corrected: 0.01,
} as const;
export type ChangeKind = keyof typeof CHANGE_SHARES;

/** A person of the demo Master as the live run knows it. */
export interface Subject {
  readonly PersonId: string;
  /** Four digits. */
  municipality: string;
  surname: string;
  civilStatus: string | null;
  street: string | null;
  mobile: Pick<ContactRow, 'Varde' | 'Samtycke'> | null;
}

/** What is to be done, with everything that a statement needs. */
export type PlannedChange = { readonly PersonId: string } & (
  | { readonly kind: 'new-person'; readonly rows: LegacyRows }
  | { readonly kind: 'moved-within-municipality'; readonly address: MadeAddress }
  | {
      readonly kind: 'moved-between-municipalities' | 'moved-between-counties';
      readonly municipality: Municipality;
      readonly address: MadeAddress;
    }
  | { readonly kind: 'name-changed'; readonly surname: string }
  | { readonly kind: 'contact-changed'; readonly mobile: string }
  | { readonly kind: 'protection-raised'; readonly hidden: boolean; readonly box: MadeAddress }
  | { readonly kind: 'protection-lifted'; readonly address: MadeAddress }
  | { readonly kind: 'emigrated'; readonly address: MadeAddress }
  | { readonly kind: 'corrected'; readonly civilStatus: string | null }
  | {
      readonly kind:
        | 'consent-withdrawn'
        | 'died'
        | 'death-annulled'
        | 'row-deleted'
        | 'made-malformed';
    }
);

/** Newcomers are plain people: nobody is born dead, protected or abroad here. */
const NEWCOMER_SHARES: PopulationShares = {
  ...DEFAULT_SHARES,
  protectedPerson: 0,
  protectedPopulationRecord: 0,
  deceased: 0,
  emigrated: 0,
  otherwiseDeregistered: 0,
  testPerson: 0,
};

/**
 * Decides one change after the other: the same seed and the same people give the same changes. A person rests after a change, so
 * that no two changes of one person are under way at once, and so that the hub sees both and not their sum.
 */
export class LiveChangePlan {
  readonly #random: SeededRandom;
  readonly #municipalities: Municipalities;
  readonly #rest: number;
  readonly #newcomers: BirthNumbers;
  #newcomerIndex: number;
  #made = 0;
  readonly #resting: { readonly from: number; readonly to: Subject[]; readonly who: Subject }[] =
    [];
  readonly #ordinary: Subject[];
  readonly #protected: Subject[] = [];
  readonly #dead: Subject[] = [];
  readonly #malformed: Subject[] = [];

  constructor(options: {
    readonly seed: number;
    readonly municipalities: Municipalities;
    /** Ordinary people, living and not protected, in the order in which they get their turn. */
    readonly subjects: readonly Subject[];
    /** How many people came in earlier live runs. */
    readonly newcomersBefore: number;
    /** How many changes of others come before the next one of the same person, at least. */
    readonly rest: number;
  }) {
    this.#random = new SeededRandom(options.seed, 0xc4a9e);
    this.#municipalities = options.municipalities;
    this.#ordinary = [...options.subjects];
    this.#newcomers = new BirthNumbers(NEWCOMER_YEARS, 0, 'PNR');
    this.#newcomerIndex = options.newcomersBefore;
    this.#rest = options.rest;
  }

  /** The next change. @throws Error when the people run out: the population is too small for the rate. */
  next(): PlannedChange {
    this.#made += 1;
    for (let first = this.#resting[0]; first !== undefined && first.from <= this.#made; ) {
      first.to.push(first.who);
      this.#resting.shift();
      first = this.#resting[0];
    }
    return this.#plan(
      this.#random.pickByShare(Object.entries(CHANGE_SHARES) as [ChangeKind, number][]),
    );
  }

  /** The corrections that are still due: after them nothing of what this run made malformed is left. */
  *corrections(): Generator<PlannedChange> {
    const due = [
      ...this.#malformed,
      ...this.#resting.filter((one) => one.to === this.#malformed).map((one) => one.who),
    ];
    for (const subject of due) {
      yield { kind: 'corrected', PersonId: subject.PersonId, civilStatus: subject.civilStatus };
    }
  }

  #plan(kind: ChangeKind): PlannedChange {
    switch (kind) {
      case 'new-person':
        return this.#newcomer();
      case 'moved-within-municipality': {
        const subject = this.#takeOrdinary(this.#ordinary);
        return {
          kind,
          PersonId: subject.PersonId,
          address: this.#newAddress(subject, this.#placeOf(subject)),
        };
      }
      case 'moved-between-municipalities':
      case 'moved-between-counties':
        return this.#move(kind);
      case 'name-changed': {
        const subject = this.#takeOrdinary(this.#ordinary);
        const old = subject.surname;
        while (subject.surname === old) {
          subject.surname = makeSurname(this.#random, DEFAULT_SHARES.names);
        }
        return { kind, PersonId: subject.PersonId, surname: subject.surname };
      }
      case 'consent-withdrawn':
      case 'contact-changed':
        return this.#contact(kind);
      case 'protection-raised': {
        const subject = this.#takeOrdinary(this.#protected);
        const box = makePostalAddress(this.#random, this.#placeOf(subject));
        return { kind, PersonId: subject.PersonId, hidden: this.#random.chance(0.25), box };
      }
      case 'protection-lifted': {
        const subject = this.#takeBack(this.#protected);
        if (subject === undefined) return this.#plan('protection-raised');
        return {
          kind,
          PersonId: subject.PersonId,
          address: this.#newAddress(subject, this.#placeOf(subject)),
        };
      }
      case 'died':
        return { kind, PersonId: this.#takeOrdinary(this.#dead).PersonId };
      case 'death-annulled': {
        const subject = this.#takeBack(this.#dead);
        return subject === undefined ? this.#plan('died') : { kind, PersonId: subject.PersonId };
      }
      case 'emigrated': {
        const subject = this.#takeOrdinary(undefined);
        return { kind, PersonId: subject.PersonId, address: makeAddressAbroad(this.#random) };
      }
      case 'row-deleted':
        return { kind, PersonId: this.#takeOrdinary(undefined).PersonId };
      case 'made-malformed':
        return { kind, PersonId: this.#takeOrdinary(this.#malformed).PersonId };
      case 'corrected': {
        const subject = this.#takeBack(this.#malformed);
        if (subject === undefined) return this.#plan('made-malformed');
        return { kind, PersonId: subject.PersonId, civilStatus: subject.civilStatus };
      }
    }
  }

  #move(kind: 'moved-between-municipalities' | 'moved-between-counties'): PlannedChange {
    const subject = this.#takeOrdinary(this.#ordinary);
    const { home, elsewhere } = this.#municipalities;
    const staysAtHome = kind === 'moved-between-municipalities';
    const isAtHome = subject.municipality.startsWith(HOME_COUNTY);
    const places = isAtHome === staysAtHome ? home : elsewhere;
    const municipality = this.#random.pick(
      places.filter((place) => place.code !== subject.municipality),
    );
    const stays = municipality.code.slice(0, 2) === subject.municipality.slice(0, 2);
    subject.municipality = municipality.code;
    return {
      kind: stays ? 'moved-between-municipalities' : 'moved-between-counties',
      PersonId: subject.PersonId,
      municipality,
      address: this.#newAddress(subject, municipality),
    };
  }

  #contact(kind: 'consent-withdrawn' | 'contact-changed'): PlannedChange {
    const subject = this.#takeOrdinary(this.#ordinary);
    if (kind === 'consent-withdrawn' && subject.mobile?.Samtycke === 'J') {
      subject.mobile = { ...subject.mobile, Samtycke: 'N' };
      return { kind, PersonId: subject.PersonId };
    }
    const old = subject.mobile?.Varde;
    let mobile = makeMobile(this.#random);
    while (mobile === old) mobile = makeMobile(this.#random);
    subject.mobile = { Varde: mobile, Samtycke: 'J' };
    return { kind: 'contact-changed', PersonId: subject.PersonId, mobile };
  }

  #newcomer(): PlannedChange {
    const identity = { IdTyp: 'PNR', ...this.#newcomers.at(this.#newcomerIndex++) } as const;
    const { home } = this.#municipalities;
    const rows = makeRegistered(this.#random, identity, home, NEWCOMER_SHARES);
    // Newcomers take no further part: the next live run counts them to know where to go on.
    return { kind: 'new-person', PersonId: identity.number, rows };
  }

  /** The next ordinary person. After a rest it is on the list `then`; undefined: it takes no further part. */
  #takeOrdinary(then: Subject[] | undefined): Subject {
    const subject = this.#ordinary.shift();
    if (subject === undefined) throw new Error('The demo population is too small for this rate.');
    if (then !== undefined) this.#restThen(then, subject);
    return subject;
  }

  /** Somebody of this list, who is ordinary again after a rest. */
  #takeBack(list: Subject[]): Subject | undefined {
    const subject = list.shift();
    if (subject !== undefined) this.#restThen(this.#ordinary, subject);
    return subject;
  }

  #restThen(to: Subject[], who: Subject): void {
    this.#resting.push({ from: this.#made + this.#rest, to, who });
  }

  #placeOf(subject: Subject): Municipality {
    const { home, elsewhere } = this.#municipalities;
    const places = subject.municipality.startsWith(HOME_COUNTY) ? home : elsewhere;
    return places.find((place) => place.code === subject.municipality) ?? this.#random.pick(places);
  }

  #newAddress(subject: Subject, place: Municipality): MadeAddress {
    let address = makeHomeAddress(this.#random, place);
    while (address.line2 === subject.street) address = makeHomeAddress(this.#random, place);
    subject.street = address.line2;
    return address;
  }
}
