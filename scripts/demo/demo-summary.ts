import { printFreshness } from '../../connectors/runtime/operations/print-freshness.ts';
import type { FreshnessReport } from '../../connectors/runtime/operations/read-freshness.ts';
import { ERROR_CODES, type ErrorCode } from '../../core/errors/error-codes.ts';
import { WORK_ITEM_KINDS, type WorkItemKind } from '../../core/identity/work-item.ts';
import type { PersonKind } from '../population/master-view.ts';
import { printCount } from './demo-terminal.ts';
import type { LoadedMaster } from './load-demo-master.ts';
import type { MasterBalance } from './master-balance.ts';
import type { PlayedLife } from './play-demo.ts';
import type { PuAnswersByPull } from './pu-answers.ts';
import type { PuBalance } from './pu-balance.ts';
import type { PublishedBalance } from './published-balance.ts';
import type { Latency } from './published-tally.ts';
import type { PhaseSwitch } from './watch-phase.ts';
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
    /** Keys that lead to another one. */
    readonly redirects: number;
  };
  readonly eventsByType: readonly (readonly [string, number])[];
  readonly parked: readonly { readonly code: ErrorCode; readonly waiting: number }[];
  readonly answers: PuAnswersByPull;
  readonly phaseSwitch: PhaseSwitch;
  /** Open ones. */
  readonly workItems: Readonly<Record<WorkItemKind, number>>;
  /** Open ones. */
  readonly purgeOrders: number;
  readonly master: MasterBalance;
  readonly pu: PuBalance;
  readonly asInPu: PublishedBalance;
  /** Person keys. */
  readonly protectedByPuOnly: readonly string[];
  readonly freshness: FreshnessReport;
}

/** The three sums that must come out. */
export function isEven({ master, pu, asInPu }: DemoFacts): boolean {
  return master.missing === 0 && pu.behind === 0 && strayOf(asInPu) === 0;
}

/** Not as PU has them, though PU decides. */
function strayOf({ different, missing }: PublishedBalance): number {
  return different + missing;
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
    ...printPhaseSwitch(facts),
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

function printPhaseSwitch({
  phaseSwitch,
  published,
  workItems,
  purgeOrders,
}: DemoFacts): readonly string[] {
  const { preview, walk, seconds } = phaseSwitch;
  const kinds = WORK_ITEM_KINDS.filter((kind) => workItems[kind] > 0);
  return [
    heading('The switch to step-1: PU decides about personnummer and samordningsnummer'),
    count(
      walk.persons,
      `persons derived again in ${seconds.toFixed(1)} s, from the command to the last of them on the topic`,
    ),
    count(walk.changed, 'keys with a new version'),
    count(preview.appear, 'persons whom only PU knows and who appear, as the preview said'),
    count(published.redirects, 'keys redirected: two keys turned out to be one person'),
    count(walk.vanished, 'persons no longer published'),
    heading('What waits for a person: `hub work list`, `hub purge list`'),
    ...kinds.map((kind) => count(workItems[kind], kind)),
    count(purgeOrders, 'orders to consumers to forget what they were sent'),
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

function printBalance({ master, pu, asInPu, published }: DemoFacts): readonly string[] {
  return [
    heading('Balance of Master: nobody is lost'),
    count(master.inMaster, 'identities in Master'),
    count(master.published, 'of them a number of somebody who is published'),
    count(master.parked, 'of them parked, and PU has nobody to publish either'),
    count(published.identities - master.published, 'more numbers published that only PU has'),
    count(published.tombstones, 'keys under which nobody is published any more'),
    master.missing === 0
      ? '  ✓ every identity of Master is published or parked'
      : `  ✗ ${printCount(master.missing)} identities are neither published nor parked`,
    heading('Balance of PU: the hub knows what PU says'),
    count(pu.expected, 'records in PU that the hub should have been told of'),
    count(pu.current, "of them with PU's version as the last on source.pu.person.v1"),
    count(pu.onlyInPu, 'of them not in Master'),
    count(pu.notAskedFor, 'more in PU, neither of the region nor known here: not asked for'),
    pu.behind === 0
      ? '  ✓ the last raw record of everybody is the one that PU has'
      : `  ✗ ${printCount(pu.behind)} records are missing or older than in PU`,
    heading('Balance of step-1: PU decides about these numbers'),
    count(asInPu.known, 'records of personnummer and samordningsnummer that the hub knows from PU'),
    count(asInPu.asInPu, "of them published with PU's name and address"),
    count(asInPu.protectedPersons, 'of them protected: published without an address'),
    count(asInPu.aliases, 'of them former numbers of somebody who is published under a newer one'),
    strayOf(asInPu) === 0
      ? '  ✓ everybody about whom PU decides is published as PU has them'
      : `  ✗ ${printCount(asInPu.different)} are published otherwise, ${printCount(asInPu.missing)} are not published`,
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
