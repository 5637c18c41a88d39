import type { HubStatus } from './read-status.ts';

/**
 * The status in one line: state, phase, position, freshness, lag, backlog, rate, parked, work items (house rule 37).
 * @example running | step-1 | master 3:184467 as of 14:02:10Z (0 s ago) | pu as of 13:58:01Z (249 s ago) | lag 0 | backlog 12 (oldest 0.1 s) | 812/s | parked 3 | work 2 | 3 instances
 */
export function printStatusLine(status: HubStatus): string {
  const { backlog, lagRecords, perSecond, instances } = status;
  const oldest = backlog.waiting === 0 ? '' : ` (oldest ${backlog.oldestSeconds.toFixed(1)} s)`;
  return [
    status.state,
    ...printPhaseAndWalk(status),
    ...printSources(status),
    `lag ${lagRecords === null ? '?' : printCount(lagRecords)}`,
    `backlog ${printCount(backlog.waiting)}${oldest}`,
    `${printCount(Math.round(perSecond.published))}/s`,
    `parked ${printCount(status.parked.reduce((total, { waiting }) => total + waiting, 0))}`,
    `work ${printCount(status.workItems)}`,
    `${instances} instance${instances === 1 ? '' : 's'}`,
    ...status.reasons,
  ].join(' | ');
}

/** Digits in threes, whatever the locale of the machine. */
export function printCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
}

/** Parked records by code, most first. */
export function printParked(parked: HubStatus['parked']): string {
  if (parked.length === 0) return 'Nothing is parked.';
  return parked
    .toSorted((a, b) => b.waiting - a.waiting || (a.code < b.code ? -1 : 1))
    .map(({ code, waiting }) => `${printCount(waiting).padStart(9)}  ${code}`)
    .join('\n');
}

function printPhaseAndWalk({ phase, walk }: HubStatus): readonly string[] {
  if (walk === null) return [phase];
  const what = walk.kind === 'phase' ? 'switch' : 'rebuild';
  const how =
    walk.state === 'stopped' ? 'stopped, hub errors HUB_SYNC_DERIVATION_STOPPED' : 'under way';
  return [phase, `${what} ${how}: ${printCount(walk.persons)} persons derived again`];
}

function printSources({ sources }: HubStatus): readonly string[] {
  return sources.length === 0 ? ['source not read'] : sources.map(printSource);
}

function printSource(source: HubStatus['sources'][number]): string {
  const { name, position, loadedRows, expectedRows, currentAsOf, freshnessSeconds } = source;
  const place = position ?? (name === 'master' ? 'at the beginning' : '');
  const where = place === '' ? name : `${name} ${place}`;
  if (loadedRows !== null) {
    const all = expectedRows === null ? '' : ` of ${printCount(expectedRows)}`;
    return `${where} loaded ${printCount(loadedRows)}${all} rows`;
  }
  if (currentAsOf === null || freshnessSeconds === null) return `${where} not yet read to its end`;
  const asOf = new Date(currentAsOf).toISOString().slice(11, 19);
  return `${where} as of ${asOf}Z (${Math.round(freshnessSeconds)} s ago)`;
}
