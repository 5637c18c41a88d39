import { disclose } from '../../core/disclosure/disclose.ts';
import type { FoundPerson } from '../../core/disclosure/look-up-ports.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import type { GoldenRules } from '../../core/golden-record/authority.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import { classifyRoot, STRENGTH_OF } from '../../core/person/identity-type.ts';
import {
  type Identity,
  identityText,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import type { Caller } from './caller.ts';
import { goldenOfAnswer, thoseAround } from './golden-of-answer.ts';
import { standingOf } from './look-up-persons.ts';
import type { LookUpPersons, PuDepth, PuNow } from './look-up-ports.ts';

/** One person whom the caller may see, as the store has them and as PU has them at this moment. */
export interface PersonNow {
  readonly personKey: PersonKey;
  /** By which the access log knows the person. */
  readonly patient: Identity | null;
  /** Null: the hub has not published the person. */
  readonly stored: GoldenRecord | null;
  /** When PU told last what is stored of it; null: it never did. Milliseconds since 1970. */
  readonly storedAt: number | null;
  /** Null: PU did not answer, or cannot be asked about the person. */
  readonly fresh: {
    readonly golden: GoldenRecord;
    readonly evidence: PersonEvidence;
    readonly askedAt: number;
  } | null;
  readonly isProtected: boolean;
}

export interface PersonNowOptions {
  readonly persons: LookUpPersons;
  readonly pu: PuNow | null;
  readonly rules: GoldenRules;
}

/**
 * Finds a person by any key of theirs, and refuses whom the profile leaves out: by the golden record, and by what PU says now, since protection may have
 * been set a minute ago.
 *
 * @throws HubError `HUB_LOOKUP_KEY_UNKNOWN`, `HUB_LOOKUP_NOT_DISCLOSED`, `HUB_LOOKUP_NOT_CHECKED`
 */
export async function readPersonNow(
  caller: Caller,
  key: PersonKey,
  depth: PuDepth,
  options: PersonNowOptions,
): Promise<PersonNow> {
  const { persons, rules } = options;
  const found = await findByKey(caller, key, persons);
  const stored = found.person?.golden ?? null;
  if (stored !== null) refuseLeftOut(stored, found, caller);
  const { identities, askedAt } = await persons.puStanding(found.personKey);
  const identity = askableOf(stored, identities);
  const { answer, isRaised } = await ask(identity, depth, caller, options);
  const golden =
    answer &&
    goldenOfAnswer(
      answer.evidence,
      (await persons.relatives(thoseAround(answer.evidence))).protected,
      rules,
    );
  const fresh = answer && golden ? { ...answer, golden } : null;
  if (stored === null && fresh === null) throw new HubError('HUB_LOOKUP_NOT_CHECKED');
  const isNewlyHidden = isRaised || fresh?.golden.kind === 'protected-person';
  if (fresh !== null && (stored === null || isNewlyHidden)) {
    refuseLeftOut(fresh.golden, found, caller);
  }
  return {
    personKey: found.personKey,
    patient: mainOf(stored) ?? identity ?? identities[0] ?? null,
    stored,
    storedAt: askedAt,
    fresh,
    isProtected: isNewlyHidden || stored?.kind === 'protected-person',
  };
}

/** @throws HubError `HUB_LOOKUP_KEY_UNKNOWN` */
export async function findByKey(
  { consumer }: Caller,
  key: PersonKey,
  persons: LookUpPersons,
): Promise<FoundPerson> {
  const found = await persons.byKey(consumer.id, key);
  if (found === undefined) throw new HubError('HUB_LOOKUP_KEY_UNKNOWN');
  return found;
}

/** The strongest national number, the main one of the golden record first: PU is asked about no other kind here. */
export function askableOf(
  stored: GoldenRecord | null,
  identities: readonly Identity[],
): Identity | null {
  const main = mainOf(stored);
  const all = main === null ? identities : [main, ...identities];
  const national = all.filter(({ root }) => classifyRoot(root) !== 'LRID');
  const strengthOf = ({ root }: Identity) => STRENGTH_OF[classifyRoot(root)];
  return national.toSorted((a, b) => strengthOf(b) - strengthOf(a))[0] ?? null;
}

function mainOf(golden: GoldenRecord | null): Identity | null {
  const main = golden?.identities.find((identity) => identity.main);
  return main === undefined ? null : { root: main.root, extension: main.extension };
}

interface AskedNow {
  /** Null: PU is away, does not know the identity, or cannot be asked about it. */
  readonly answer: { readonly evidence: PersonEvidence; readonly askedAt: number } | null;
  /** The record cannot be used, and protects the person all the same. */
  readonly isRaised: boolean;
}

/**
 * A record that cannot be used is no PU that is away: what is stored may be just what it has changed, so it does not answer in its place.
 * @throws HubError `HUB_LOOKUP_NOT_DISCLOSED`, `HUB_LOOKUP_NOT_CHECKED`
 */
async function ask(
  identity: Identity | null,
  depth: PuDepth,
  { consumer }: Caller,
  { pu }: PersonNowOptions,
): Promise<AskedNow> {
  const now = identity === null ? undefined : await pu?.ask([identity], depth, false);
  const answer = identity === null ? undefined : now?.answers.get(identityText(identity));
  if (now === undefined || answer === undefined) return { answer: null, isRaised: false };
  switch (answer.kind) {
    case 'record':
      return { answer: { evidence: answer.evidence, askedAt: now.askedAt }, isRaised: false };
    case 'unknown':
      return { answer: null, isRaised: false };
    case 'erased':
      throw new HubError('HUB_LOOKUP_NOT_DISCLOSED');
    case 'unusable':
      if (!answer.isProtected) throw new HubError('HUB_LOOKUP_NOT_CHECKED');
      if (consumer.profile.protectedPersons === 'left-out') {
        throw new HubError('HUB_LOOKUP_NOT_DISCLOSED');
      }
      return { answer: null, isRaised: true };
  }
}

function refuseLeftOut(golden: GoldenRecord, found: FoundPerson, { consumer }: Caller): void {
  const disclosure = disclose(golden, consumer.profile, standingOf(found));
  if (disclosure.kind === 'left-out') throw new HubError('HUB_LOOKUP_NOT_DISCLOSED');
}
