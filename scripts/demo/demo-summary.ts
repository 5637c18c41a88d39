import { printFreshness } from '../../connectors/runtime/operations/print-freshness.ts';
import type { FreshnessReport } from '../../connectors/runtime/operations/read-freshness.ts';
import { ERROR_CODES, type ErrorCode } from '../../core/errors/error-codes.ts';
import type { PersonKind } from '../population/master-view.ts';
import { sumOf } from './demo-scene.ts';
import { printCount } from './demo-terminal.ts';
import type { LoadedMaster } from './load-demo-master.ts';
import type { PlayedLife } from './play-demo.ts';
import type { PuAnswersByPull } from './pu-answers.ts';
import type { PuBalance } from './pu-balance.ts';
import type { Latency } from './published-tally.ts';
import type { PuLoad } from './watch-pulls.ts';

/** What the demo did and what was read from the hub's topics afterwards. */
export interface DemoFacts {
  readonly loaded: LoadedMaster;
  /** From the start of the hub to the last of the first load of Master, as a reader saw it. */
  readonly firstLoadSeconds: number;
  readonly puLoad: PuLoad;
  readonly played: PlayedLife;
  readonly latency: Latency | undefined;
  readonly published: {
    readonly persons: number;
    readonly protectedPersons: number;
    readonly identities: number;
    readonly tombstones: number;
  };
  readonly eventsByType: readonly (readonly [string, number])[];
  readonly parked: readonly { readonly code: ErrorCode; readonly waiting: number }[];
  readonly answers: PuAnswersByPull;
  readonly pu: PuBalance;
  /** Person keys. */
  readonly protectedByPuOnly: readonly string[];
  readonly freshness: FreshnessReport;
}

/** The sum for Master: every identity of it is published or parked. */
export interface MasterBalance {
  readonly inMaster: number;
  readonly published: number;
  readonly parked: number;
  /** Neither published nor parked. */
  readonly missing: number;
}

/** Adds up what is in Master and what became of it. */
export function balanceMaster({
  loaded,
  played,
  published,
  parked: byCode,
}: Pick<DemoFacts, 'loaded' | 'played' | 'published' | 'parked'>): MasterBalance {
  const inMaster = loaded.persons + played.identitiesAdded;
  const parked = sumOf(byCode.map(({ waiting }) => waiting));
  const missing = inMaster - published.identities - parked;
  return { inMaster, published: published.identities, parked, missing };
}

