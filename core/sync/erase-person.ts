/**
 * Erasing somebody: everything that the hub knows of a person leaves its tables in one transaction, what others say about the person included, and all who
 * were told are told to forget.
 */
import { HubError } from '../errors/hub-error.ts';
import { changedGroups } from '../golden-record/diff-golden-record.ts';
import { FIELD_GROUPS } from '../golden-record/golden-record.ts';
import { forgetRelations } from '../golden-record/purge-order.ts';
import { type IdentityKey, identityText, type PersonKey } from '../person/person-identifier.ts';
import {
  type ChangeCause,
  type EvidenceWrite,
  NO_CHANGES,
  type PersonWrite,
  type PurgeOrder,
} from './batch-changes.ts';
import { type DecideRules, decideBatch, relativesOf } from './decide-batch.ts';
import type {
  ErasureStore,
  ErasureTransaction,
  NamedPerson,
  SourceTraces,
} from './erasure-ports.ts';
import { withoutMentions } from './leave-out-erased.ts';
import { lockWhole } from './lock-whole.ts';
import type { ContentHasher } from './ports.ts';
import type { IdentityGroup, StoredIdentity, StoredPerson } from './stored-group.ts';
import { asStored } from './take-in.ts';

export interface ErasureRequest {
  /** The number of the command: somebody is erased once, however often it is carried out. */
  readonly commandId: bigint;
  /** Of the person, or of any identity of the person. */
  readonly key: PersonKey;
  /** Everything that whoever asked saw the person known by: of another person than this nobody has decided. */
  readonly seen: readonly IdentityKey[];
  /** Also whom a source still delivers: keyed hashes of the identities stay, and what comes again is refused. */
  readonly keepsHash: boolean;
  /** ISO 8601 in UTC. */
  readonly askedAt: string;
}

/**
 * `other-state`: identities were joined to the person or taken from it since somebody looked. `still-delivered`: a source has the person and would bring
 * everything back.
 */
export type ErasureOutcome = 'done' | 'nobody' | 'other-state' | 'still-delivered';

/**
 * Erases a person with all keys that lead to it. Carried out again, after a crash that came before the answer, it is done.
 *
 * @param findTraces where connectors keep something of these identities.
 * @throws HubError `HUB_STORE_CONFLICT` (retriable) when the person was joined with another one meanwhile.
 */
export async function erasePerson(
  store: ErasureStore,
  request: ErasureRequest,
  findTraces: (person: NamedPerson) => Promise<SourceTraces>,
  rules: DecideRules,
): Promise<ErasureOutcome> {
  const { commandId, keepsHash } = request;
  if (await store.wasErasedBy(commandId)) return 'done';
  const named = await store.findPerson(request.key);
  if (named === undefined) return 'nobody';
  // Before anybody has to wait: it may take seconds.
  const traces = await findTraces(named);
  return await store.transact(async (transaction) => {
    const { generation, phase } = await transaction.holdOthers();
    const groups = await lockAround(transaction, named);
    const members = membersOf(named, groups);
    if (!isAsSeen(members, request.seen)) return 'other-state';
    if (!keepsHash && members.some(isDelivered)) return 'still-delivered';
    const cause: ChangeCause = {
      source: 'hub',
      position: { epoch: generation, version: commandId },
      readAt: request.askedAt,
    };
    const own = emptied(members, groups, cause, rules.hasher);
    const rest = groups.flatMap((group) => withoutMembers(group, members));
    const stripped = rest.map((group) => withoutTraces(group, members, rules.hasher));
    const sets = asStored(
      stripped.map(({ group }) => group),
      cause,
    );
    const isProtected = await transaction.persons.readProtected(relativesOf(sets));
    const { counts: _, ...others } = decideBatch(sets, isProtected, phase, rules);
    await transaction.persons.write({
      ...NO_CHANGES,
      ...others,
      evidence: stripped.flatMap(({ writes }) => writes),
      // What hides goes first.
      persons: [...own.persons, ...others.persons],
      purges: [...own.purges, ...others.purges, ...forgotten(others, rest)],
    });
    await transaction.erase({
      personKey: named.personKey,
      keys: members.map(({ identityKey }) => identityKey),
      identities: members.map(({ identity }) => identity),
      traces,
      keepsHash,
      commandId,
    });
    return 'done';
  });
}

async function lockAround(
  { persons, findRelatives }: ErasureTransaction,
  { identities }: NamedPerson,
): Promise<readonly IdentityGroup[]> {
  const relatives = await findRelatives(identities);
  // Links are looked for by whoever locks; nothing else of the transaction is asked for.
  return await lockWhole(persons, [...identities, ...relatives]);
}

