import { FIELD_GROUPS, type FieldGroup } from '../golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../golden-record/hidden-groups.ts';
import type { ContentHash } from '../person/person-identifier.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import type { ConsumerEvent, ConsumerPurge, Delivered, DisclosedRecord } from './delivery.ts';
import type {
  DeliveryDecision,
  DeliveryQuestion,
  DeliveryRules,
  HubOrder,
} from './delivery-question.ts';
import { disclose } from './disclose.ts';
import type { LeftOutReason } from './disclosed-person.ts';
import { visibleEvents } from './visible-events.ts';

/**
 * Decides what a consumer gets of a person: the golden record of now through its profile, compared with what it was sent last. What did not change for
 * this consumer is not sent again, so that nobody sees from a record without news that something happened which is not for them.
 *
 * @returns undefined: nothing, and the ledger stays as it is.
 */
export function decideDelivery(
  question: DeliveryQuestion,
  rules: DeliveryRules,
): DeliveryDecision | undefined {
  const { current } = question;
  const last = question.isUnsettled ? atTheMost(question, rules) : question.last;
  const wasSent = last !== undefined && last.kind !== 'gone';
  const disclosure = disclose(current?.golden ?? null, rules.profile, {
    isListed: question.isListed,
    wasSent,
  });
  const version = current?.version ?? versionAfter(question);
  const decision =
    disclosure.kind === 'left-out'
      ? leave({ ...question, last }, rules, version, disclosure.reason)
      : tell({ ...question, last }, rules, version, disclosure);
  const { state, purges, events } = decision;
  return state === undefined && purges.length === 0 && events.length === 0 ? undefined : decision;
}

/** Of a person who is stored no more: above all that was told. What was told and could not be stored is not above the order of the erasure. */
function versionAfter({ last, orders }: DeliveryQuestion): number {
  return Math.max(last?.version ?? 0, ...orders.map(({ upToVersion }) => upToVersion)) + 1;
}

/**
 * What the consumer may have of a person of whom the ledger may say too little: all that its profile has, and the one from before a walk, so that all of it
 * can be taken back.
 */
export function atTheMost(
  { last, personKey }: Pick<DeliveryQuestion, 'last' | 'personKey'>,
  { profile, generation, before }: Pick<DeliveryRules, 'profile' | 'generation' | 'before'>,
): Delivered {
  return {
    personKey,
    generation: last?.generation ?? before?.generation ?? generation,
    version: last?.version ?? 0,
    kind: last?.kind === 'protected-person' ? last.kind : 'person',
    told: new Set([
      ...(last?.told ?? []),
      ...ALWAYS_TOLD,
      ...profile.groups,
      ...(before?.groups ?? []),
    ]),
    contentHash: NOTHING,
  };
}

function tell(
  question: DeliveryQuestion,
  rules: DeliveryRules,
  version: number,
  record: DisclosedRecord,
): DeliveryDecision {
  const { last, isForced, personKey } = question;
  const { generation } = rules;
  const contentHash = rules.hasher.hash(JSON.stringify(record));
  const groups = groupsOf(record, rules.profile);
  const purges = ordersFor(question, rules, version, groupsGone(last, groups, rules));
  const isNews =
    isForced ||
    last === undefined ||
    last.kind === 'gone' ||
    last.generation < generation ||
    last.contentHash !== contentHash ||
    // Who obeys such an order forgets what stays true as well.
    purges.some(({ fields }) => fields.some((group) => groups.includes(group)));
  const events = visibleEvents(question.events, rules.profile, record.kind === 'protected-person');
  const told = toldAfter(question, version, purges, groups);
  const state = isNews ? record : undefined;
  return {
    state,
    version,
    purges,
    events:
      rules.isThin && isNews && events.length === 0
        ? [signal('disclosed', version, rules)]
        : events,
    delivered:
      isNews || purges.length > 0
        ? {
            personKey,
            generation: isNews ? generation : (last?.generation ?? generation),
            version: isNews ? version : (last?.version ?? version),
            kind: record.kind,
            told,
            contentHash,
          }
        : undefined,
  };
}

/** A person who leaves what the consumer may see, or never was in it. */
function leave(
  question: DeliveryQuestion,
  rules: DeliveryRules,
  version: number,
  reason: LeftOutReason,
): DeliveryDecision {
  const { last, isForced, personKey } = question;
  const { generation } = rules;
  if (last === undefined) {
    return { state: undefined, version, purges: [], events: [], delivered: undefined };
  }
  const leavesNow = last.kind !== 'gone';
  const own = orderOfLeaving(question, last, rules, reason);
  const purges = ordersFor(question, rules, version, own);
  const sendsTombstone = leavesNow || isForced || last.generation < generation;
  return {
    state: sendsTombstone ? null : undefined,
    version,
    purges,
    events: leavesNow ? eventsOfLeaving(question, rules, version, reason) : [],
    delivered:
      sendsTombstone || purges.length > 0
        ? {
            personKey,
            generation: sendsTombstone ? generation : last.generation,
            version: sendsTombstone ? version : last.version,
            kind: 'gone',
            told: toldAfter(question, version, purges, []),
            contentHash: NOTHING,
          }
        : undefined,
  };
}

