import {
  FIELD_GROUPS,
  type FieldGroup,
  type GoldenRecord,
} from '../golden-record/golden-record.ts';
import type { PersonKey } from '../person/person-identifier.ts';
import { CHANGES, countyOf, somebody, somebodyProtected } from './certification-persons.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import type { ConsumerPurge, DeliveredKind, DisclosedRecord } from './delivery.ts';
import { disclose } from './disclose.ts';

/** One record that a consumer is played, and what it must have of the person afterwards. */
export interface CertificationStep {
  /** What is tried, for the table; several steps may be one case. */
  readonly about: string;
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly version: number;
  readonly plays:
    | { readonly kind: 'state'; readonly state: DisclosedRecord | null }
    | { readonly kind: 'order'; readonly purge: ConsumerPurge & { readonly id: string } };
  /** Null: it says that it forgot. */
  readonly expects: CertifiedState | null;
}

/** What a consumer has of a person. `gone`: nothing but the numbers. */
export interface CertifiedState {
  readonly generation: number;
  readonly version: number;
  readonly has: DeliveredKind;
}

type At = readonly [generation: number, version: number];

/**
 * What a consumer is played to show that it obeys: every kind of person, and every order of things in which a consumer could go wrong. Under keys of
 * its own for each case, which no person has. What the profile does not give is played as it would be: as a tombstone.
 */
export function certificationSteps(profile: ConsumerProfile): readonly CertificationStep[] {
  const county = countyOf(profile);
  const anybody = somebody(county);
  const cases: readonly ((add: CaseSteps) => void)[] = [
    (add) => add.state('a person', anybody, [1, 1]),
    (add) => {
      add.state('before protection', anybody, [1, 1]);
      add.state('becomes protected', somebodyProtected(county), [1, 2]);
      add.order(
        'forgets what is protected',
        'protection-raised',
        ['addresses', 'locality'],
        [1, 1],
      );
    },
    (add) => {
      add.state('before a death', anybody, [1, 1]);
      add.state('dies', somebody(county, CHANGES.dead), [1, 2]);
    },
    (add) => {
      add.state('before a new number', anybody, [1, 1]);
      add.state('gets another number', somebody(county, CHANGES.newNumber), [1, 2]);
    },
    (add) => {
      add.state('before a merge', anybody, [1, 1]);
      add.state('is merged into another key', null, [1, 2]);
      add.late('is not raised from the dead', anybody, [1, 1]);
      add.state('comes back', anybody, [1, 3]);
    },
    (add) => add.state('has no address', somebody(county, CHANGES.noAddress), [1, 1]),
    (add) => add.state('year of birth alone', somebody(county, CHANGES.yearOfBirth), [1, 1]),
    (add) => add.state('reserve number', somebody(county, CHANGES.reserveNumber), [1, 1]),
    (add) => {
      add.state('a later version', anybody, [1, 12]);
      add.late('refuses a lower version', anybody, [1, 9]);
    },
    (add) => {
      add.state('many versions', anybody, [1, 7]);
      add.state('takes a higher generation', anybody, [2, 3]);
      add.late('refuses a lower generation', anybody, [1, 8]);
    },
    (add) => {
      add.state('once', anybody, [1, 1]);
      add.state('the same again', anybody, [1, 1]);
    },
    (add) => {
      add.state('before an order', anybody, [1, 4]);
      add.order('forgets everything', 'no-longer-disclosed', FIELD_GROUPS, [1, 4]);
    },
  ];
  return cases.flatMap((play, i) => {
    const steps = new CaseSteps(profile, i + 1);
    play(steps);
    return steps.all;
  });
}

class CaseSteps {
  readonly all: CertificationStep[] = [];
  readonly #profile: ConsumerProfile;
  readonly #personKey: PersonKey;
  readonly #id: string;
  #has: CertifiedState | undefined;

  constructor(profile: ConsumerProfile, number: number) {
    this.#profile = profile;
    // Not of the kind that the hub gives to anybody.
    const end = String(number).padStart(12, '0');
    this.#personKey = `00000000-0000-8000-8000-${end}` as PersonKey;
    this.#id = `00000000-0000-8000-8001-${end}`;
  }

  /** A record that has to be taken. */
  state(about: string, golden: GoldenRecord | null, at: At): void {
    const state = this.#disclosed(golden);
    const [generation, version] = at;
    this.#has = { generation, version, has: state?.kind ?? 'gone' };
    this.#add(about, at, { kind: 'state', state }, this.#has);
  }

  /** A record that comes too late: the consumer keeps what it has. */
  late(about: string, golden: GoldenRecord, at: At): void {
    this.#add(about, at, { kind: 'state', state: this.#disclosed(golden) }, this.#has ?? null);
  }

  order(
    about: string,
    reason: ConsumerPurge['reason'],
    groups: readonly FieldGroup[],
    at: At,
  ): void {
    const { groups: told } = this.#profile;
    const fields = groups.filter(
      (group) => group === 'identities' || (told as ReadonlySet<FieldGroup>).has(group),
    );
    // Of what it does not get, nobody is told to forget anything.
    if (fields.length === 0) return;
    const [upToGeneration, upToVersion] = at;
    const purge = { id: this.#id, orderId: null, reason, fields, upToGeneration, upToVersion };
    this.#add(about, at, { kind: 'order', purge }, null);
  }

  #disclosed(golden: GoldenRecord | null): DisclosedRecord | null {
    const standing = { isListed: true, wasSent: true };
    const disclosure = disclose(golden, this.#profile, standing);
    return disclosure.kind === 'left-out' ? null : disclosure;
  }

  #add(
    about: string,
    [generation, version]: At,
    plays: CertificationStep['plays'],
    expects: CertificationStep['expects'],
  ): void {
    this.all.push({ about, personKey: this.#personKey, generation, version, plays, expects });
  }
}
