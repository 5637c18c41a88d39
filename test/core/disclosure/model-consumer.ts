import { isDeepStrictEqual } from 'node:util';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type {
  ConsumerEvent,
  ConsumerPurge,
  DisclosedRecord,
  OutgoingDelivery,
} from '../../../core/disclosure/delivery.ts';
import type { Disclosure } from '../../../core/disclosure/disclosed-person.ts';
import { narrowedGroups } from '../../../core/disclosure/narrowed-groups.ts';
import type { FieldGroup } from '../../../core/golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../../../core/golden-record/hidden-groups.ts';
import { ALL_GROUPS, FIELDS_OF } from './disclosure-builder.ts';

/** What is true of a person and a consumer at the moment. */
export interface Truth {
  readonly profile: ConsumerProfile;
  readonly generation: number;
  readonly version: number;
  readonly isErased: boolean;
  /** The person, or whoever the key leads to. */
  readonly isProtected: boolean;
  /** The golden record is that of somebody protected. */
  readonly isMasked: boolean;
  readonly disclosed: (wasSent: boolean) => Disclosure;
}

export type Received = Pick<OutgoingDelivery, 'generation' | 'version' | 'state' | 'events'> & {
  readonly purges: readonly ConsumerPurge[];
};

interface Stamp {
  readonly generation: number;
  readonly version: number;
}

/** What was copied somewhere of one group: it goes only with an order to forget it. */
interface Copy extends Stamp {
  readonly group: FieldGroup;
  readonly isMasked: boolean;
  readonly profile: ConsumerProfile;
}

/** A consumer with one person: takes what it gets, forgets what it is ordered to, and copies everything in between. */
export class ModelConsumer {
  readonly #isThin: boolean;
  #held:
    | (Stamp & { readonly record: DisclosedRecord | null; readonly lost: Set<FieldGroup> })
    | undefined;
  #copies: readonly Copy[] = [];
  readonly #orders = new Set<string>();
  /** Something came that the hub did not store: then it orders more rather than less. */
  #isDoubtful = false;

  constructor(isThin: boolean) {
    this.#isThin = isThin;
  }

