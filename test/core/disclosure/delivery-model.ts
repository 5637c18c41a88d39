import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { decideDelivery } from '../../../core/disclosure/decide-delivery.ts';
import type { Delivered } from '../../../core/disclosure/delivery.ts';
import type { DeliveryRules, HubOrder } from '../../../core/disclosure/delivery-question.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import { narrowedGroups } from '../../../core/disclosure/narrowed-groups.ts';
import type { PublishedEvent } from '../../../core/disclosure/visible-events.ts';
import { deriveEvents } from '../../../core/golden-record/derive-events.ts';
import { FIELD_GROUPS, type GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import { forgetUnprotected } from '../../../core/golden-record/purge-order.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { plainHasher } from '../../support/person-builder.ts';
import { ModelConsumer, type Truth } from './model-consumer.ts';

/** One thing that happens to the hub, to the consumer's list or profile, or to the feed of the consumer. `who` is an index into {@link MODEL_KEYS}. */
export type DeliveryStep =
  | { readonly kind: 'change'; readonly who: number; readonly golden: GoldenRecord }
  | { readonly kind: 'hide-relative' | 'erase' | 'look-up' | 'replay'; readonly who: number }
  /** The person turns out to be another one, or the register takes the person back. */
  | { readonly kind: 'unpublish'; readonly who: number; readonly isMerged: boolean }
  /** The person whom the key leads to becomes protected: an order without a version and without an event. */
  | { readonly kind: 'protect-unpublished'; readonly who: number }
  | { readonly kind: 'list'; readonly who: number; readonly isListed: boolean }
  /** The person's events and touches are taken. `isLost`: what was sent is not stored. */
  | { readonly kind: 'feed'; readonly who: number; readonly isLost: boolean }
  | { readonly kind: 'change-profile'; readonly profile: ConsumerProfile }
  | { readonly kind: 'repair' | 'replay-all' | 'walk' };

export const MODEL_KEYS: readonly PersonKey[] = [1, 2, 3].map(
  (n) => `0000000${n}-0000-4000-8000-000000000000` as PersonKey,
);

const HOME = { homeCounties: new Set(['03']) };

interface Subject {
  readonly key: PersonKey;
  readonly consumer: ModelConsumer;
  version: number;
  golden: GoldenRecord | null;
  isStored: boolean;
  isErased: boolean;
  isProtected: boolean;
  isListed: boolean;
  orders: HubOrder[];
  events: PublishedEvent[];
  /** Waits to be looked at, without an event. */
  touch: 'none' | 'touched' | 'forced';
  isUnsettled: boolean;
  last: Delivered | undefined;
}

interface Walk {
  readonly kind: 'change' | 'repair' | 'replay';
  readonly generation: number;
  readonly profile: ConsumerProfile;
  /** So many persons are done. */
  done: number;
}

/** A hub of three persons and the feed of one consumer, as plain as it can be: what is decided is `decideDelivery`, and a consumer obeys. */
export class DeliveryModel {
  readonly #isThin: boolean;
  readonly #subjects: readonly Subject[];
  #profile: ConsumerProfile;
  #generation = 1;
  #walk: Walk | undefined;
  #orders = 0;

  constructor(profile: ConsumerProfile, isThin: boolean) {
    this.#profile = profile;
    this.#isThin = isThin;
    this.#subjects = MODEL_KEYS.map((key) => ({
      key,
      consumer: new ModelConsumer(isThin),
      version: 0,
      golden: null,
      isStored: false,
      isErased: false,
      isProtected: false,
      isListed: false,
      orders: [],
      events: [],
      touch: 'none',
      isUnsettled: false,
      last: undefined,
    }));
  }

  take(step: DeliveryStep): void {
    this.#do(step);
    this.check();
  }

  /** Everything that waits is told, and the walk that is under way ends. */
  settle(): void {
    for (let left = MODEL_KEYS.length; left > 0 && this.#walk !== undefined; left -= 1)
      this.#step();
    for (const who of MODEL_KEYS.keys()) this.#feed(who, false);
    this.check();
    for (const subject of this.#subjects) {
      if (!isSettled(subject)) throw new Error('somebody still waits');
    }
  }

  /** Holds what the consumer has of everybody for whom nothing waits against the golden records of now. */
  check(): void {
    for (const [who, subject] of this.#subjects.entries()) {
      if (isSettled(subject)) subject.consumer.check(this.#truthOf(who));
    }
  }

  #do(step: DeliveryStep): void {
    switch (step.kind) {
      case 'change':
        this.#write(step.who, step.golden, false);
        break;
      case 'hide-relative':
        this.#hideRelative(step.who);
        break;
      case 'unpublish':
        this.#unpublish(step.who, step.isMerged);
        break;
      case 'protect-unpublished':
        this.#protectUnpublished(step.who);
        break;
      case 'erase':
        this.#erase(step.who);
        break;
      case 'list':
        this.#of(step.who).isListed = step.isListed;
        touch(this.#of(step.who), 'touched');
        break;
      case 'replay':
        touch(this.#of(step.who), 'forced');
        break;
      case 'look-up':
        this.#lookUp(step.who);
        break;
      case 'feed':
        this.#feed(step.who, step.isLost);
        break;
      case 'change-profile':
        this.#start('change', step.profile);
        break;
      case 'repair':
        this.#start('repair', this.#profile);
        break;
      case 'replay-all':
        this.#start('replay', this.#profile);
        break;
      case 'walk':
        this.#step();
        break;
    }
  }

  #of(who: number): Subject {
    const subject = this.#subjects[who];
    if (subject === undefined) throw new Error('nobody has that number');
    return subject;
  }

  #write(who: number, golden: GoldenRecord | null, isMerged: boolean): void {
    const subject = this.#of(who);
    if (subject.isErased || JSON.stringify(golden) === JSON.stringify(subject.golden)) return;
    const becomesProtected = golden?.kind === 'protected-person' && !subject.isProtected;
    if (becomesProtected && subject.isStored) this.#orderProtection(subject);
    if (golden !== null) subject.isProtected = golden.kind === 'protected-person';
    const context = { merged: isMerged, split: false, byRelative: false, hiddenRelatives: NOBODY };
    const events = deriveEvents(subject.golden, golden, HOME, context);
    subject.version += 1;
    subject.golden = golden;
    subject.isStored = true;
    publish(subject, events);
  }

  #hideRelative(who: number): void {
    const subject = this.#of(who);
    const { golden, version } = subject;
    if (golden?.kind !== 'person' || golden.relations.length === 0) return;
    this.#order(subject, 'relation-hidden', ['relations'], version);
    this.#write(who, { ...golden, relations: golden.relations.slice(1) }, false);
  }

  #unpublish(who: number, isMerged: boolean): void {
    if (this.#of(who).golden !== null) this.#write(who, null, isMerged);
  }

  #protectUnpublished(who: number): void {
    const subject = this.#of(who);
    if (!subject.isStored || subject.isErased || subject.golden !== null) return;
    if (subject.isProtected) return;
    this.#orderProtection(subject);
    subject.isProtected = true;
    touch(subject, 'touched');
  }

  #erase(who: number): void {
    const subject = this.#of(who);
    if (!subject.isStored || subject.isErased) return;
    const events = deriveEvents(subject.golden, null, HOME);
    this.#order(subject, 'erased', FIELD_GROUPS, subject.version);
    subject.version += 1;
    publish(subject, events);
    subject.golden = null;
    subject.isStored = false;
    subject.isErased = true;
    touch(subject, 'touched');
  }

  #orderProtection(subject: Subject): void {
    const { reason, fields, upToVersion } = forgetUnprotected(subject.key, subject.version);
    this.#order(subject, reason, fields, upToVersion);
  }

  #order(
    subject: Subject,
    reason: HubOrder['reason'],
    fields: HubOrder['fields'],
    upToVersion: number,
  ): void {
    this.#orders += 1;
    subject.orders.push({ id: `order-${this.#orders}`, reason, fields, upToVersion });
  }

  #start(kind: Walk['kind'], profile: ConsumerProfile): void {
    if (this.#walk !== undefined) return;
    const generation = this.#generation + (kind === 'replay' ? 0 : 1);
    this.#walk = { kind, generation, profile, done: 0 };
  }

  /** One person further in the walk. */
  #step(): void {
    const walk = this.#walk;
    if (walk === undefined) return;
    const who = walk.done;
    // Before a walk goes on, by its profile: what the one from before may have told is known only as long as it lasts.
    if (this.#of(who).isUnsettled) this.#feed(who, false);
    walk.done += 1;
    if (this.#of(who).isStored) this.#tell(who, walk.kind === 'replay', [], false);
    if (walk.done < MODEL_KEYS.length) return;
    this.#generation = walk.generation;
    this.#profile = walk.profile;
    this.#walk = undefined;
  }

  #feed(who: number, isLost: boolean): void {
    const subject = this.#of(who);
    if (isSettled(subject)) return;
    const { events } = subject;
    this.#tell(who, subject.touch === 'forced', events, isLost);
    if (isLost) return;
    subject.events = [];
    subject.touch = 'none';
  }

  #tell(who: number, isForced: boolean, events: readonly PublishedEvent[], isLost: boolean): void {
    const subject = this.#of(who);
    const { key, last, orders, isUnsettled, isListed, consumer } = subject;
    const rules = this.#rulesFor(who);
    const decision = decideDelivery(
      {
        personKey: key,
        current: subject.isStored ? subject : undefined,
        last,
        isListed,
        orders,
        events,
        isForced,
        isUnsettled,
      },
      rules,
    );
    if (decision === undefined) return;
    const purges = decision.purges.filter(({ fields }) => fields.length > 0);
    const { state, version } = decision;
    const outgoing = {
      generation: rules.generation,
      version,
      state,
      purges,
      events: decision.events,
    };
    consumer.receive(outgoing, this.#truthOf(who), isForced || isUnsettled, isLost);
    subject.isUnsettled = isLost;
    if (isLost) return;
    const settled = new Set(decision.purges.map(({ orderId }) => orderId));
    subject.orders = orders.filter(({ id }) => !settled.has(id));
    subject.last = decision.delivered ?? last;
  }

  #lookUp(who: number): void {
    const subject = this.#of(who);
    if (isSettled(subject)) subject.consumer.lookUp(this.#truthOf(who));
  }

  #rulesFor(who: number): DeliveryRules {
    const walk = this.#walk;
    const { last, isUnsettled } = this.#of(who);
    const isBeyond = (last?.generation ?? 0) > this.#generation || isUnsettled;
    const isWalked = walk !== undefined && (who < walk.done || isBeyond);
    const { profile, generation } = isWalked
      ? walk
      : { profile: this.#profile, generation: this.#generation };
    const isNarrower = isWalked && walk.kind === 'change';
    const narrowed = isNarrower ? narrowedGroups(this.#profile, profile) : new Set<never>();
    const before = isWalked ? { generation: this.#generation, groups: this.#profile.groups } : null;
    const about = { narrowed, before, isThin: this.#isThin, now: 0, hasher: plainHasher };
    return { profile, generation, ...about };
  }

  #truthOf(who: number): Truth {
    const { golden, isListed, isProtected, isErased, version } = this.#of(who);
    const { profile, generation } = this.#rulesFor(who);
    return {
      profile,
      generation,
      version,
      isErased,
      isProtected,
      isMasked: golden?.kind === 'protected-person',
      disclosed: (wasSent) => disclose(golden, profile, { isListed, wasSent }),
    };
  }
}

const NOBODY: ReadonlySet<string> = new Set();

function isSettled({ events, touch: waits, isUnsettled }: Subject): boolean {
  return events.length === 0 && waits === 'none' && !isUnsettled;
}

function touch(subject: Subject, how: 'touched' | 'forced'): void {
  if (subject.touch !== 'forced') subject.touch = how;
}

function publish(subject: Subject, events: ReturnType<typeof deriveEvents>): void {
  const { version } = subject;
  subject.events = [
    ...subject.events,
    ...events.map((event) => ({ ...event, version, recordedAt: 0 })),
  ];
}
