/** `hub consumers people`: the list that a consumer keeps of its persons, from a file. What is in a line is never told: only its number. */
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { FoundPerson } from '../../../core/disclosure/look-up-ports.ts';
import type { IdentityClassifier } from '../../../core/person/classify-identity.ts';
import { classifyRoot } from '../../../core/person/identity-type.ts';
import {
  type Identity,
  identityText,
  OID_NRID,
  OID_PNR,
  OID_SNR,
  type Oid,
} from '../../../core/person/person-identifier.ts';
import type { HubConfig } from '../../config/hub-config.ts';
import type { RegisteredConsumer } from '../../hub-store/consumer-rows.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import { parseIdentity } from '../../look-up/parse-identity.ts';
import { loadMappingFiles } from '../../mapping-files/load-mapping-files.ts';

export type PeopleChange = 'add' | 'remove';

/** Why a consumer has no list to change. */
export type PeopleRefusal = 'not-added' | 'dropping' | 'no-list';

/** What one line says. `empty`: nothing, or a remark. */
export type PersonLine =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'named'; readonly identity: Identity };

/** Numbers of lines, from 1, by what became of them. Log-safe. */
export interface ChangedPeople {
  readonly consumer: string;
  readonly change: PeopleChange;
  /** False: everything was only looked up. */
  readonly isExecuted: boolean;
  /** Whoever is added waits until the consumer goes on. */
  readonly isPaused: boolean;
  /** The signal came before the last line; what was read until then is done. */
  readonly isCutShort: boolean;
  /** Lines that name somebody. A number that comes again on a page counts as `unchanged` there. */
  readonly named: number;
  /** Lines by which the list changed, or would. */
  readonly changed: number;
  /** Lines of somebody who was listed before, or was not listed before a removal. */
  readonly unchanged: number;
  readonly bad: readonly number[];
  /** The hub does not know this PNR, SNR or NRID, so PU can be asked for it. */
  readonly unknownNational: readonly number[];
  /** The hub does not know this number of another root. */
  readonly unknownLocal: readonly number[];
  /** Listed, and the hub publishes nobody under it. */
  readonly notPublished: readonly number[];
  /** Listed, and the profile leaves the person out. Which of its rules does is not told, since that could be protection. */
  readonly leftOut: readonly number[];
}

export interface ChangePeopleOptions {
  readonly name: string;
  readonly change: PeopleChange;
  readonly isExecuted: boolean;
  readonly lines: AsyncIterable<string> | Iterable<string>;
  readonly classifier: IdentityClassifier;
  /** Looked at between pages. */
  readonly signal: AbortSignal;
}

type PeopleStore = Pick<HubStore, 'consumers' | 'consumerLists' | 'lookUps'>;

/** So many numbers in one transaction, as in a call of the look-up. */
export const PEOPLE_PAGE = 500;

const ROOT_OF_WORD: ReadonlyMap<string, Oid> = new Map([
  ['pnr', OID_PNR],
  ['snr', OID_SNR],
  ['nrid', OID_NRID],
]);

const NAMED = /^(\S+)\s+(\S+)$/;

/** A line `<root OID> <number>`, where the root may be one of the words `pnr`, `snr` and `nrid`. Never throws, whatever the text. */
export function parsePersonLine(line: string, classifier: IdentityClassifier): PersonLine {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return { kind: 'empty' };
  const [, word, extension] = NAMED.exec(text) ?? [];
  if (word === undefined || extension === undefined) return { kind: 'bad' };
  const root = ROOT_OF_WORD.get(word.toLowerCase()) ?? word;
  const identity = parseIdentity({ root, extension }, classifier);
  return identity === undefined ? { kind: 'bad' } : { kind: 'named', identity };
}

/** What knows the numbers of this installation. */
export async function classifierOf({ mappingsDirectory }: HubConfig): Promise<IdentityClassifier> {
  return (await loadMappingFiles(mappingsDirectory)).classifier;
}

/** How many numbers the list of a consumer has. */
export async function countPeople(
  store: PeopleStore,
  name: string,
): Promise<number | PeopleRefusal> {
  const found = await findList(store, name);
  return typeof found === 'string' ? found : await store.consumerLists.count(found.id);
}

/**
 * Names persons for a consumer, or names them no more, page by page: each page is a transaction that also has the persons told. Run twice it does the
 * same once, so a run that was broken off is repeated as a whole.
 */