  /**
   * @param isAgain it is told again on purpose, or since nobody knows whether it was told.
   * @param isLost it is not stored that it was told.
   */
  receive(delivery: Received, truth: Truth, isAgain: boolean, isLost: boolean): void {
    const { state, purges, events } = delivery;
    checkEvents(events, truth);
    if (!isAgain) this.#checkIsNews(delivery);
    if (state !== undefined && !this.#isThin) this.#take(delivery, state, truth);
    this.#isDoubtful ||= isLost;
    if (!this.#isDoubtful) this.#checkOrders(purges);
    for (const purge of purges) this.#forget(purge);
    if (this.#isThin && events.length > 0) this.lookUp(truth);
  }

  /** Asks the hub. A thin consumer keeps what it was answered; the others only copy it. */
  lookUp(truth: Truth): void {
    const disclosure = truth.disclosed(this.#has());
    const record = disclosure.kind === 'left-out' ? null : disclosure;
    // Of whom it does not have it asks nothing: who asks without being told is no matter of deliveries.
    if (this.#isThin) this.#take(truth, record, truth);
    else if (record !== null && this.#has()) this.#copy(truth, record, truth.profile);
  }

  check(truth: Truth): void {
    this.#checkHeld(truth);
    this.#checkCopies(truth);
  }

  #has(): boolean {
    return this.#held !== undefined && this.#held.record !== null;
  }

  #take({ generation, version }: Stamp, record: DisclosedRecord | null, truth: Truth): void {
    const held = this.#held;
    if (held !== undefined && isBefore({ generation, version }, held)) {
      throw broke('what came was refused as old');
    }
    this.#held = { generation, version, record, lost: new Set() };
    if (record !== null) this.#copy({ generation, version }, record, truth.profile);
  }

  #copy({ generation, version }: Stamp, record: DisclosedRecord, profile: ConsumerProfile): void {
    const isMasked = record.kind === 'protected-person';
    const copies = groupsIn(record).map((group) => ({
      generation,
      version,
      group,
      isMasked,
      profile,
    }));
    this.#copies = [...this.#copies, ...copies];
  }

  #forget({ fields, upToGeneration, upToVersion }: ConsumerPurge): void {
    const upTo = { generation: upToGeneration, version: upToVersion };
    this.#copies = this.#copies.filter(
      (copy) => isBefore(upTo, copy) || !fields.includes(copy.group),
    );
    const held = this.#held;
    if (held === undefined || isBefore(upTo, held)) return;
    for (const group of fields) held.lost.add(group);
  }

  #checkOrders(purges: readonly ConsumerPurge[]): void {
    for (const { fields, upToGeneration, upToVersion, orderId } of purges) {
      const upTo = { generation: upToGeneration, version: upToVersion };
      for (const group of fields) {
        const isThere = this.#copies.some((copy) => copy.group === group && !isBefore(upTo, copy));
        if (!isThere) throw broke(`${group} is to be forgotten, and was not told`);
      }
      if (orderId === null) continue;
      if (this.#orders.has(orderId)) throw broke('an order came twice');
      this.#orders.add(orderId);
    }
  }

  #checkIsNews({ state, generation, purges }: Received): void {
    const held = this.#held;
    if (state === undefined || held === undefined || held.generation < generation) return;
    if (this.#isThin || !isDeepStrictEqual(state, held.record)) return;
    const named = purges.flatMap(({ fields }) => fields);
    const isForgotten = state !== null && groupsIn(state).some((group) => named.includes(group));
    if (!isForgotten) throw broke('what the consumer has came again');
  }

  #checkHeld(truth: Truth): void {
    const held = this.#held?.record ?? null;
    const disclosure = truth.disclosed(held !== null);
    const should = disclosure.kind === 'left-out' ? null : disclosure;
    if (!isDeepStrictEqual(held, should)) throw broke('what the consumer has is not what it gets');
    const lost = this.#held?.lost ?? new Set();
    if (held !== null && groupsIn(held).some((group) => lost.has(group))) {
      throw broke('the consumer forgot what it should have');
    }
  }

  #checkCopies({ profile, isErased, isProtected, isMasked }: Truth): void {
    for (const copy of this.#copies) {
      const { group } = copy;
      if (isErased) throw broke(`${group} of somebody erased is left`);
      if (isMasked && profile.protectedPersons === 'left-out') {
        throw broke(`${group} of somebody protected is left`);
      }
      const isHidden = HIDDEN_GROUPS.has(group) || (group === 'membership' && !copy.isMasked);
      if (isProtected && isHidden) throw broke(`${group} of somebody protected is left`);
      if (isGiven(group) && !(profile.groups as ReadonlySet<FieldGroup>).has(group)) {
        throw broke(`${group} is left, and the profile does not have it`);
      }
      if (narrowedGroups(copy.profile, profile).has(group)) {
        throw broke(`${group} is left as a wider profile told it`);
      }
    }
  }
}

function checkEvents(events: readonly ConsumerEvent[], { profile, isMasked }: Truth): void {
  for (const { type, changed } of events) {
    for (const group of changed) {
      if (isGiven(group) && !(profile.groups as ReadonlySet<FieldGroup>).has(group)) {
        throw broke(`an event names ${group}`);
      }
      if (isMasked && HIDDEN_GROUPS.has(group)) throw broke(`an event names ${group}`);
    }
    if (profile.protectedPersons === 'masked') continue;
    if (isMasked && type !== 'withdrawn') throw broke(`${type} of somebody protected is told`);
    if (type === 'protection-raised' || type === 'protection-lifted')
      throw broke(`${type} is told`);
  }
}

function isGiven(group: FieldGroup): boolean {
  return group !== 'identities' && group !== 'protection';
}

function groupsIn({ person }: DisclosedRecord): readonly FieldGroup[] {
  const given = ALL_GROUPS.filter((group) => FIELDS_OF[group].some((field) => field in person));
  return ['identities', 'protection', ...given];
}

function isBefore(a: Stamp, b: Stamp): boolean {
  return a.generation < b.generation || (a.generation === b.generation && a.version < b.version);
}

function broke(what: string): Error {
  return new Error(what);
}
