import type { ContactPoint, Deregistration } from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';
import { changedGroups } from './diff-golden-record.ts';
import type { FieldGroup, GoldenRecord, Membership } from './golden-record.ts';
import type { PersonEvent, PersonEventType } from './person-event.ts';

/** What a region's own events depend on. */
export interface EventRules {
  /** The counties of the region: entering or leaving them is a move in or out. */
  readonly homeCounties: ReadonlySet<string>;
}

/**
 * The business events between two golden records of one person. Pure, and total over the field groups: a change that a consumer
 * could see always has at least one event, and equal records have none.
 */
export function deriveEvents(
  before: GoldenRecord | null,
  after: GoldenRecord | null,
  rules: EventRules,
): readonly PersonEvent[] {
  const changed = changedGroups(before, after);
  if (after === null) return before === null ? [] : [event('erased', changed)];
  if (before === null) {
    return [event('registered', changed, after.membership?.from ?? null)];
  }
  const change: Change = { before, after, rules };
  const events: PersonEvent[] = [];
  for (const group of changed) events.push(...EVENTS_OF[group](change));
  if (before.testPerson !== after.testPerson) events.push(event('details-changed', []));
  return mergeByType(events);
}

interface Change {
  readonly before: GoldenRecord;
  readonly after: GoldenRecord;
  readonly rules: EventRules;
}

/** The total table: what a difference in each group means. */
const EVENTS_OF: Readonly<Record<FieldGroup, (change: Change) => readonly PersonEvent[]>> = {
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
};

function event(
  type: PersonEventType,
  changed: readonly FieldGroup[],
  effectiveDate: PartialDate | null = null,
): PersonEvent {
  return { type, effectiveDate, changed };
}

/** A group that comes or goes only because protection was raised or lifted is told by that event, not by one of its own. */
function whenVisible(group: FieldGroup, type: PersonEventType) {
  return ({ before, after }: Change): readonly PersonEvent[] =>
    before.kind === after.kind ? [event(type, [group])] : [];
}

function protectionEvents({ before, after }: Change): readonly PersonEvent[] {
  if (before.kind === after.kind) return [event('details-changed', ['protection'])];
  return [
    event(after.kind === 'protected-person' ? 'protection-raised' : 'protection-lifted', [
      'protection',
    ]),
  ];
}

function deregistrationEvents({ before, after }: Change): readonly PersonEvent[] {
  const was = before.deregistration;
  const is = after.deregistration;
  if (was?.reason === is?.reason) return [event('details-changed', ['deregistration'])];
  const events: PersonEvent[] = [];
  if (was?.reason === 'AV') events.push(event('death-annulled', ['deregistration']));
  if (is?.reason === 'AV') events.push(event('died', ['deregistration'], dateOfDeath(is)));
  else if (is !== null) events.push(event('deregistered', ['deregistration'], is.date));
  else if (was?.reason !== 'AV') events.push(event('registered', ['deregistration']));
  return events;
}

function dateOfDeath(deregistration: Deregistration): PartialDate | null {
  return deregistration.date ?? deregistration.foundDeadAt;
}

function membershipEvents({ before, after, rules }: Change): readonly PersonEvent[] {
  const from = after.membership?.from ?? null;
  const events = [event('membership-changed', ['membership'], from)];
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

function isHome(membership: Pick<Membership, 'countyCode'> | null, rules: EventRules): boolean {
  return membership !== null && rules.homeCounties.has(membership.countyCode);
}

/** A value that was there and may not be used any more is withdrawn: consumers must forget it, not only read anew. */
function contactEvents({ before, after }: Change): readonly PersonEvent[] {
  if (before.kind === 'protected-person' || after.kind === 'protected-person') return [];
  const now = new Set(after.contacts.map(contactText));
  const was = new Set(before.contacts.map(contactText));
  const events: PersonEvent[] = [];
  if (before.contacts.some((c) => !now.has(contactText(c)) && !replaced(c, after.contacts))) {
    events.push(event('contact-withdrawn', ['contacts']));
  }
  if (after.contacts.some((c) => !was.has(contactText(c)))) {
    events.push(event('contact-changed', ['contacts']));
  }
  return events.length > 0 ? events : [event('contact-changed', ['contacts'])];
}

/** The same channel is still given with at least the same consent: a new number, not a withdrawal. */
function replaced(contact: ContactPoint, now: readonly ContactPoint[]): boolean {
  return now.some((c) => c.channel === contact.channel && c.consent === contact.consent);
}

function contactText(contact: ContactPoint): string {
  return JSON.stringify([contact.channel, contact.value, contact.consent]);
}

function identityEvents({ before, after }: Change): readonly PersonEvent[] {
  const was = new Set(before.identities.map((i) => `${i.root}|${i.extension}`));
  const is = new Set(after.identities.map((i) => `${i.root}|${i.extension}`));
  const mainOf = (golden: GoldenRecord) => golden.identities.find((i) => i.main)?.extension;
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
