import type { DisclosedRecord } from '../../core/disclosure/delivery.ts';
import { disclose } from '../../core/disclosure/disclose.ts';
import type { Standing } from '../../core/disclosure/left-out.ts';
import type { FoundPerson } from '../../core/disclosure/look-up-ports.ts';
import type { GoldenRules } from '../../core/golden-record/authority.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import { classifyRoot } from '../../core/person/identity-type.ts';
import {
  type Identity,
  identityText,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import type { Caller } from './caller.ts';
import { goldenOfAnswer, thoseAround } from './golden-of-answer.ts';
import type { LookUpPersons, PuNow, PuNowAnswer } from './look-up-ports.ts';
import { lowestDepth } from './lowest-depth.ts';

/**
 * What is answered about one identity. `not-disclosed`: the profile leaves the person out, PU's record cannot be used, or
 * the person was erased; which of these is not told. But whoever has a profile that gets all persons and leaves out protected ones can guess: nearly no other
 * reason is left. `unknown`: a reserve number that nobody
 * has said anything of. `unknown-to-pu`: PU was asked now and does not know the number. `unknown-not-checked`: the hub does not know it, and PU did not
 * answer: never that there is no such person.
 */
export type LookUpStatus =
  | 'found'
  | 'not-disclosed'
  | 'unknown'
  | 'unknown-to-pu'
  | 'unknown-not-checked';

export interface LookUpResult {
  readonly identity: Identity;
  readonly status: LookUpStatus;
  /** `pu-now`: PU was asked for it while the caller waited. */
  readonly source: 'hub' | 'pu-now' | null;
  /** The present key; null while the hub has none, or nothing is told. */
  readonly personKey: PersonKey | null;
  /** Null: of a record that the hub has not published. */
  readonly version: number | null;
  readonly record: DisclosedRecord | null;
}

export interface PersonLookUpOptions {
  readonly persons: LookUpPersons;
  readonly pu: PuNow | null;
  readonly rules: GoldenRules;
  /** How long a person whom PU has told of is waited for to get a key. */
  readonly keyWaitMs: number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface PersonLookUp {
  /** One result for each, in the same order. */
  byIdentities(caller: Caller, identities: readonly Identity[]): Promise<readonly LookUpResult[]>;
  /** Somebody who is published, by the golden record. */
  stored(
    caller: Caller,
    found: FoundPerson,
    identity: Identity,
    golden: GoldenRecord,
  ): LookUpResult;
  /** Asks PU about somebody whom the hub knows and has not published. */
  unpublished(caller: Caller, found: FoundPerson, identity: Identity): Promise<LookUpResult>;
}

const LOOK_MS = 100;

/** Looks persons up by identity: first in the store, then, for national numbers that nobody is published under, in PU. */
export function createPersonLookUp(options: PersonLookUpOptions): PersonLookUp {
  const { persons, pu, rules, keyWaitMs, pause } = options;

  async function byIdentities(caller: Caller, identities: readonly Identity[]) {
    const found = await persons.byIdentities(caller.consumer.id, identities);
    const stored = identities.map((identity, place) =>
      resultOfStored(identity, found.get(place), caller),
    );
    const asked = new Map<string, Identity>();
    identities.forEach((identity, place) => {
      if (stored[place] === undefined) asked.set(identityText(identity), identity);
    });
    const read = await readThrough(caller, [...asked.values()]);
    return identities.map(
      (identity, place) =>
        stored[place] ??
        read.get(identityText(identity)) ??
        nothing(identity, 'unknown-not-checked'),
    );
  }

  /** Asks PU about identities that nobody is published under. By `identityText`. */
  async function readThrough(
    caller: Caller,
    identities: readonly Identity[],
  ): Promise<ReadonlyMap<string, LookUpResult>> {
    const results = new Map<string, LookUpResult>();
    if (identities.length === 0) return results;
    const now = await pu?.ask(identities, lowestDepth(caller.consumer.profile), true);
    const recorded: Identity[] = [];
    for (const identity of identities) {
      const answer = now?.answers.get(identityText(identity));
      if (answer?.kind === 'record') recorded.push(identity);
      else results.set(identityText(identity), nothing(identity, statusOf(answer)));
    }
    if (now === undefined || recorded.length === 0) return results;
    const found = await waitForKeys(caller, recorded);
    const around = recorded.flatMap((identity) => {
      const answer = now.answers.get(identityText(identity));
      return answer?.kind === 'record' ? thoseAround(answer.evidence) : [];
    });
    const known = (await persons.relatives(around)).protected;
    recorded.forEach((identity, place) => {
      const answer = now.answers.get(identityText(identity));
      const seen = found.get(place);
      const published = seen?.person?.golden ?? null;
      const golden =
        published ??
        (answer?.kind === 'record' ? goldenOfAnswer(answer.evidence, known, rules) : null);
      results.set(identityText(identity), fromPu(resultOf(identity, golden, seen, caller)));
    });
    return results;
  }

  /** The main path takes a moment. Whoever has no key by then is answered without one. */
  async function waitForKeys(caller: Caller, identities: readonly Identity[]) {
    for (let waited = 0; ; waited += LOOK_MS) {
      const found = await persons.byIdentities(caller.consumer.id, identities);
      if (found.size === identities.length || waited >= keyWaitMs) return found;
      await pause(LOOK_MS);
    }
  }

  return {
    byIdentities,
    stored: (caller, found, identity, golden) => resultOf(identity, golden, found, caller),
    unpublished: async (caller, found, identity) => {
      if (classifyRoot(identity.root) === 'LRID') return nothing(identity, 'unknown');
      const read = await readThrough(caller, [identity]);
      const result = read.get(identityText(identity)) ?? nothing(identity, 'unknown-not-checked');
      return result.status === 'found' ? { ...result, personKey: found.personKey } : result;
    },
  };
}

/** @returns undefined when PU has to be asked. */
function resultOfStored(
  identity: Identity,
  found: FoundPerson | undefined,
  caller: Caller,
): LookUpResult | undefined {
  const golden = found?.person?.golden ?? null;
  if (golden !== null) return resultOf(identity, golden, found, caller);
  // Of reserve numbers PU is not asked: what Master says of them decides until step 2 (design 4.6).
  return classifyRoot(identity.root) === 'LRID' ? nothing(identity, 'unknown') : undefined;
}

function resultOf(
  identity: Identity,
  golden: GoldenRecord | null,
  found: FoundPerson | undefined,
  { consumer: { profile } }: Caller,
): LookUpResult {
  const disclosure = disclose(golden, profile, standingOf(found));
  if (disclosure.kind === 'left-out') return nothing(identity, 'not-disclosed');
  const isPublished = found?.person !== undefined && found.person.golden !== null;
  return {
    identity,
    status: 'found',
    source: 'hub',
    personKey: found?.personKey ?? null,
    version: isPublished ? (found.person?.version ?? null) : null,
    record: disclosure,
  };
}

function fromPu(result: LookUpResult): LookUpResult {
  return result.record === null ? result : { ...result, source: 'pu-now' };
}

/** How the caller stands to somebody of whom the store may have nothing. */
export function standingOf(found: FoundPerson | undefined): Standing {
  return { isListed: found?.isListed ?? false, wasSent: found?.wasSent ?? false };
}

function statusOf(answer: PuNowAnswer | undefined): LookUpStatus {
  if (answer === undefined) return 'unknown-not-checked';
  return answer.kind === 'unknown' ? 'unknown-to-pu' : 'not-disclosed';
}

function nothing(identity: Identity, status: LookUpStatus): LookUpResult {
  return { identity, status, source: null, personKey: null, version: null, record: null };
}