/** What happened explains why the person is gone. Of somebody protected whom the consumer does not get, it is not told what happens either. */
function eventsOfLeaving(
  { events, current }: DeliveryQuestion,
  rules: DeliveryRules,
  version: number,
  reason: LeftOutReason,
): readonly ConsumerEvent[] {
  const isProtected = current?.golden?.kind === 'protected-person';
  const told = reason === 'protected' ? [] : visibleEvents(events, rules.profile, isProtected);
  return rules.isThin ? [...told, signal('withdrawn', version, rules)] : told;
}

const NOTHING = '' as ContentHash;
const ALWAYS_TOLD = ['identities', 'protection'] as const satisfies readonly FieldGroup[];

function signal(
  type: 'disclosed' | 'withdrawn',
  version: number,
  { now }: DeliveryRules,
): ConsumerEvent {
  return { type, version, effectiveDate: null, changed: [], recordedAt: now };
}

interface OwnOrder {
  readonly reason: ConsumerPurge['reason'];
  readonly fields: readonly FieldGroup[];
  /** Absent: as an order of the hub. */
  readonly upToGeneration?: number;
}

/** Of what the consumer was told under an earlier generation, what it may not have now. */
function groupsGone(
  last: Delivered | undefined,
  now: readonly FieldGroup[],
  { generation, narrowed }: DeliveryRules,
): OwnOrder | undefined {
  if (last === undefined || last.generation >= generation) return undefined;
  const fields = everythingTold(last).filter(
    (group) => !now.includes(group) || narrowed.has(group),
  );
  if (fields.length === 0) return undefined;
  return { reason: 'profile-changed', fields, upToGeneration: last.generation };
}

/**
 * What has to be forgotten of somebody whom the consumer does not get. Of somebody who only moved away it keeps what it has a right to: also then what
 * its profile has no more is not left with it.
 */
function orderOfLeaving(
  { orders }: DeliveryQuestion,
  last: Delivered,
  rules: DeliveryRules,
  reason: LeftOutReason,
): OwnOrder | undefined {
  const { generation, profile } = rules;
  const fields = everythingTold(last);
  if (fields.length === 0) return undefined;
  // The order of the hub shows it where no record does: of a key that leads to somebody protected.
  const isProtected = reason === 'protected' || orders.some(isOfProtection);
  if (isProtected && profile.protectedPersons === 'left-out') {
    return { reason: 'no-longer-disclosed', fields };
  }
  if (last.generation >= generation) return undefined;
  return last.kind === 'gone'
    ? groupsGone(last, [...ALWAYS_TOLD, ...profile.groups], rules)
    : { reason: 'profile-changed', fields };
}

function isOfProtection({ reason }: HubOrder): boolean {
  return reason === 'protection-raised';
}

/**
 * The orders of the hub as this consumer needs them, and its own. Of an order only what the consumer was told is left; one of which nothing is left is
 * told nobody and is kept as settled, with no fields. What its own order has already is not ordered twice, but by an erasure: that one is waited for
 * until everybody has answered it. An order from before the consumer was told of the person is settled too, or it would be told with the next version.
 */
function ordersFor(
  { orders, last, isUnsettled }: DeliveryQuestion,
  { generation, profile }: DeliveryRules,
  version: number,
  own: OwnOrder | undefined,
): readonly ConsumerPurge[] {
  const upToGeneration = isUnsettled ? generation : Math.min(last?.generation ?? 0, generation);
  // What could not be stored may have gone under a generation that its own order does not reach.
  const ownFields = new Set(isUnsettled ? [] : own?.fields);
  const ofHub = orders
    .filter(({ upToVersion }) => last !== undefined || upToVersion < version)
    .map(
      (order): ConsumerPurge => ({
        reason: reasonFor(order, profile),
        fields: order.fields.filter(
          (group) => last?.told.has(group) && (order.reason === 'erased' || !ownFields.has(group)),
        ),
        upToGeneration,
        upToVersion: order.upToVersion,
        orderId: order.id,
      }),
    );
  if (own === undefined) return ofHub;
  // Not only up to what it was sent last: it may have looked up every version since.
  const upToVersion = Math.max(version, last?.version ?? 0);
  return [{ upToGeneration, upToVersion, orderId: null, ...own }, ...ofHub];
}

/** Who gets nobody protected is not told that somebody was. */
function reasonFor(
  order: HubOrder,
  { protectedPersons }: ConsumerProfile,
): ConsumerPurge['reason'] {
  const isHidden = isOfProtection(order) && protectedPersons === 'left-out';
  return isHidden ? 'no-longer-disclosed' : order.reason;
}

function everythingTold({ told }: Delivered): readonly FieldGroup[] {
  return FIELD_GROUPS.filter((group) => told.has(group));
}

/** The groups that a record of this kind holds under the profile. */
function groupsOf(record: DisclosedRecord, { groups }: ConsumerProfile): readonly FieldGroup[] {
  const chosen = [...ALWAYS_TOLD, ...groups];
  return record.kind === 'person' ? chosen : chosen.filter((group) => !HIDDEN_GROUPS.has(group));
}

/** An order that ends before what was told last leaves that with the consumer: what it names has to be ordered once more when it has to go. */
function toldAfter(
  { last, isUnsettled }: DeliveryQuestion,
  version: number,
  purges: readonly ConsumerPurge[],
  now: readonly FieldGroup[],
): ReadonlySet<FieldGroup> {
  const told = new Set(last?.told);
  const lastTold = isUnsettled ? version - 1 : (last?.version ?? 0);
  for (const { fields, upToVersion } of purges) {
    if (upToVersion >= lastTold) for (const group of fields) told.delete(group);
  }
  for (const group of now) told.add(group);
  return told;
}
