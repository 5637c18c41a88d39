/** Everything that can go wrong at PU, by the name of its switch. */
import { CONTRACTS } from './sandbox-types.ts';

/** What a fault can be limited to: a contract, the upload or download over REST, or what stands in the files of an order. */
export const FAULT_TARGETS = [...CONTRACTS, 'GetPersonsByFile', 'download', 'files'] as const;
export type FaultTarget = (typeof FAULT_TARGETS)[number];

/**
 * When it is decided whether a fault happens: for a connection, for a call, for the answer to a call, when a caller asks about an order, or
 * when an order is placed (then all of its files have it).
 */
export type FaultMoment = 'connection' | 'call' | 'answer' | 'poll' | 'order';

interface FaultEntry {
  readonly what: string;
  readonly moments: readonly FaultMoment[];
  /** The targets that it can meet; absent: all. */
  readonly targets?: RegExp;
}

export const FAULTS = {
  'call-fails': { what: 'SOAP server fault with a log id', moments: ['call'] },
  'http-500': { what: 'HTTP 500 with a page instead of SOAP', moments: ['call'] },
  'connection-reset': { what: 'the connection ends without an answer', moments: ['call'] },
  slow: { what: 'the answer takes delayMs longer, else 5 s', moments: ['call'] },
  throttled: { what: 'HTTP 503 with Retry-After, as over 10 calls a second', moments: ['call'] },
  'too-many-hits': {
    what: 'client fault "Förfrågans maxgräns överskriden"',
    moments: ['call'],
    targets: /^Search/,
  },
  down: { what: 'nobody listens; share and count do not apply', moments: ['connection'] },
  'certificate-refused': {
    what: 'TLS alert certificate_unknown for every certificate',
    moments: ['connection'],
  },
  'order-never-ready': { what: 'an order stays in work', moments: ['poll'] },
  'order-gone': { what: 'an order is not known any more', moments: ['poll'] },
  'duplicate-files': { what: 'the files of an order are named twice', moments: ['poll'] },
  'zip-cut': {
    what: 'the download ends in the middle of the zip',
    moments: ['answer'],
    targets: /^download$/,
  },
  'zip-bomb': {
    what: 'a zip entry that is a thousand times as large unpacked',
    moments: ['order'],
  },
  'zip-path': { what: 'a zip entry whose name leads out of its folder', moments: ['order'] },
  'xml-cut': { what: 'a document ends in its last record', moments: ['answer', 'order'] },
  'xml-dtd': { what: 'a document with a DTD and entities', moments: ['answer', 'order'] },
  'xml-bomb': { what: 'a document 100 000 elements deep', moments: ['answer', 'order'] },
  'wrong-namespace': { what: 'answers in version 6 of the contract', moments: ['answer', 'order'] },
  'test-persons': { what: 'everybody is a test person', moments: ['answer', 'order'] },
  'other-identity': {
    what: 'an answer about somebody who was not asked for',
    moments: ['answer', 'order'],
    targets: /^(GetPersonsForProfile|files)/,
  },
  'fewer-records': {
    what: 'no answer about the last one who was asked for',
    moments: ['answer', 'order'],
    targets: /^(GetPersonsForProfile|files)/,
  },
} as const satisfies Readonly<Record<string, FaultEntry>>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** One switch that is on. */
export interface FaultRule {
  /** From 0 to 1: how often it happens. */
  readonly share: number;
  /** How often at most; null: without end. */
  readonly count: number | null;
  /** Only there; null: wherever it can happen. */
  readonly target: FaultTarget | null;
  /** Only for `slow`. */
  readonly delayMs?: number;
}

/** The faults that are decided at a moment and can meet a target. */
export function faultsAt(moment: FaultMoment, target: FaultTarget): readonly FaultKind[] {
  return FAULT_KINDS.filter((kind) => {
    const { moments, targets }: FaultEntry = FAULTS[kind];
    return moments.includes(moment) && (targets?.test(target) ?? true);
  });
}
