import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of connectors/sources/pu. */
export const PU_CODES = {
  HUB_PU_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'PU does not answer, or answers with a technical fault.',
    safe: 'No watermark moved. Orders that PU has taken are asked for again.',
    next: 'Nothing at first: the hub goes on by itself. When it lasts, give the log id of the fault to the support of PU and look at the network.',
  },
  HUB_PU_CIRCUIT_OPEN: {
    disposition: 'retriable',
    happened: 'PU failed many times in a row, so the hub asks it only now and then.',
    safe: 'No watermark moved. One call after a while finds out whether PU is back.',
    next: 'Look at the error before this one in the log for the cause. The hub goes on by itself.',
  },
  HUB_PU_CERTIFICATE_REFUSED: {
    disposition: 'fatal',
    happened: 'PU refuses the certificate of this hub.',
    safe: 'Nothing was sent, and no watermark moved.',
    next: 'The message names the certificate by serial number and last day. Check PU_CERT and PU_KEY, and that the HSA-id in it is registered with PU for this service.',
  },
  HUB_PU_CERTIFICATE_EXPIRED: {
    disposition: 'fatal',
    happened: 'The certificate of this hub has expired or is not valid yet.',
    safe: 'PU was not called, and no watermark moved.',
    next: 'Order a new certificate, put it into PU_CERT and its key into PU_KEY, and start the hub again. What changed meanwhile is read then.',
  },
  HUB_PU_SERVER_UNTRUSTED: {
    disposition: 'fatal',
    happened: 'The server at PU_URL shows a certificate that cannot be trusted.',
    safe: 'Nothing was sent, and no watermark moved.',
    next: 'Check PU_URL, and that PU_CA holds the authority that signs the certificate of PU. Never go on without it.',
  },
  HUB_PU_CALLER_REFUSED: {
    disposition: 'fatal',
    happened:
      'PU does not allow this caller to use the contract, or does not know the logical address.',
    safe: 'No watermark moved.',
    next: 'Check PU_LOGICAL_ADDRESS, and with the support of PU that the HSA-id of the certificate is connected to the contract.',
  },
  HUB_PU_REQUEST_REFUSED: {
    disposition: 'fatal',
    happened: 'PU refuses a question of the hub as wrong.',
    safe: 'No watermark moved.',
    next: 'Give the log id in the message to the support of PU. The question is the same after a restart, so an upgrade of one side is the usual cause.',
  },
  HUB_PU_TOO_MANY_HITS: {
    disposition: 'retriable',
    happened: 'A question to PU finds more persons than PU gives for one question.',
    safe: 'The watermark of the shard did not move.',
    next: 'Split the county by municipality in mappings/pu.json and start the hub again.',
  },
  HUB_PU_THROTTLED: {
    disposition: 'retriable',
    happened: 'PU says that it is called too often.',
    safe: 'The call is made again later. No watermark moved.',
    next: 'Nothing, when it happens now and then. Otherwise find out who else calls PU with this HSA-id, or lower PU_CALLS_PER_SECOND.',
  },
  HUB_PU_ANSWER_UNREADABLE: {
    disposition: 'retriable',
    happened: 'An answer of PU ends too early or is not the XML of the contract.',
    safe: 'The records before the fault were sent, which is safe to repeat. The watermark did not move, and it is ordered again.',
    next: 'Nothing, when it happens once. When it stays, give order and log id to the support of PU.',
  },
  HUB_PU_ANSWER_FORBIDDEN: {
    disposition: 'retriable',
    happened:
      'An answer of PU holds what no honest answer holds: a DTD, an XML or zip bomb, or a path in the name of a zip entry.',
    safe: 'Reading stopped before it did harm. The watermark did not move.',
    next: 'Find out who answered: check the address, the certificate and the way to PU. Tell the support of PU and your own security officer.',
  },
  HUB_PU_DOWNLOAD_FAILED: {
    disposition: 'retriable',
    happened: 'This machine cannot keep a file of PU on its disk while it is read.',
    safe: 'The watermark did not move. The file is deleted also when the hub is killed, and it is fetched again.',
    next: 'Look at the free space and the rights of the folder for temporary files.',
  },
  HUB_PU_WRONG_VERSION: {
    disposition: 'fatal',
    happened: 'PU answers in a version of the contract that this hub does not read.',
    safe: 'No watermark moved.',
    next: 'Set PU_CONTRACT_VERSION to a version that both sides know; `hub config` prints what this hub can read.',
  },
  HUB_PU_OTHER_IDENTITY: {
    disposition: 'retriable',
    happened: 'PU answered about another identity than the one that was asked for.',
    safe: 'The answer was not used; the person stays as known and is asked for again at every run. When they are many, the watermark stays too.',
    next: 'When it stays, give the log id to the support of PU: answers about the wrong person must stop.',
  },
  HUB_PU_ANSWER_INCOMPLETE: {
    disposition: 'retriable',
    happened:
      'PU answered about fewer identities than were asked for, also when asked for those alone.',
    safe: 'Nobody was taken for unknown or removed, and they are asked for again at every run. When they are many, the watermark stays too.',
    next: 'When it stays, give the order id to the support of PU.',
  },
  HUB_PU_VERSION_IMPLAUSIBLE: {
    disposition: 'retriable',
    happened: 'A record of PU has a version that is no time, or one long ago or far ahead.',
    safe: 'The record was sent, dated by the moment at which it was asked for. The others are as ever.',
    next: 'Give the count and the pull in the message to the support of PU. If the clock of this machine is behind, set it: then proper versions look like this.',
  },
  HUB_PU_ORDER_LATE: {
    disposition: 'retriable',
    happened: 'An order at PU is not ready after the longest time that the hub waits for one.',
    safe: 'The watermark did not move. It is ordered again from the same moment.',
    next: 'Ask the support of PU about the order named in the message. A county that is split by municipality gives smaller orders.',
  },
  HUB_PU_ORDER_GONE: {
    disposition: 'retriable',
    happened: 'PU does not know an order any more that it had taken.',
    safe: 'The watermark did not move. It is ordered again from the same moment.',
    next: 'Nothing, when the hub was stopped for long meanwhile. Otherwise ask the support of PU how long orders are kept.',
  },
  HUB_PU_PULL_LATE: {
    disposition: 'retriable',
    happened:
      'A pull from PU has not finished within its time, so what the hub knows from PU is older than it should be.',
    safe: 'The watermark stays, so nothing is skipped when the pull finishes.',
    next: 'Look at `hub freshness`: which pull and shard, and at the log for why. `hub pull --now` begins a run at once.',
  },
  HUB_PU_CLOCK_WRONG: {
    disposition: 'retriable',
    happened: 'The clock of this machine and the clock of PU are far apart.',
    safe: 'Watermarks follow the earlier of the two clocks, so no change is skipped; some are read twice.',
    next: 'Set the clock of the machine: it should follow a time server. If it is right, tell the support of PU.',
  },
  HUB_PU_LEASE_LOST: {
    disposition: 'fatal',
    happened: 'Another instance of the hub reads PU now.',
    safe: 'This instance stopped reading. What it had sent last may be sent again by the other one, which changes nothing.',
    next: 'Nothing, when it happens once at a restart. When it happens often, this instance is too slow to renew its lease: look at its load.',
  },
  HUB_PU_CHECKPOINT_UNREADABLE: {
    disposition: 'fatal',
    happened: 'The stored watermarks of PU cannot be read by this version of the hub.',
    safe: 'Nothing was read and the stored watermarks were left as they are.',
    next: 'Start the version of the hub that wrote them, or a newer one. The last resort is to remove them: then PU is read again in full.',
  },
  HUB_PU_RECORD_TOO_LARGE: {
    disposition: 'rejected',
    happened: 'One person record of PU is larger than a Kafka message may be.',
    safe: 'The person is parked by its identity and its flags of protection alone. A flag that is set counts at once; what is published of the person stays as it was otherwise.',
    next: 'Tell the support of PU: no proper record is that large. The next change of the person clears the parked record.',
  },
} as const satisfies Record<`HUB_PU_${string}`, ErrorCodeEntry>;
