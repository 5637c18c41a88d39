/** `hub consumers status`: how far each consumer was told. Of persons the keys of those who could not be. */
import type { ConsumerState, ConsumerWalk } from '../../../core/disclosure/delivery-ports.ts';
import type { AgreementStanding } from './consumer-agreement.ts';
import { printCount } from './print-status.ts';
import { printTime } from './print-time.ts';
import type { ConsumerStatus, ProfileFile, WalkProgress } from './read-consumer-status.ts';

const STATE: Readonly<Record<ConsumerState, string>> = {
  running: 'running',
  paused: 'paused: `hub consumers resume` lets it go on',
  dropping:
    'dropping: what it was sent is taken back; it is gone when its orders are answered, or a day after the last one',
};

const WALK: Readonly<Record<ConsumerWalk['kind'], string>> = {
  'first-load': 'first load',
  change: 'change of the profile',
  repair: 'repair',
  replay: 'replay of everybody',
  drop: 'taking back',
};

const FILE: Readonly<Record<ProfileFile, string | undefined>> = {
  same: undefined,
  changed: 'changed: run `hub consumers change`',
  missing: 'its file is gone; the profile that it was added with holds',
};

/** One block for each. @param name what was asked for, for what to say when there is none. */
export function printConsumerStatus(all: readonly ConsumerStatus[], name?: string): string {
  if (all.length > 0) return all.map(printOne).join('\n\n');
  return name === undefined
    ? 'No consumer was added yet. `hub consumers add` does it.'
    : `The consumer ${name} was not added, or it is gone.`;
}

function printOne(status: ConsumerStatus): string {
  const { consumer, agreement, file, walk, lagEvents, purges, awaited } = status;
  const { name, state, generation, profile, principal, fault } = consumer;
  const lines: readonly (readonly [subject: string, text: string | undefined])[] = [
    ['state', STATE[state]],
    ['fault', fault === null ? undefined : printFault(fault)],
    ['waits for', awaited === null ? undefined : printAwaited(awaited)],
    ['refused', printRefused(status)],
    ['generation', generation === 0 ? 'none yet' : `${generation}`],
    ['profile', `version ${profile.version}`],
    ['file', FILE[file]],
    ['walk', walk === null ? undefined : printWalk(walk)],
    ['lag', lagEvents === null ? 'nothing read yet' : `${printCount(lagEvents)} events`],
    ['to forget', printPurges(purges)],
    ['agreement', printAgreement(consumer.agreement.validTo, agreement)],
    ['principal', principal === null ? undefined : `User:${principal}`],
  ];
  return [
    name,
    ...lines.flatMap(([subject, text]) =>
      text === undefined ? [] : [`  ${subject.padEnd(10)}  ${text}`],
    ),
  ].join('\n');
}

function printWalk({
  kind,
  generation,
  done,
  total,
  startedAt,
  perSecond,
  secondsLeft,
}: WalkProgress): string {
  // The total was counted, or estimated, when it began.
  const share = total === 0 ? '' : ` (${Math.min(100, Math.floor((100 * done) / total))} %)`;
  const left = secondsLeft === null ? 'time left unknown' : `about ${printSpan(secondsLeft)} left`;
  return [
    `${WALK[kind]} to generation ${generation} since ${printTime(startedAt)}`,
    `${printCount(done)} of about ${printCount(total)} persons${share}`,
    `${printCount(Math.round(perSecond))}/s`,
    left,
  ].join(', ');
}

function printFault({ code, since }: NonNullable<ConsumerStatus['consumer']['fault']>): string {
  return `${code} since ${printTime(since)}: nothing reaches it; \`hub errors ${code}\` says what to do`;
}

function printAwaited({ orders, until }: NonNullable<ConsumerStatus['awaited']>): string {
  if (until === null) return 'no answer';
  return `${printCount(orders)} answer${orders === 1 ? '' : 's'}, for the last of them until ${printTime(until)}`;
}

/** By key, and the code that says why. */
function printRefused({ consumer, refused }: ConsumerStatus): string | undefined {
  const { refusals, name } = consumer;
  if (refusals === 0) return undefined;
  const count = `${printCount(refusals)} person${refusals === 1 ? '' : 's'} could not be told`;
  if (refused.length === 0) return `${count}: \`hub consumers status ${name}\` says who`;
  const more = refusals - refused.length;
  return [
    count,
    ...refused.map(
      ({ personKey, code, since }) => `${personKey}  ${code} since ${printTime(since)}`,
    ),
    ...(more > 0 ? [`… and ${printCount(more)} more`] : []),
  ].join(`\n${' '.repeat(14)}`);
}

function printPurges({ open, oldestSeconds }: ConsumerStatus['purges']): string {
  if (open === 0) return 'no order open';
  return `${printCount(open)} order${open === 1 ? '' : 's'} open, the oldest since ${printSpan(oldestSeconds)}`;
}

/** When an agreement ends soon, or is over. */
export function printAgreement(validTo: string, standing: AgreementStanding): string {
  switch (standing.kind) {
    case 'valid':
      return `to ${validTo}`;
    case 'ends-soon':
      return `to ${validTo}: ${printDays(standing.daysLeft)} left`;
    case 'over':
      return `to ${validTo}: OVER since ${printDays(standing.daysOver)}; it is fed on until somebody decides`;
  }
}

function printDays(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** A span of time in its largest unit. */
function printSpan(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3_600)} h`
    : `${Math.round(seconds / 86_400)} days`;
}
