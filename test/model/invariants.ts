import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { identityText } from '../../core/person/person-identifier.ts';
import type { StoredIdentity, StoredPerson } from '../../core/sync/stored-group.ts';
import { broke } from './broken-invariant.ts';
import type { HubView, OrderedPurge } from './model-hub.ts';
import { protectionOf } from './oracle-protection.ts';
import { type KnownIdentity, kindOf, type OracleWorld } from './oracle-world.ts';
import { HIDDEN_MARK } from './register-record.ts';
import { worldOf } from './world-of.ts';

/**
 * What holds after every step, whatever is still on its way.
 *
 * @param before the view before the step.
 * @param isRace several transactions decided beside each other, of which none saw the end of the others.
 */
export function checkStep(
  before: HubView,
  after: HubView,
  purges: readonly OrderedPurge[],
  isRace: boolean,
): void {
  const world = worldOf(after);
  checkVersions(before, after);
  checkClusters(after, world);
  checkRedirects(after);
  checkHidden(before, after, world, isRace ? hiddenIn(before) : hiddenIn(after));
  checkPurges(before, after, purges);
}

/** Versions never go back, and rise only with content. */
function checkVersions(before: HubView, after: HubView): void {
  const now = new Map(after.persons.map((person) => [person.personKey, person]));
  for (const was of before.persons) {
    const is =
      now.get(was.personKey) ?? broke('versions-rise-with-content', `${was.personKey} is gone`);
    const isSame = is.contentHash === was.contentHash && is.redirectTo === was.redirectTo;
    const rise = is.version - was.version;
    // Two transactions of one step can go away from a content and come back to it; one cannot.
    const isRight = isSame ? rise === 0 || rise > 1 : rise > 0;
    if (!isRight) {
      broke('versions-rise-with-content', `${was.personKey} from ${was.version} to ${is.version}`);
    }
  }
}

/** Every identity is in one cluster, whose key is that of its first-seen member; and a cluster obeys the hierarchy. */
function checkClusters({ identities, decisions }: HubView, world: OracleWorld): void {
  const texts = identities.map(({ identity }) => identityText(identity));
  if (new Set(texts).size !== texts.length)
    broke('one-cluster-each', 'an identity is in two groups');
  for (const [personKey, members] of clustersOf(identities)) {
    const [first] = [...members].sort(
      (x, y) => x.firstSeen - y.firstSeen || (x.identityKey < y.identityKey ? -1 : 1),
    );
    if (first?.identityKey !== String(personKey)) {
      broke('one-cluster-each', `${personKey} is not the key of the first-seen`);
    }
    const keys = new Set(members.map(({ identityKey }) => identityKey));
    const isDecided = decisions.some(
      ({ choice, subject, other }) =>
        choice === 'same-person' && keys.has(subject) && other !== null && keys.has(other),
    );
    if (!isDecided) checkHierarchy(world.identities.filter(({ key }) => keys.has(key)));
  }
}

function checkHierarchy(members: readonly KnownIdentity[]): void {
  const kinds = members.map(({ identity }) => kindOf(identity));
  if (kinds.length > 1 && kinds.every((kind) => kind === 'LRID')) {
    broke('links-obey-hierarchy', 'two local numbers are one person by themselves');
  }
  const links = members.flatMap(({ identity, records }) =>
    (records.pu?.content?.links ?? [])
      .filter(({ kind }) => kind !== 'ended')
      .map((link) => ({ ...link, between: [identity, link.identity].map(kindOf).sort().join() })),
  );
  const isTold = links.some(({ between }) => between === 'PNR,SNR');
  if (kinds.includes('SNR') && kinds.includes('PNR') && !isTold) {
    broke('links-obey-hierarchy', 'an SNR and a PNR are one person without a word of PU');
  }
  const births = members
    .filter(({ identity }) => kindOf(identity) === 'PNR')
    .map(({ records }) => (records.pu?.content ?? records.master?.content)?.birthDate?.value)
    .filter((value) => value?.length === 10);
  const isReferred = links.some(
    ({ kind, between }) => kind === 'referred' && between === 'PNR,PNR',
  );
  if (new Set(births).size > 1 && !isReferred) {
    broke('links-obey-hierarchy', 'PNRs of different birth dates without a reference of PU');
  }
}

/** A key that ended leads to a living one, or to nobody, in one step. */
function checkRedirects({ persons, identities }: HubView): void {
  const byKey = new Map(persons.map((person) => [person.personKey, person]));
  for (const { personKey, redirectTo, golden } of persons) {
    if (redirectTo === null) continue;
    const target = byKey.get(redirectTo);
    if (golden !== null || (target !== undefined && target.redirectTo !== null)) {
      broke('redirects-in-one-step', `${personKey} leads to ${redirectTo}`);
    }
    const own = identities.find(({ identityKey }) => identityKey === String(personKey));
    if (own?.personKey !== redirectTo) {
      broke('redirects-in-one-step', `${personKey} leads to ${redirectTo}, not ${own?.personKey}`);
    }
  }
}

