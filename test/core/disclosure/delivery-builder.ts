import { expect } from 'vitest';
import type { DisclosedGroup } from '../../../core/disclosure/consumer-profile.ts';
import { decideDelivery } from '../../../core/disclosure/decide-delivery.ts';
import type { ConsumerPurge, Delivered } from '../../../core/disclosure/delivery.ts';
import type {
  DeliveryDecision,
  DeliveryQuestion,
  DeliveryRules,
  HubOrder,
} from '../../../core/disclosure/delivery-question.ts';
import type { PublishedEvent } from '../../../core/disclosure/visible-events.ts';
import type { FieldGroup, GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../../../core/golden-record/hidden-groups.ts';
import type { PersonEventType } from '../../../core/golden-record/person-event.ts';
import { forgetUnprotected } from '../../../core/golden-record/purge-order.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { plainHasher } from '../../support/person-builder.ts';
import {
  ALL_GROUPS,
  MASKED_GROUPS,
  personOf,
  profileOf,
  protectedOf,
} from './disclosure-builder.ts';

export const KEY = '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10' as PersonKey;
export const NOW = 1_700_000_000_000;

export function rulesOf(change: Partial<DeliveryRules> = {}): DeliveryRules {
  return {
    profile: profileOf(),
    generation: 1,
    isThin: false,
    narrowed: new Set(),
    before: null,
    now: NOW,
    hasher: plainHasher,
    ...change,
  };
}

/** What is stored now, at a version. */
export function stored(version: number, golden: GoldenRecord | null) {
  return { version, golden };
}

export function eventOf(
  type: PersonEventType,
  version: number,
  ...changed: readonly FieldGroup[]
): PublishedEvent {
  return { type, version, effectiveDate: null, changed, recordedAt: NOW - 1_000 };
}

export function orderOf(
  reason: HubOrder['reason'],
  upToVersion: number,
  ...fields: readonly FieldGroup[]
): HubOrder {
  return { id: `order-${reason}-${upToVersion}`, reason, fields, upToVersion };
}

/** One consumer and one person: decides, and keeps what the ledger says, as the feed does. */
export class OneLedger {
  last: Delivered | undefined;
  readonly #settled = new Set<string>();

  /** @returns the decision of a delivery; undefined: nothing is sent. */
  take(
    question: Partial<DeliveryQuestion>,
    rules: DeliveryRules = rulesOf(),
  ): DeliveryDecision | undefined {
    const decision = decideDelivery(
      {
        personKey: KEY,
        current: undefined,
        last: this.last,
        isListed: false,
        events: [],
        isForced: false,
        isUnsettled: false,
        ...question,
        orders: (question.orders ?? []).filter(({ id }) => !this.#settled.has(id)),
      },
      rules,
    );
    if (decision === undefined) return undefined;
    for (const { orderId } of decision.purges) if (orderId !== null) this.#settled.add(orderId);
    this.last = decision.delivered ?? this.last;
    return decision;
  }
}

/** The orders that are told: one with no fields left is only kept as settled. */
export function toldOrders(decision: DeliveryDecision | undefined): readonly ConsumerPurge[] {
  return decision?.purges.filter(({ fields }) => fields.length > 0) ?? [];
}

export const person = personOf();
export const renamed = personOf({ name: { ...person.name, surname: 'Provman' } });
export const masked = protectedOf();
export const elsewhere = personOf({
  membership: {
    level: 'municipality',
    countyCode: '12',
    municipalityCode: '1280',
    reason: 'registered',
    from: null,
  },
});

/** Everything that the profile of everything tells, and is told of everybody. */
export const EVERYTHING: ReadonlySet<FieldGroup> = new Set([
  ...ALL_GROUPS,
  'identities',
  'protection',
]);
export const MASKED: ReadonlySet<FieldGroup> = new Set([
  ...MASKED_GROUPS,
  'identities',
  'protection',
]);
export const HIDDEN = ALL_GROUPS.filter((group) => HIDDEN_GROUPS.has(group));

export const withGroups = (...groups: readonly DisclosedGroup[]) =>
  profileOf({ groups: new Set(groups), contacts: null, relations: new Set() });
export const ofUppsala = rulesOf({
  profile: profileOf({ persons: { kind: 'membership', counties: new Set(['03']) } }),
});
export const ofList = rulesOf({ profile: profileOf({ persons: { kind: 'list' } }) });
export const withoutProtected = rulesOf({ profile: profileOf({ protectedPersons: 'left-out' }) });

export const raised = (upToVersion: number) => {
  const { reason, fields } = forgetUnprotected(KEY, upToVersion);
  return orderOf(reason, upToVersion, ...fields);
};
export const sorted = (fields: Iterable<FieldGroup> | undefined) => [...(fields ?? [])].toSorted();

/** A consumer that was told of the person at version 1. */
export function told(rules = rulesOf(), golden = person, isListed = false): OneLedger {
  const ledger = new OneLedger();
  expect(ledger.take({ current: stored(1, golden), isListed }, rules)?.state).not.toBeUndefined();
  return ledger;
}
