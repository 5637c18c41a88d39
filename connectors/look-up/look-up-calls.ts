import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import type { GoldenRules } from '../../core/golden-record/authority.ts';
import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { CallResult, LogIntent } from './answer-call.ts';
import { askLetterChannel } from './ask-letter-channel.ts';
import { askRelations, type RelationsCall } from './ask-relations.ts';
import type { Caller } from './caller.ts';
import { createListCalls } from './list-calls.ts';
import { createPersonLookUp, type LookUpResult, type LookUpStatus } from './look-up-persons.ts';
import type { LookUpPorts } from './look-up-ports.ts';
import { parseIdentity, type WrittenIdentity } from './parse-identity.ts';
import { type AnswerFormat, accessedOf, patientOf, toldOf } from './person-answers.ts';
import { askableOf, findByKey } from './person-now.ts';

const NOTHING_TOLD = { source: null, personKey: null, version: null } as const;

/** How a person is refused who was asked for by key. Under a key there is somebody, so whom PU does not know was taken away. */
const REFUSAL_OF = {
  found: 'HUB_LOOKUP_NOT_DISCLOSED',
  'not-disclosed': 'HUB_LOOKUP_NOT_DISCLOSED',
  unknown: 'HUB_LOOKUP_KEY_UNKNOWN',
  'unknown-to-pu': 'HUB_LOOKUP_KEY_UNKNOWN',
  'unknown-not-checked': 'HUB_LOOKUP_NOT_CHECKED',
} as const satisfies Readonly<Record<LookUpStatus, ErrorCode>>;

export interface LookUpCallsOptions {
  readonly ports: Pick<LookUpPorts, 'persons' | 'pu' | 'lists' | 'purges'>;
  readonly rules: GoldenRules;
  readonly classifier: IdentityClassifier;
  /** How long a person whom PU has told of is waited for to get a key. */
  readonly keyWaitMs: number;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** What each call does, for a caller who may make it. */
export function createLookUpCalls(options: LookUpCallsOptions) {
  const { ports, rules, classifier, now } = options;
  const { persons, pu, lists, purges } = ports;
  const lookUp = createPersonLookUp({ ...options, persons, pu });
  const nowOptions = { persons, pu, rules };

  return {
    ...createListCalls({ persons, lists, lookUp, classifier }),

    lookUp: async (
      caller: Caller,
      written: readonly WrittenIdentity[],
      format: AnswerFormat,
    ): Promise<CallResult> => {
      const parsed = written.map((one) => parseIdentity(one, classifier));
      const valid = parsed.filter((identity) => identity !== undefined);
      const found = (await lookUp.byIdentities(caller, valid)).values();
      const results = parsed.map((identity) =>
        identity === undefined ? undefined : found.next().value,
      );
      return {
        body: {
          results: results.map((result, place) => ({
            identity: written[place],
            status: result?.status ?? 'invalid',
            ...(result === undefined ? NOTHING_TOLD : toldOf(result, format, caller)),
          })),
        },
        persons: results.flatMap((result) =>
          result === undefined ? [] : accessedOf(result, caller),
        ),
      };
    },

    person: async (caller: Caller, key: PersonKey, format: AnswerFormat): Promise<CallResult> => {
      const result = await personByKey(caller, key);
      const { record } = result;
      if (record === null) throw new HubError(REFUSAL_OF[result.status]);
      const accessed = [accessedOf(result, caller)];
      return format === 'fhir-patient'
        ? { body: patientOf(result, record, caller), isFhir: true, persons: accessed }
        : { body: { status: 'found', ...toldOf(result, format, caller) }, persons: accessed };
    },

    relations: async (caller: Caller, key: PersonKey, call: RelationsCall): Promise<CallResult> => {
      const today = new Date(now()).toISOString().slice(0, 10);
      const answer = await askRelations(caller, key, call, today, nowOptions);
      const { personKey, patient, status, source, asOf, relations } = answer;
      return {
        body: { personKey, status, source, ...ageOf(asOf), relations },
        persons: [
          {
            personKey,
            patient,
            fields: status === 'answered' ? ['relations'] : [],
            outcome: status,
            origin: source,
          },
        ],
      };
    },

    letterChannel: async (
      caller: Caller,
      key: PersonKey,
      letterNeededToo: boolean,
    ): Promise<CallResult> => {
      const answer = await askLetterChannel(caller, key, letterNeededToo, nowOptions);
      const { personKey, patient, source, asOf, decision } = answer;
      return {
        body: { personKey, source, ...ageOf(asOf), ...decision },
        persons: [
          {
            personKey,
            patient,
            fields: ['protection', 'deregistration', 'addresses', 'contacts', 'paper-preference'],
            outcome: decision.because,
            origin: source,
          },
        ],
      };
    },

    acknowledge: async (
      { consumer }: Caller,
      orderId: string,
      by: string,
      logIntent: LogIntent,
    ): Promise<CallResult> => {
      const personKey = await persons.personOfOrder(consumer.name, orderId);
      if (personKey === undefined) throw new HubError('HUB_LOOKUP_PURGE_UNKNOWN');
      const order = { personKey, patient: null, fields: [], origin: null } as const;
      await logIntent([{ ...order, outcome: `to-be-acknowledged ${orderId}` }]);
      const outcome = await purges.acknowledge(consumer.name, orderId, by);
      if (outcome === 'unknown') throw new HubError('HUB_LOOKUP_PURGE_UNKNOWN');
      return { body: { outcome }, persons: [{ ...order, outcome: `${outcome} ${orderId}` }] };
    },
  };

  async function personByKey(caller: Caller, key: PersonKey): Promise<LookUpResult> {
    const found = await findByKey(caller, key, persons);
    const golden = found.person?.golden ?? null;
    const identities = golden?.identities ?? (await persons.puStanding(found.personKey)).identities;
    const main = golden?.identities.find((identity) => identity.main);
    const identity = main ?? askableOf(golden, identities) ?? identities[0];
    if (identity === undefined) throw new HubError('HUB_LOOKUP_KEY_UNKNOWN');
    const patient = { root: identity.root, extension: identity.extension };
    return golden === null
      ? await lookUp.unpublished(caller, found, patient)
      : lookUp.stored(caller, found, patient, golden);
  }

  function ageOf(asOf: number | null) {
    return {
      asOf: asOf === null ? null : new Date(asOf).toISOString(),
      ageSeconds: asOf === null ? null : Math.max(0, Math.round((now() - asOf) / 1_000)),
    };
  }
}