/** Nothing that protection hides is in a state that would be published from now on. */
function checkHidden(
  before: HubView,
  after: HubView,
  world: OracleWorld,
  hidden: ReadonlySet<string>,
): void {
  const versions = new Map(before.persons.map(({ personKey, version }) => [personKey, version]));
  const clusters = clustersOf(after.identities);
  const isHidden = hiddenIn(after).intersection(hidden);
  for (const person of after.persons) {
    const { golden, personKey, version } = person;
    if (golden === null) continue;
    const moved = versions.get(personKey) !== version;
    if (golden.kind === 'protected-person') {
      checkMasked(person, golden);
      continue;
    }
    const keys = new Set(clusters.get(personKey)?.map(({ identityKey }) => identityKey));
    const members = world.identities.filter(({ key }) => keys.has(key));
    const isFlaggedByPu = members.some(
      ({ records: { pu } }) =>
        pu?.content?.protectedPerson || pu?.content?.protectedPopulationRecord,
    );
    const protection = protectionOf(world, members);
    // A switch of the phase reaches everybody by and by; a flag reaches its person with its record.
    const isMeant = moved || !after.isWalking;
    const isProtected = protection.protectedPerson || protection.protectedPopulationRecord;
    if (isFlaggedByPu || (isMeant && isProtected)) {
      broke('nothing-hidden-after-flag', `${personKey} is published whole at ${version}`);
    }
    const shown = golden.relations.some(
      ({ identity }) => identity !== null && isHidden.has(identityText(identity)),
    );
    if (moved && shown)
      broke('nothing-hidden-after-flag', `${personKey} shows a protected relative`);
  }
}

/** The masked record has no place for what is hidden, and no value that carries the mark. */
function checkMasked({ personKey }: StoredPerson, golden: GoldenRecord): void {
  const allowed = new Set([
    'kind',
    'identities',
    'name',
    'sex',
    'birthDate',
    'deregistration',
    'testPerson',
    'protectedPerson',
    'protectedPopulationRecord',
    'membership',
  ]);
  const text = JSON.stringify(golden);
  const isWider = Object.keys(golden).some((key) => !allowed.has(key));
  if (isWider || text.includes(HIDDEN_MARK) || text.includes('municipalityCode')) {
    broke('nothing-hidden-after-flag', `${personKey} is masked and says too much`);
  }
}

/** Whoever was published whole, also under a key that leads there by now, and is masked now: consumers are told to forget all that they may have. */
function checkPurges(before: HubView, after: HubView, purges: readonly OrderedPurge[]): void {
  const was = new Map(before.persons.map((person) => [person.personKey, person]));
  const now = new Map(after.persons.map((person) => [person.personKey, person]));
  // What was told and taken back within one step is another transaction's.
  const isOneStep = ({ personKey, version }: StoredPerson): boolean =>
    version <= (was.get(personKey)?.version ?? 0) + 1;
  for (const { personKey, golden, redirectTo, version } of before.persons) {
    const is = now.get(personKey);
    const end = is?.redirectTo ? now.get(is.redirectTo) : is;
    const told = redirectTo === null ? golden : (was.get(redirectTo)?.golden ?? null);
    if (told?.kind !== 'person' || end?.golden?.kind !== 'protected-person') continue;
    if (is === undefined || !isOneStep(is) || !isOneStep(end)) continue;
    const fields = purges
      .filter((purge) => purge.personKey === personKey && purge.upToVersion >= version)
      .flatMap((purge) => purge.fields);
    const missing = HIDDEN_FIELDS.filter((field) => !fields.includes(field));
    if (missing.length > 0) broke('purge-ordered', `${personKey} up to ${version}: ${missing}`);
  }
}

/** TKB 5.1 ch. 8: what profile 1 has not. */
const HIDDEN_FIELDS = [
  'addresses',
  'contacts',
  'relations',
  'contact-persons',
  'paper-preference',
  'marital-status',
  'locality',
  'membership',
] as const;

function hiddenIn({ identities }: HubView): Set<string> {
  return new Set(
    identities.filter((one) => one.isProtected).map(({ identity }) => identityText(identity)),
  );
}

function clustersOf(
  identities: readonly StoredIdentity[],
): ReadonlyMap<PersonKey, readonly StoredIdentity[]> {
  return Map.groupBy(identities, ({ personKey }) => personKey);
}
