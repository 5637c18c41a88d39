import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of connectors/kafka. */
export const KAFKA_CODES = {
  HUB_KAFKA_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'No answer from the Kafka brokers.',
    safe: 'Nothing was acknowledged, so nothing was advanced; the same records are sent again.',
    next: 'Check the brokers and the network. The hub goes on by itself when they answer.',
  },
  HUB_KAFKA_UNAUTHORIZED: {
    disposition: 'fatal',
    happened: 'Kafka or the schema registry refused who we are or what we asked for.',
    safe: 'Nothing was written and no offset moved.',
    next: 'Check the credentials and the access rights of the named topic, group or part; `hub topics` lists what each role needs.',
  },
  HUB_KAFKA_REFUSED: {
    disposition: 'fatal',
    happened: 'Kafka refused a request for a reason that waiting does not cure.',
    safe: 'Nothing was acknowledged and no offset moved.',
    next: 'Look up the named Kafka error; it is about the broker version, a policy or a setting.',
  },
  HUB_KAFKA_CLIENT_FAULT: {
    disposition: 'retriable',
    happened: 'The Kafka client library failed in itself.',
    safe: 'Nothing was acknowledged and no offset moved; the client is made anew before the next use.',
    next: 'Nothing when it is rare. When it comes back at once, report it with the log around this line.',
  },
  HUB_KAFKA_TOPIC_MISSING: {
    disposition: 'retriable',
    happened: 'A topic or partition does not exist.',
    safe: 'Nothing was written and no offset moved.',
    next: 'Create it with `hub topics ensure`. The hub goes on by itself when it is there.',
  },
  HUB_KAFKA_TOPIC_MISMATCH: {
    disposition: 'fatal',
    happened: 'A topic exists with another number of partitions than the hub is set up for.',
    safe: "Nothing was changed: a person's partition is computed from the count, so another count would break the order per person.",
    next: 'Set the partition count of the hub to what the topic has, or move to a new topic. Never add partitions to this one.',
  },
  HUB_KAFKA_MESSAGE_TOO_LARGE: {
    disposition: 'rejected',
    happened: 'A message is larger than the topic takes.',
    safe: 'It was refused before anything of its batch was sent.',
    next: 'Find the record at its source by the named offset or position. Raise max.message.bytes of the topic only if such records are right.',
  },
  HUB_KAFKA_ACK_MISMATCH: {
    disposition: 'retriable',
    happened: 'Kafka acknowledged something else than what was sent.',
    safe: 'The send counts as not done and is sent again with a new producer; consumers know a repeated event by its id.',
    next: 'Nothing when it is rare. When it comes back, check whether a proxy or a broker in the middle is faulty.',
  },
  HUB_KAFKA_CONSUMER_STALLED: {
    disposition: 'retriable',
    happened: 'A consumer had records to read and made no progress.',
    safe: 'Its offset is where its last stored batch ended; reading begins again from there.',
    next: 'Nothing when it is rare: the consumer is made anew. Else check the brokers and how long one batch takes.',
  },
  HUB_KAFKA_OFFSET_GONE: {
    disposition: 'fatal',
    happened: 'The topic does not hold the offset that the hub must go on from.',
    safe: 'No record was left out silently: the offset did not move.',
    next: 'Find out why: below the first offset, the topic deleted records before they were read; above the last, the topic was made anew. Then run `hub source accept-loss master --execute --reason "…"` (`pu` in place of `master` when the named topic is that of PU) and start the hub: it goes on from the first record that is there and reads that source again. If the store of the hub was restored from a backup, read `docs/what-if.md` first: there this is the wrong way.',
  },
  HUB_KAFKA_RECORD_UNREADABLE: {
    disposition: 'rejected',
    happened: 'A record is not in the format of its topic.',
    safe: 'The record is kept as it came; the others go on.',
    next: 'Find out who wrote it: only the hub may write to its topics.',
  },
  HUB_KAFKA_REGISTRY_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'The schema registry does not answer.',
    safe: 'Schemas that are already known keep working; nothing was written with an unknown one.',
    next: 'Check the schema registry and its database. The hub goes on by itself when it answers.',
  },
  HUB_KAFKA_SCHEMA_INCOMPATIBLE: {
    disposition: 'fatal',
    happened:
      'The schema registry refused a schema of the hub, or holds it at another compatibility level.',
    safe: 'Nothing was written with the refused schema.',
    next: 'Every change of a schema must be FULL_TRANSITIVE: new fields with a default, nothing removed or narrowed. Correct the named schema or the level of the named subject.',
  },
} as const satisfies Record<`HUB_KAFKA_${string}`, ErrorCodeEntry>;
