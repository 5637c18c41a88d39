import { FOUND_ONCE } from '../../core/identity/work-item.ts';
import {
  type Identity,
  type IdentityKey,
  identityText,
  personKeyOf,
} from '../../core/person/person-identifier.ts';
import type { GroupPage } from '../../core/sync/ports.ts';
import type { IdentityGroup } from '../../core/sync/stored-group.ts';
import { identityByKey, type KeptIdentity, type PlainState } from './plain-state.ts';

/** The groups of these identities, whole; unknown ones become a group of their own. */
export function groupsOf(
  state: PlainState,
  identities: readonly Identity[],
): readonly IdentityGroup[] {
  const groupKeys = identities.map((identity) => remember(state, identity).groupKey);
  return readGroups(state, [...new Set(groupKeys)].sort());
}

/** The groups that follow a key: as many as have at most `limit` identities together, but at least one. */
export function groupPage(state: PlainState, after: IdentityKey | null, limit: number): GroupPage {
  const sizes = new Map<IdentityKey, number>();
  for (const { groupKey } of state.identities.values()) {
    if (after === null || groupKey > after) sizes.set(groupKey, (sizes.get(groupKey) ?? 0) + 1);
  }
  const waiting = [...sizes].sort(([a], [b]) => (a < b ? -1 : 1));
  const page: IdentityKey[] = [];
  let identities = 0;
  for (const [groupKey, size] of waiting) {
    if (page.length > 0 && identities + size > limit) break;
    page.push(groupKey);
    identities += size;
  }
  const next = page.length < waiting.length ? (page.at(-1) ?? null) : null;
  return { groups: readGroups(state, page), next };
}

/** The identity as kept, with a key of its own from now on when it was never seen before. */
function remember(state: PlainState, identity: Identity): KeptIdentity {
  const text = identityText(identity);
  const known = state.keys.get(text);
  if (known !== undefined) return identityByKey(state, known);
  const firstSeen = state.identities.size + 1;
  const identityKey = `identity-${String(firstSeen).padStart(6, '0')}` as IdentityKey;
  const kept: KeptIdentity = {
    identity,
    identityKey,
    personKey: personKeyOf(identityKey),
    groupKey: identityKey,
    firstSeen,
    isProtected: false,
    evidence: [],
  };
  state.keys.set(text, identityKey);
  state.identities.set(identityKey, kept);
  return kept;
}

function readGroups(
  state: PlainState,
  groupKeys: readonly IdentityKey[],
): readonly IdentityGroup[] {
  const members = new Map<IdentityKey, KeptIdentity[]>(groupKeys.map((key) => [key, []]));
  for (const kept of state.identities.values()) members.get(kept.groupKey)?.push(kept);
  return [...members].map(([groupKey, identities]) => readGroup(state, groupKey, identities));
}

function readGroup(
  state: PlainState,
  groupKey: IdentityKey,
  identities: readonly KeptIdentity[],
): IdentityGroup {
  const keys = new Set<IdentityKey>(identities.map(({ identityKey }) => identityKey));
  const isAbout = ({ subject, other }: { subject: IdentityKey; other: IdentityKey | null }) =>
    keys.has(subject) || (other !== null && keys.has(other));
  return {
    groupKey,
    identities: identities.map(({ groupKey: _, ...stored }) => stored),
    persons: identities.flatMap(
      ({ identityKey }) => state.persons.get(personKeyOf(identityKey))?.person ?? [],
    ),
    decisions: state.decisions.filter(isAbout).map(({ commandId: _, ...decision }) => decision),
    openItems: [...state.items.values()].filter(
      (item) => !FOUND_ONCE.has(item.kind) && keys.has(item.subject),
    ),
    joins: [...state.joins.values()].filter(({ from }) => keys.has(from)),
  };
}
