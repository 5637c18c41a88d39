import type { z } from 'zod';
import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import { ACK_BODY, ANSWERS, IDENTITIES_BODY, LETTER_BODY } from './look-up-schemas.ts';

/** One call of the contract. The app is made of these and so is the OpenAPI document, so that they say the same. */
export interface Route {
  /** As it stands in the access log and in metrics. */
  readonly name: SafeText;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly activityType: 'Läsa' | 'Skriva';
  readonly summary: string;
  readonly body: z.ZodType | null;
  readonly answer: z.ZodType;
  /** It can be answered with resources of FHIR. */
  readonly hasFhir: boolean;
  /** Also a consumer that is being dropped may call it. */
  readonly whileDropping?: boolean;
}

export const ROUTES = {
  lookUp: {
    name: safeText('persons-lookup'),
    method: 'POST',
    path: '/v1/persons/lookup',
    activityType: 'Läsa',
    summary: 'Persons by identity, at most 500. Whom the hub does not know it asks PU about now.',
    body: IDENTITIES_BODY,
    answer: ANSWERS.lookUp,
    hasFhir: true,
  },
  person: {
    name: safeText('person'),
    method: 'GET',
    path: '/v1/persons/{personKey}',
    activityType: 'Läsa',
    summary:
      'One person. Any key that leads to the person will do; the answer has the present one.',
    body: null,
    answer: ANSWERS.person,
    hasFhir: true,
  },
  custodians: {
    name: safeText('custodians'),
    method: 'POST',
    path: '/v1/persons/{personKey}/custodians',
    activityType: 'Läsa',
    summary: 'Custodians by law, asked of PU now.',
    body: null,
    answer: ANSWERS.relations,
    hasFhir: false,
  },
  nextOfKin: {
    name: safeText('next-of-kin'),
    method: 'POST',
    path: '/v1/persons/{personKey}/next-of-kin',
    activityType: 'Läsa',
    summary: 'Next of kin by law, asked of PU now.',
    body: null,
    answer: ANSWERS.relations,
    hasFhir: false,
  },
  letterChannel: {
    name: safeText('letter-channel'),
    method: 'POST',
    path: '/v1/persons/{personKey}/letter-channel',
    activityType: 'Läsa',
    summary: 'Paper, digital or both: asked at the moment of sending, and never kept.',
    body: LETTER_BODY,
    answer: ANSWERS.letterChannel,
    hasFhir: false,
  },
  acknowledge: {
    name: safeText('purge-ack'),
    method: 'POST',
    path: '/v1/purges/{orderId}/ack',
    activityType: 'Skriva',
    summary: 'The consumer has forgotten what the purge order names.',
    body: ACK_BODY,
    answer: ANSWERS.acknowledged,
    hasFhir: false,
    whileDropping: true,
  },
  addToList: {
    name: safeText('list-add'),
    method: 'PUT',
    path: '/v1/list',
    activityType: 'Skriva',
    summary: 'Names persons in the list of the consumer, with what became of each.',
    body: IDENTITIES_BODY,
    answer: ANSWERS.list,
    hasFhir: false,
  },
  removeFromList: {
    name: safeText('list-remove'),
    method: 'DELETE',
    path: '/v1/list',
    activityType: 'Skriva',
    summary: 'Takes persons off the list of the consumer.',
    body: IDENTITIES_BODY,
    answer: ANSWERS.list,
    hasFhir: false,
  },
} as const satisfies Readonly<Record<string, Route>>;