/** The two sums that must come out. */
export function isEven(facts: DemoFacts): boolean {
  return balanceMaster(facts).missing === 0 && facts.pu.behind === 0;
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

/** The summary, without anything of any person but keys that mean nothing outside the hub. */
export function printSummary(facts: DemoFacts): string {
  return [
    ...printMaster(facts),
    ...printPu(facts),
    ...printLive(facts),
    ...printParked(facts),
    ...printProtected(facts),
    heading('Freshness, as `hub freshness` shows it'),
    ...printFreshness(facts.freshness)
      .split('\n')
      .map((line) => `    ${line}`),
    ...printBalance(facts),
  ].join('\n');
}

function printMaster({ loaded, firstLoadSeconds }: DemoFacts): readonly string[] {
  const rate = printCount(loaded.persons / firstLoadSeconds);
  return [
    heading('Master'),
    ...Object.entries(KINDS).map(([kind, label]) =>
      count(loaded.byKind[kind as PersonKind] ?? 0, label),
    ),
    count(
      loaded.persons,
      `in all, in ${firstLoadSeconds.toFixed(1)} s from the start of the hub to the reader of the topic (${rate}/s)`,
    ),
  ];
}

function printPu({ puLoad, answers }: DemoFacts): readonly string[] {
  const { asked, seconds } = puLoad;
  return [
    heading('PU: its answers, and what became of them'),
    `${'sent'.padStart(9)}${'unchanged'.padStart(11)}${'unknown there'.padStart(15)}`,
    ...[...answers].map(
      ([pull, { sent, unchanged, unknown }]) =>
        `${printCount(sent).padStart(9)}${printCount(unchanged).padStart(11)}${printCount(unknown).padStart(15)}  ${pull}`,
    ),
    count(
      asked,
      `asked for by file in ${seconds.toFixed(1)} s, from the end of Master's first load to the last record in Kafka (${printCount(asked / seconds)}/s)`,
    ),
  ];
}

function printLive({ played, latency, eventsByType }: DemoFacts): readonly string[] {
  const kinds = printKinds(Object.entries(played.counts));
  return [
    ...(kinds.length === 0
      ? []
      : [heading('Live changes, each in both registers: PU is told at once, Master later')]),
    ...kinds,
    ...(latency === undefined
      ? []
      : [
          count(
            played.committed,
            `transactions in Master; from the commit to the reader: p50 ${latency.p50Ms.toFixed(0)} ms, p99 ${latency.p99Ms.toFixed(0)} ms`,
          ),
        ]),
    heading('Events on person.events.v1'),
    ...printKinds(eventsByType),
  ];
}

function printParked({ parked }: DemoFacts): readonly string[] {
  if (parked.length === 0) return [];
  return [
    heading('Parked: one bad record stops nobody'),
    ...parked.flatMap(({ code, waiting }) => [
      count(waiting, code),
      `${' '.repeat(11)}${ERROR_CODES[code].happened}`,
    ]),
  ];
}

function printProtected({ published, protectedByPuOnly }: DemoFacts): readonly string[] {
  const [example] = protectedByPuOnly;
  return [
    heading('Protected'),
    count(
      published.protectedPersons,
      'persons are published as ProtectedPerson, a schema without address, municipality and contacts',
    ),
    ...(example === undefined
      ? []
      : [
          count(
            protectedByPuOnly.length,
            `of them because PU says so, while Master does not; one is ${example}`,
          ),
        ]),
  ];
}

function printBalance(facts: DemoFacts): readonly string[] {
  const master = balanceMaster(facts);
  const { pu, published } = facts;
  return [
    heading('Balance of Master: golden records follow it'),
    count(master.inMaster, 'identities in Master'),
    count(master.published, 'of them published'),
    count(master.parked, 'of them parked'),
    count(published.tombstones, 'removed from Master and from the topic'),
    master.missing === 0
      ? '  ✓ every identity of Master is published or parked'
      : `  ✗ ${printCount(master.missing)} identities are neither published nor parked`,
    heading('Balance of PU: evidence beside it'),
    count(pu.expected, 'records in PU that the hub should have been told of'),
    count(pu.current, "of them with PU's version as the last on source.pu.person.v1"),
    count(pu.onlyInPu, 'of them not in Master: kept as evidence, and not published'),
    count(pu.notAskedFor, 'more in PU, neither of the region nor known here: not asked for'),
    pu.behind === 0
      ? '  ✓ the last raw record of everybody is the one that PU has'
      : `  ✗ ${printCount(pu.behind)} records are missing or older than in PU`,
  ];
}

const LINE_WIDTH = 110;

/** Many short counts, most first, a few to a line. */
function printKinds(counts: readonly (readonly [string, number])[]): readonly string[] {
  const lines: string[] = [];
  for (const [kind, made] of counts.toSorted((a, b) => b[1] - a[1])) {
    const text = `${printCount(made)} ${kind.replaceAll('-', ' ')}`;
    const line = lines.at(-1);
    if (line === undefined || line.length + text.length > LINE_WIDTH) lines.push(`    ${text}`);
    else lines[lines.length - 1] = `${line}, ${text}`;
  }
  return lines;
}

function heading(text: string): string {
  return `\n  ${text}`;
}

function count(value: number, label: string): string {
  return `${printCount(value).padStart(9)}  ${label}`;
}
