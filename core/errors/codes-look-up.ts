import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of the look-up. A caller gets the code, what happened and the next step, so those are written for who calls. */
export const LOOKUP_CODES = {
  HUB_LOOKUP_CALLER_UNKNOWN: {
    disposition: 'rejected',
    happened: 'The call has no token and no client certificate that the hub knows.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'Send `Authorization: Bearer <token>`, or a client certificate that was registered. It may have expired or been revoked: `hub look-up token list <consumer>` shows it, `hub look-up token add <consumer>` makes a new one.',
  },
  HUB_LOOKUP_NOT_ALLOWED: {
    disposition: 'rejected',
    happened: 'The profile of the consumer does not let it look up.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'If the system is to look up, add `lookUp` to its profile in `mappings/consumers` and carry it out with `hub consumers change`.',
  },
  HUB_LOOKUP_USER_MISSING: {
    disposition: 'rejected',
    happened:
      'The call does not say for which user, at which care unit and for which purpose it is made.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'Send `X-User-Hsa-Id`, `X-Care-Unit-Hsa-Id` and `X-Purpose`; the purposes are those of the RIV access log, see `docs/look-up.md`. Only a system that works without a user may leave them out, when its profile says so.',
  },
  HUB_LOOKUP_REQUEST_INVALID: {
    disposition: 'rejected',
    happened: 'The request is not what the contract says.',
    safe: 'Nothing was told or changed, and the call is in the access log.',
    next: 'Look at `details` for the place, and at `/openapi.json` for the contract. Values are never repeated.',
  },
  HUB_LOOKUP_TOO_LARGE: {
    disposition: 'rejected',
    happened: 'The body of the request is larger than 256 kB.',
    safe: 'Nothing was told or changed, and the call is in the access log.',
    next: 'Ask for at most 500 identities in one call.',
  },
  HUB_LOOKUP_TOO_MANY: {
    disposition: 'retriable',
    happened: 'More calls come than the hub takes from one caller.',
    safe: 'Nothing was told. Calls above the limit are counted, and stand in no log.',
    next: 'Wait as long as `Retry-After` says, and ask for several identities in one call.',
  },
  HUB_LOOKUP_NO_SUCH_PATH: {
    disposition: 'rejected',
    happened: 'The look-up has nothing under this path.',
    safe: 'Nothing was told or changed.',
    next: 'Look at `/openapi.json`. A path takes a person key; identities go in the body, never in a URL.',
  },
  HUB_LOOKUP_KEY_UNKNOWN: {
    disposition: 'rejected',
    happened: 'Nobody whom the hub could tell of has this person key.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'Look the person up by identity. After an erasure a key is gone for good.',
  },
  HUB_LOOKUP_NOT_CHECKED: {
    disposition: 'retriable',
    happened:
      'The hub has only PU to answer from about this person, and PU did not answer; or PU has a record that the hub cannot use.',
    safe: 'Nothing was told, and the call is in the access log. It does not mean that there is no such person.',
    next: 'Try again in a moment, or go on as with somebody of whom nothing is known yet. For the operator: `hub preflight` shows whether PU can be reached.',
  },
  HUB_LOOKUP_NOT_DISCLOSED: {
    disposition: 'rejected',
    happened: 'The profile of the consumer does not let it see this person.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'If the system should see the person, whoever answers for the hub finds out why not with `hub consumers preview`.',
  },
  HUB_LOOKUP_NOT_IN_PROFILE: {
    disposition: 'rejected',
    happened: 'The profile of the consumer has not the field groups that this call answers from.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'Custodians and next of kin need `relations` with their kinds, the letter channel needs `addresses`. Add them to the profile if the legal ground covers them.',
  },
  HUB_LOOKUP_NO_LIST: {
    disposition: 'rejected',
    happened: 'The consumer keeps no list: its profile gets persons in another way.',
    safe: 'Nothing was changed, and the call is in the access log.',
    next: 'Only a profile whose `persons` are of kind `list` has one.',
  },
  HUB_LOOKUP_PURGE_UNKNOWN: {
    disposition: 'rejected',
    happened: 'The consumer was never given a purge order with this id.',
    safe: 'Nothing was changed, and the call is in the access log.',
    next: 'Take the id from the order on the topic of purge orders.',
  },
  HUB_LOOKUP_LOG_FAILED: {
    disposition: 'retriable',
    happened: 'The access log could not be written, so the call is not answered.',
    safe: 'Nothing was told: no answer leaves before its line in the access log is committed. A call that changes anything has a line before it as well; without that one nothing was changed.',
    next: 'Try again in a moment. For the operator: look at PostgreSQL with `hub preflight`; its disk may be full.',
  },
  HUB_LOOKUP_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'The store of the hub does not answer.',
    safe: 'Nothing was told.',
    next: 'Try again in a moment. For the operator: look at PostgreSQL with `hub preflight`.',
  },
  HUB_LOOKUP_FAILED: {
    disposition: 'fatal',
    happened: 'The call failed because of a fault in the hub.',
    safe: 'Nothing was told, and the call is in the access log.',
    next: 'Give the `logId` of the answer to who runs the hub: the log of the instance says more under it.',
  },
  HUB_LOOKUP_CERTIFICATE_UNREADABLE: {
    disposition: 'fatal',
    happened:
      'A file given for a certificate holds none that can be read, or its key does not belong to it.',
    safe: 'Nothing was started or registered.',
    next: 'Look at LOOK_UP_CERT, LOOK_UP_KEY and LOOK_UP_CA, or at the file that was given to the command: PEM text, with the key of the certificate beside it.',
  },
} as const satisfies Record<`HUB_LOOKUP_${string}`, ErrorCodeEntry>;
