import { ERROR_CODES, type ErrorCode } from '../../core/errors/error-codes.ts';
import { printCount } from './demo-terminal.ts';
import type { ChangeCounts } from './live-changes.ts';
import type { LoadedMaster } from './load-demo-master.ts';
import type { Latency } from './published-tally.ts';
import type { PersonKind } from './synthetic-persons.ts';

/** What the demo did and what was read from the hub's topics afterwards. */
export interface DemoFacts {
  readonly loaded: LoadedMaster;
  /** From the start of the hub to the last of the first load, as a reader saw it. */
  readonly firstLoadSeconds: number;
  readonly changes: ChangeCounts;
  readonly latency: Latency | undefined;
  readonly published: {
    readonly persons: number;
    readonly protectedPersons: number;
    readonly identities: number;
    readonly tombstones: number;
  };
  readonly eventsByType: readonly (readonly [string, number])[];
  readonly parked: readonly { readonly code: ErrorCode; readonly waiting: number }[];
}

/** The one sum that must come out: every identity of Master is published or parked. */
export interface Balance {
  readonly inMaster: number;
  readonly published: number;
  readonly parked: number;
  readonly isEven: boolean;
}

/** Adds up what is in Master and what became of it. */
export function balanceOf(facts: DemoFacts): Balance {
  const { loaded, changes, published } = facts;
  const inMaster = loaded.persons + (changes['new-person'] ?? 0) - (changes['row-deleted'] ?? 0);
  const parked = sumOf(facts.parked.map(({ waiting }) => waiting));
  const isEven = inMaster === published.identities + parked;
  return { inMaster, published: published.identities, parked, isEven };
}

const KINDS: Readonly<Record<PersonKind, string>> = {
  resident: 'registered in the county',
  'out-of-county': 'registered in another county',
  'coordination-number': 'with a samordningsnummer',
  'stockholm-reserve': "with a reserve number of Stockholm's form",
  'unstated-reserve': 'with a reserve number of an unstated issuer',
  'national-reserve': 'with a national reserve identity',
  'old-number': 'old numbers that were replaced',
};

/** The summary, without anything of any person. */
export function printSummary(facts: DemoFacts): string {
  const { loaded, published, latency, changes } = facts;
  const balance = balanceOf(facts);
  const rate = printCount(loaded.persons / facts.firstLoadSeconds);
  return [
    heading('In Master'),
    ...Object.entries(KINDS).map(([kind, label]) =>
      count(loaded.byKind[kind as PersonKind] ?? 0, label),
    ),
    heading('First load'),
    count(
      loaded.persons,
      `persons in ${facts.firstLoadSeconds.toFixed(1)} s, from the start of the hub to the reader of the topic (${rate}/s)`,
    ),
    heading('Live changes'),
    ...sorted(Object.entries(changes)).map(([kind, made]) =>
      count(made, kind.replaceAll('-', ' ')),
    ),
    ...(latency === undefined
      ? []
      : [
          `${' '.repeat(11)}from the commit in Master to the reader: p50 ${latency.p50Ms.toFixed(0)} ms, p99 ${latency.p99Ms.toFixed(0)} ms`,
        ]),
    heading('Events on person.events.v1'),
    ...facts.eventsByType.map(([type, seen]) => count(seen, type)),
    heading('Parked: one bad record stops nobody'),
    ...facts.parked.flatMap(({ code, waiting }) => [
      count(waiting, code),
      `${' '.repeat(11)}${ERROR_CODES[code].happened}`,
    ]),
    heading('Protected'),
    count(
      published.protectedPersons,
      'persons are published as ProtectedPerson, a schema without address, municipality and contacts',
    ),
    heading('Balance'),
    count(balance.inMaster, 'identities in Master'),
    count(balance.published, 'of them published'),
    count(balance.parked, 'of them parked'),
    count(published.tombstones, 'removed from Master and from the topic'),
    balance.isEven
      ? '  ✓ every identity of Master is published or parked'
      : `  ✗ ${printCount(balance.inMaster - balance.published - balance.parked)} identities are neither published nor parked`,
  ].join('\n');
}

function heading(text: string): string {
  return `\n  ${text}`;
}

function count(value: number, label: string): string {
  return `${printCount(value).padStart(9)}  ${label}`;
}

function sorted(
  entries: readonly (readonly [string, number])[],
): readonly (readonly [string, number])[] {
  return entries.toSorted((a, b) => b[1] - a[1]);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
