import { disclose } from '../../core/disclosure/disclose.ts';
import type { AccessedPerson } from '../../core/disclosure/look-up-ports.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import { type Identity, identityText } from '../../core/person/person-identifier.ts';
import type { CallResult, LogIntent } from './answer-call.ts';
import type { Caller } from './caller.ts';
import { type LookUpStatus, type PersonLookUp, standingOf } from './look-up-persons.ts';
import type { ListOfConsumer, LookUpPersons } from './look-up-ports.ts';
import { parseIdentity, type WrittenIdentity } from './parse-identity.ts';

export interface ListCallsOptions {
  readonly persons: Pick<LookUpPersons, 'byIdentities'>;
  readonly lists: ListOfConsumer;
  readonly lookUp: Pick<PersonLookUp, 'byIdentities'>;
  readonly classifier: IdentityClassifier;
}

/** Why somebody who was named is not delivered. `pending`: PU has just told of the person, and the main path is about to take it in. */
type Undelivered = Exclude<LookUpStatus, 'found'> | 'not-published' | 'pending';

/** The list that a consumer keeps of its persons. */
export function createListCalls({ persons, lists, lookUp, classifier }: ListCallsOptions) {
  return {
    /** Names persons. Whom the hub does not know it asks PU about first, so that somebody from elsewhere who has just come can be named. */
    addToList: async (
      caller: Caller,
      written: readonly WrittenIdentity[],
      logIntent: LogIntent,
    ): Promise<CallResult> => {
      const { named, identities } = read(caller, written);
      await logIntent(accessed(identities, () => 'to-be-listed'));
      const outcomes = byText(identities, await lists.add(caller.consumer.id, identities));
      const unknown = identities.filter((one) => outcomes.get(identityText(one)) === 'unknown');
      const looked = await lookUp.byIdentities(caller, unknown);
      const statuses = byText(
        unknown,
        looked.map(({ status }) => status),
      );
      const again = byText(unknown, await lists.add(caller.consumer.id, unknown));
      const outcomeOf = (text: string) => again.get(text) ?? outcomes.get(text) ?? 'unknown';
      const reasons = await whyUndelivered(caller, identities);
      const results = named.map(({ as, identity }) => {
        if (identity === undefined) return invalid(as);
        const text = identityText(identity);
        const outcome = outcomeOf(text);
        const status = statuses.get(text);
        const why = outcome === 'unknown' ? whyUnknown(status) : reasons.get(text);
        return { identity: as, outcome, ...(why !== undefined && { why }) };
      });
      return { body: { results }, persons: accessed(identities, outcomeOf) };
    },

    /** Names them no more. */
    removeFromList: async (
      caller: Caller,
      written: readonly WrittenIdentity[],
      logIntent: LogIntent,
    ): Promise<CallResult> => {
      const { named, identities } = read(caller, written);
      await logIntent(accessed(identities, () => 'to-be-unlisted'));
      const outcomes = byText(identities, await lists.remove(caller.consumer.id, identities));
      const outcomeOf = (text: string) => outcomes.get(text) ?? 'unknown';
      const results = named.map(({ as, identity }) =>
        identity === undefined
          ? invalid(as)
          : { identity: as, outcome: outcomeOf(identityText(identity)) },
      );
      return { body: { results }, persons: accessed(identities, outcomeOf) };
    },
  };

  /** @throws HubError `HUB_LOOKUP_NO_LIST` */
  function read({ consumer }: Caller, written: readonly WrittenIdentity[]) {
    if (consumer.profile.persons.kind !== 'list') throw new HubError('HUB_LOOKUP_NO_LIST');
    const named = written.map((as) => ({ as, identity: parseIdentity(as, classifier) }));
    const valid = new Map<string, Identity>();
    for (const { identity } of named) {
      if (identity !== undefined) valid.set(identityText(identity), identity);
    }
    return { named, identities: [...valid.values()] };
  }

  /** Of those whom the hub knows, by `identityText`; who is delivered is not there. */
  async function whyUndelivered(
    { consumer }: Caller,
    identities: readonly Identity[],
  ): Promise<ReadonlyMap<string, Undelivered>> {
    const found = await persons.byIdentities(consumer.id, identities);
    const reasons = new Map<string, Undelivered>();
    identities.forEach((identity, place) => {
      const one = found.get(place);
      if (one === undefined) return;
      const golden = one.person?.golden ?? null;
      const disclosure = disclose(golden, consumer.profile, standingOf(one));
      if (golden === null) reasons.set(identityText(identity), 'not-published');
      else if (disclosure.kind === 'left-out') reasons.set(identityText(identity), 'not-disclosed');
    });
    return reasons;
  }
}

function whyUnknown(status: LookUpStatus | undefined): Undelivered {
  if (status === undefined) return 'unknown';
  // It came from PU now, and has no key yet: the consumer names it once more in a moment.
  return status === 'found' || status === 'not-disclosed' ? 'pending' : status;
}

const invalid = (identity: WrittenIdentity) =>
  ({ identity, outcome: 'invalid', why: 'invalid' }) as const;

function byText<T>(identities: readonly Identity[], values: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  identities.forEach((identity, place) => {
    const value = values[place];
    if (value !== undefined) map.set(identityText(identity), value);
  });
  return map;
}

/** @param outcomeOf gets an `identityText`. */
function accessed(
  identities: readonly Identity[],
  outcomeOf: (text: string) => string,
): readonly AccessedPerson[] {
  return identities.map((patient) => ({
    personKey: null,
    patient,
    fields: [],
    outcome: outcomeOf(identityText(patient)),
    origin: null,
  }));
}
