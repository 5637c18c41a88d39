import type { Deregistration } from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';
import { contactEvents } from './contact-events.ts';
import { changedGroups } from './diff-golden-record.ts';
import type { FieldGroup, GoldenRecord, Membership } from './golden-record.ts';
import {
  type EventContext,
  type EventRules,
  event,
  isAnotherPerson,
  type PersonChange,
} from './person-change.ts';
import type { PersonEvent, PersonEventType } from './person-event.ts';
import { relationEvents } from './relation-events.ts';

export type { EventContext, EventRules } from './person-change.ts';

const BY_A_RECORD: EventContext = {
  merged: false,
  split: false,
  byRelative: false,
  hiddenRelatives: new Set(),
};

/**
 * The business events between two golden records of one person. Pure, and total over the field groups: a change that a consumer
 * could see always has at least one event, and equal records have none, unless persons were merged or split. Of a key that nobody is left under after
 * that, only that is told: nobody was erased.
 */
export function deriveEvents(
  before: GoldenRecord | null,
  after: GoldenRecord | null,
  rules: EventRules,
  context: EventContext = BY_A_RECORD,
): readonly PersonEvent[] {
  const changed = changedGroups(before, after);
  const events: PersonEvent[] = [];
  if (context.merged) events.push(event('persons-merged', changed));
  if (context.split) events.push(event('persons-split', changed));
  if (after === null) {
    if (before !== null && !isAnotherPerson(context)) events.push(event('erased', changed));
    return events;
  }
  if (before === null) {
    if (!isAnotherPerson(context)) {
      events.push(event('registered', changed, after.membership?.from ?? null));
    }
    return events;
  }
  const change: PersonChange = { before, after, rules, context };
  for (const group of changed) events.push(...EVENTS_OF[group](change));
  if (before.testPerson !== after.testPerson) events.push(event('details-changed', []));
  return mergeByType(events);
}

/** The total table: what a difference in each group means. */
const EVENTS_OF: Readonly<Record<FieldGroup, (change: PersonChange) => readonly PersonEvent[]>> = {
  identities: identityEvents,
  name: () => [event('name-changed', ['name'])],
  sex: () => [event('details-changed', ['sex'])],
  birth: () => [event('details-changed', ['birth'])],
  protection: protectionEvents,
  deregistration: deregistrationEvents,
  'marital-status': whenVisible('marital-status', 'details-changed'),
  membership: membershipEvents,
  locality: whenVisible('locality', 'details-changed'),
  addresses: whenVisible('addresses', 'address-changed'),
  contacts: contactEvents,
  relations: relationEvents,
  'contact-persons': whenVisible('contact-persons', 'contact-changed'),
  'paper-preference': whenVisible('paper-preference', 'paper-preference-changed'),
};

/** A group that comes or goes only because protection was raised or lifted is told by that event, not by one of its own. */
function whenVisible(group: FieldGroup, type: PersonEventType) {
  return ({ before, after }: PersonChange): readonly PersonEvent[] =>
    before.kind === after.kind ? [event(type, [group])] : [];
}

function protectionEvents({ before, after }: PersonChange): readonly PersonEvent[] {
  if (before.kind === after.kind) return [event('details-changed', ['protection'])];
  return [
    event(after.kind === 'protected-person' ? 'protection-raised' : 'protection-lifted', [
      'protection',
    ]),
  ];
}

function deregistrationEvents({ before, after, context }: PersonChange): readonly PersonEvent[] {
  const was = before.deregistration;
  const is = after.deregistration;
  if (was?.reason === is?.reason) return [event('details-changed', ['deregistration'])];
  const events: PersonEvent[] = [];
  if (was?.reason === 'AV') events.push(event('death-annulled', ['deregistration']));
  if (is?.reason === 'AV') events.push(event('died', ['deregistration'], dateOfDeath(is)));
  else if (is !== null) events.push(event('deregistered', ['deregistration'], is.date));
  else if (was?.reason !== 'AV') {
    const type = isAnotherPerson(context) ? 'details-changed' : 'registered';
    events.push(event(type, ['deregistration']));
  }
  return events;
}

function dateOfDeath(deregistration: Deregistration): PartialDate | null {
  return deregistration.date ?? deregistration.foundDeadAt;
}

function membershipEvents({ before, after, rules, context }: PersonChange): readonly PersonEvent[] {
  const from = after.membership?.from ?? null;
  const events = [event('membership-changed', ['membership'], from)];
  if (isAnotherPerson(context) || leavesReserveNumber(before, after)) return events;
  const wasHome = isHome(before.membership, rules);
  const isHomeNow = isHome(after.membership, rules);
  if (!wasHome && isHomeNow && mayMove(before))
    events.push(event('moved-in', ['membership'], from));
  if (wasHome && !isHomeNow && mayMove(after)) {
    events.push(event('moved-out', ['membership'], after.deregistration?.date ?? from));
  }
  return events;
}

/**
 * Who is dead, has another number or never was has left the register, not the region; emigration is the one move among them. Of a
 * protected person without a county nobody knows the place, so nobody knows of a move.
 */
function mayMove({ deregistration, kind, membership }: GoldenRecord): boolean {
  if (deregistration === null) return kind === 'person' || membership !== null;
  return deregistration.reason === 'UV';
}

/** Of a reserve number nobody knew the place: that it was linked with a real number is no move. */
function leavesReserveNumber(before: GoldenRecord, after: GoldenRecord): boolean {
  return !isKnownByRealNumber(before) && isKnownByRealNumber(after);
}

function isKnownByRealNumber({ identities }: GoldenRecord): boolean {
  return identities.some(({ main, type }) => main && (type === 'PNR' || type === 'SNR'));
}

function isHome(membership: Pick<Membership, 'countyCode'> | null, rules: EventRules): boolean {
  return membership !== null && rules.homeCounties.has(membership.countyCode);
}

function identityEvents({ before, after }: PersonChange): readonly PersonEvent[] {
  const textOf = ({ root, extension }: { root: string; extension: string }) =>
    `${root}|${extension}`;
  const was = new Set(before.identities.map(textOf));
  const is = new Set(after.identities.map(textOf));
  const mainOf = (golden: GoldenRecord) => golden.identities.filter((i) => i.main).map(textOf)[0];
  const events: PersonEvent[] = [];
  if (mainOf(before) !== mainOf(after)) events.push(event('identity-superseded', ['identities']));
  if ([...is].some((i) => !was.has(i))) events.push(event('identity-linked', ['identities']));
  if ([...was].some((i) => !is.has(i))) events.push(event('identity-unlinked', ['identities']));
  return events;
}

/** One event of a type at most: its id is made of person, version and type. */
function mergeByType(events: readonly PersonEvent[]): readonly PersonEvent[] {
  const byType = new Map<PersonEventType, PersonEvent>();
  for (const e of events) {
    const seen = byType.get(e.type);
    byType.set(
      e.type,
      seen === undefined
        ? e
        : {
            ...seen,
            effectiveDate: seen.effectiveDate ?? e.effectiveDate,
            changed: [...new Set([...seen.changed, ...e.changed])],
          },
    );
  }
  return [...byType.values()];
}
