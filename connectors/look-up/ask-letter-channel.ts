import {
  decideLetterChannel,
  type LetterDecision,
  type LetterFacts,
  letterFactsOf,
} from '../../core/disclosure/letter-channel.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import type { Identity, PersonKey } from '../../core/person/person-identifier.ts';
import type { Caller } from './caller.ts';
import { type PersonNow, type PersonNowOptions, readPersonNow } from './person-now.ts';

export interface LetterChannelAnswer {
  readonly personKey: PersonKey;
  readonly patient: Identity | null;
  readonly source: 'pu-now' | 'stored';
  /** When PU said what it was decided by, in milliseconds since 1970; null: PU never said anything. */
  readonly asOf: number | null;
  readonly decision: LetterDecision;
}

/**
 * Whether a letter goes on paper, digitally or both, by what PU says at this moment (P3; IS 4.2.12); PU away: by the stored copy, with its age. Whoever
 * is dead or protected by the golden record is so whatever PU says.
 */
export async function askLetterChannel(
  caller: Caller,
  key: PersonKey,
  letterNeededToo: boolean,
  options: PersonNowOptions,
): Promise<LetterChannelAnswer> {
  if (!caller.consumer.profile.groups.has('addresses')) {
    throw new HubError('HUB_LOOKUP_NOT_IN_PROFILE');
  }
  const now = await readPersonNow(caller, key, 'P3', options);
  const { personKey, patient, fresh, storedAt } = now;
  return {
    personKey,
    patient,
    source: fresh === null ? 'stored' : 'pu-now',
    asOf: fresh?.askedAt ?? storedAt,
    decision: decideLetterChannel(factsOf(now, letterNeededToo)),
  };
}

function factsOf({ stored, fresh, isProtected }: PersonNow, letterNeededToo: boolean): LetterFacts {
  const golden = fresh?.golden ?? stored;
  if (golden === null) throw new HubError('HUB_LOOKUP_NOT_CHECKED');
  const facts = letterFactsOf(golden, letterNeededToo);
  return {
    ...facts,
    isProtected: isProtected || facts.isProtected,
    deregistration: facts.deregistration ?? stored?.deregistration ?? null,
  };
}