function membersOf(
  { personKey, identities }: NamedPerson,
  groups: readonly IdentityGroup[],
): readonly StoredIdentity[] {
  const members = groups
    .flatMap((group) => group.identities)
    .filter((stored) => stored.personKey === personKey);
  const names = new Set(identities.map(identityText));
  const isSame =
    members.length === names.size &&
    members.every(({ identity }) => names.has(identityText(identity)));
  if (!isSame)
    throw new HubError('HUB_STORE_CONFLICT', { named: names.size, found: members.length });
  return members;
}

function isAsSeen(members: readonly StoredIdentity[], seen: readonly IdentityKey[]): boolean {
  const keys = new Set(seen);
  return members.length === keys.size && members.every(({ identityKey }) => keys.has(identityKey));
}

function isDelivered({ evidence }: StoredIdentity): boolean {
  return evidence.some(({ content }) => content !== null);
}

/** A new version without content of everything that is stored under a key of the person, and the order to forget what was told under it. */
function emptied(
  members: readonly StoredIdentity[],
  groups: readonly IdentityGroup[],
  cause: ChangeCause,
  hasher: ContentHasher,
): { readonly persons: readonly PersonWrite[]; readonly purges: readonly PurgeOrder[] } {
  const stored = groups.flatMap(({ persons }) => persons).filter(isOneOf(members));
  return {
    persons: stored.map(({ personKey, version, golden }) => ({
      person: {
        personKey,
        version: version + 1,
        golden: null,
        redirectTo: null,
        contentHash: hasher.hash(NOBODY),
      },
      goldenText: NOBODY,
      isNew: false,
      events: [{ type: 'erased', effectiveDate: null, changed: changedGroups(golden, null) }],
      cause,
      membership: null,
      addressHash: null,
    })),
    purges: stored.map(({ personKey, version }) => ({
      personKey,
      reason: 'erased',
      fields: FIELD_GROUPS,
      upToVersion: version,
    })),
  };
}

const NOBODY = 'null';

function isOneOf(members: readonly StoredIdentity[]): (person: StoredPerson) => boolean {
  const keys = new Set<string>(members.map(({ identityKey }) => identityKey));
  return ({ personKey }) => keys.has(personKey);
}

/** The group as it is without the person; nothing of it may be left. */
function withoutMembers(
  group: IdentityGroup,
  members: readonly StoredIdentity[],
): readonly IdentityGroup[] {
  const keys = new Set<string>(members.map(({ identityKey }) => identityKey));
  const identities = group.identities.filter(({ identityKey }) => !keys.has(identityKey));
  if (identities.length === 0) return [];
  const isAbout = ({ subject, other }: { subject: string; other: string | null }): boolean =>
    keys.has(subject) || (other !== null && keys.has(other));
  return [
    {
      ...group,
      identities,
      persons: group.persons.filter(({ personKey }) => !keys.has(personKey)),
      decisions: group.decisions.filter((decision) => !isAbout(decision)),
      openItems: group.openItems.filter((item) => !isAbout(item)),
      joins: group.joins.filter(({ from, to }) => !keys.has(from) && !keys.has(to)),
    },
  ];
}

/** What others say about the person leaves their evidence, at the position that it has: nothing newer was said. */
function withoutTraces(
  group: IdentityGroup,
  members: readonly StoredIdentity[],
  hasher: ContentHasher,
): { readonly group: IdentityGroup; readonly writes: readonly EvidenceWrite[] } {
  const erased = new Set(members.map(({ identity }) => identityText(identity)));
  const writes: EvidenceWrite[] = [];
  const identities = group.identities.map((stored) => ({
    ...stored,
    evidence: stored.evidence.map((evidence) => {
      if (evidence.content === null) return evidence;
      const content = withoutMentions(evidence.content, erased);
      if (content === evidence.content) return evidence;
      const contentText = JSON.stringify(content);
      const written = { ...evidence, content, contentHash: hasher.hash(contentText) };
      const changed = (['links', 'relations'] as const).filter(
        (field) => content[field].length < (evidence.content?.[field].length ?? 0),
      );
      const { identityKey } = stored;
      writes.push({ identityKey, evidence: written, contentText, isNew: false, changed });
      return written;
    }),
  }));
  return { group: { ...group, identities }, writes };
}

/** Whoever was told of a relation with the person has to forget it. */
function forgotten(
  { persons, purges }: { persons: readonly PersonWrite[]; purges: readonly PurgeOrder[] },
  groups: readonly IdentityGroup[],
): readonly PurgeOrder[] {
  const before = new Map(
    groups.flatMap((group) => group.persons.map((person) => [person.personKey, person])),
  );
  return persons.flatMap(({ person: { personKey, golden } }) => {
    const was = before.get(personKey);
    if (was === undefined || purges.some((order) => order.personKey === personKey)) return [];
    return forgetRelations(personKey, was.version, was.golden, golden) ?? [];
  });
}
