import type { Membership } from '../../core/golden-record/golden-record.ts';
import type { Finding } from '../../core/identity/work-item.ts';
import type { Identity, IdentityKey, PersonKey } from '../../core/person/person-identifier.ts';
import type { DecideCounts } from '../../core/sync/decide-batch.ts';
import { formatPosition, type SourceMessage } from '../../core/sync/source-record.ts';
import type { PlainStore } from './plain-store.ts';
import { mappers } from './scenario-world.ts';

/** The version under each key. */
export type Versions = ReadonlyMap<PersonKey, number>;

export function versionsOf(store: PlainStore): Versions {
  return new Map(store.persons.map(({ personKey, version }) => [personKey, version]));
}

/** What a step changed, in words for a reader: persons by the number that they were first seen by. */
export function reportChanges(store: PlainStore, before: Versions) {
  const nameOf = namesIn(store);
  const { events, purges, memberships } = store.takeNews();
  const items = openItems(store, nameOf);
  return {
    parked: [...store.state.parked.values()].map(({ code, field }) => ({ code, field })),
    events: events.map(({ personKey, event }) => ({
      person: nameOf(personKey),
      ...event,
      effectiveDate: event.effectiveDate?.value ?? null,
    })),
    // Those with a new version: whoever is not here stays published as before.
    persons: store.persons
      .filter(({ personKey, version }) => before.get(personKey) !== version)
      .map(({ personKey, version, golden, redirectTo }) => ({
        person: nameOf(personKey),
        version,
        ...(redirectTo === null ? { golden } : { redirectTo: nameOf(redirectTo) }),
      })),
    ...(memberships.length > 0 && {
      memberships: memberships.map(({ personKey, before: was, after: is, endsOn }) => ({
        person: nameOf(personKey),
        ends: membershipText(was),
        endsOn: endsOn?.value ?? null,
        begins: membershipText(is),
        beginsOn: is?.from?.value ?? null,
      })),
    }),
    ...(purges.length > 0 && {
      purges: purges.map(({ personKey, ...order }) => ({ person: nameOf(personKey), ...order })),
    }),
    ...(items.length > 0 && { openItems: items }),
  };
}

function membershipText(membership: Membership | null): string | null {
  if (membership === null) return null;
  const { level, countyCode, municipalityCode, reason } = membership;
  return `${level} ${municipalityCode ?? countyCode}, ${reason}`;
}

/** Who is told to nobody and why, and who is published without the register that should decide; nothing when there is nobody. */
export function reportCounts(pages: readonly DecideCounts[]) {
  const withheld: Record<string, number> = {};
  let fallsBack = 0;
  for (const page of pages) {
    fallsBack += page.fallsBack;
    for (const [reason, persons] of Object.entries(page.withheld)) {
      if (persons > 0) withheld[reason] = (withheld[reason] ?? 0) + persons;
    }
  }
  return {
    ...(Object.keys(withheld).length > 0 && { withheld }),
    ...(fallsBack > 0 && { fallsBack }),
  };
}

/** All that the store has from PU of the identity that a record is about; null: nothing. */
export function keptOfPu(message: SourceMessage, store: PlainStore): unknown {
  const mapped = mappers.pu.map(message);
  const about = mapped.kind === 'rejected' ? mapped.raises : mapped;
  if (about === undefined) return 'as before';
  const identity = 'evidence' in about ? about.evidence.identity : about.identity;
  const stored = store.evidenceOf(identity, 'pu');
  return stored === undefined
    ? null
    : { position: formatPosition(stored.position), ...stored.content };
}

/** Every open item by the numbers that it is about, in one order whatever the order of arrival. */
export function openItems(store: PlainStore, nameOf = namesIn(store)) {
  return [...store.state.items.values()]
    .map(({ kind, subject, other }: Finding) => ({
      kind,
      subject: nameOf(subject),
      other: other && nameOf(other),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** An identity's number; with its issuer where two issuers have the same. */
function namesIn(store: PlainStore): (key: IdentityKey | PersonKey) => string {
  const identities = new Map<string, Identity>();
  const count = new Map<string, number>();
  for (const { identityKey, identity } of store.identities) {
    identities.set(identityKey, identity);
    count.set(identity.extension, (count.get(identity.extension) ?? 0) + 1);
  }
  return (key) => {
    const identity = identities.get(key);
    if (identity === undefined) throw new Error('No identity has this key.');
    const { root, extension } = identity;
    return count.get(extension) === 1 ? extension : `${extension} of ${root}`;
  };
}