export async function changePeople(
  store: PeopleStore,
  options: ChangePeopleOptions,
): Promise<ChangedPeople | PeopleRefusal> {
  const { name, change, isExecuted, lines, classifier, signal } = options;
  const found = await findList(store, name);
  if (typeof found === 'string') return found;
  const counts = { named: 0, changed: 0, unchanged: 0 };
  const places: Record<LinesKind, number[]> = {
    bad: [],
    unknownNational: [],
    unknownLocal: [],
    notPublished: [],
    leftOut: [],
  };
  let page = new Map<string, PageEntry>();
  const handOn = async (): Promise<void> => {
    const entries = [...page.values()];
    page = new Map();
    const outcomes = await changePage(store, found, entries, options);
    entries.forEach(({ identity, lines: numbers }, place) => {
      const outcome = outcomes[place];
      if (outcome === undefined || outcome.kind === 'unknown') {
        const isLocal = classifyRoot(identity.root) === 'LRID';
        places[isLocal ? 'unknownLocal' : 'unknownNational'].push(...numbers);
        return;
      }
      const changed = outcome.kind === 'changed' ? 1 : 0;
      counts.changed += changed;
      counts.unchanged += numbers.length - changed;
      if (outcome.undelivered !== null) places[outcome.undelivered].push(...numbers);
    });
  };
  let number = 0;
  let isCutShort = false;
  for await (const line of lines) {
    number += 1;
    const said = parsePersonLine(line, classifier);
    if (said.kind === 'bad') places.bad.push(number);
    if (said.kind !== 'named') continue;
    if (page.size >= PEOPLE_PAGE) {
      await handOn();
      isCutShort = signal.aborted;
      if (isCutShort) break;
    }
    counts.named += 1;
    const text = identityText(said.identity);
    const entry = page.get(text);
    if (entry === undefined) page.set(text, { identity: said.identity, lines: [number] });
    else entry.lines.push(number);
  }
  if (page.size > 0) await handOn();
  const isPaused = found.isPaused;
  return { consumer: name, change, isExecuted, isPaused, isCutShort, ...counts, ...places };
}

type LinesKind = 'bad' | 'unknownNational' | 'unknownLocal' | 'notPublished' | 'leftOut';

interface PageEntry {
  readonly identity: Identity;
  readonly lines: number[];
}

interface ListOfPeople {
  readonly id: number;
  readonly isPaused: boolean;
  /** The one whose persons are a list. */
  readonly profile: ConsumerProfile;
}

type Outcome =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'changed' | 'unchanged';
      /** Null: delivered, or not asked. */
      readonly undelivered: 'notPublished' | 'leftOut' | null;
    };

/** By the profile of now, or by the one that it is going over to. */
async function findList(
  { consumers }: PeopleStore,
  name: string,
): Promise<ListOfPeople | PeopleRefusal> {
  const consumer = await consumers.find(name);
  if (consumer === undefined) return 'not-added';
  if (consumer.state === 'dropping') return 'dropping';
  const profile = profilesOf(consumer).find(({ persons }) => persons.kind === 'list');
  if (profile === undefined) return 'no-list';
  return { id: consumer.id, isPaused: consumer.state === 'paused', profile };
}

function profilesOf({ profile, walk }: RegisteredConsumer): readonly ConsumerProfile[] {
  return walk === null ? [profile] : [walk.profile, profile];
}

/** @returns one for each entry, in the same order. */
async function changePage(
  { consumerLists, lookUps }: PeopleStore,
  { id, profile }: ListOfPeople,
  entries: readonly PageEntry[],
  { change, isExecuted }: Pick<ChangePeopleOptions, 'change' | 'isExecuted'>,
): Promise<readonly Outcome[]> {
  const identities = entries.map(({ identity }) => identity);
  if (isExecuted && change === 'remove') {
    const removed = await consumerLists.remove(id, identities);
    return removed.map((one) => {
      if (one === 'unknown') return UNKNOWN;
      return { kind: one === 'removed' ? 'changed' : 'unchanged', undelivered: null };
    });
  }
  const added = isExecuted ? await consumerLists.add(id, identities) : undefined;
  const found = await lookUps.byIdentities(id, identities);
  return identities.map((_, place): Outcome => {
    const person = found.get(place);
    // Whom the hub came to know between the two is not on the list.
    if (person === undefined || added?.[place] === 'unknown') return UNKNOWN;
    const isThere = added === undefined ? person.isListed : added[place] === 'already';
    if (change === 'remove') return { kind: isThere ? 'changed' : 'unchanged', undelivered: null };
    const undelivered = whyUndelivered(person, profile);
    return { kind: isThere ? 'unchanged' : 'changed', undelivered };
  });
}

const UNKNOWN: Outcome = { kind: 'unknown' };

/** Of somebody who is listed, or will be. */
function whyUndelivered(
  { person, wasSent }: FoundPerson,
  profile: ConsumerProfile,
): 'notPublished' | 'leftOut' | null {
  const golden = person?.golden ?? null;
  if (golden === null) return 'notPublished';
  const disclosure = disclose(golden, profile, { isListed: true, wasSent });
  return disclosure.kind === 'left-out' ? 'leftOut' : null;
}
