import { safeWord } from '../../core/errors/log-safe.ts';
import type { Lease, RawRecordSink } from '../../core/sync/ports.ts';
import { formatPosition } from '../../core/sync/source-record.ts';
import type { MasterConfig } from '../config/hub-config.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import { TOPIC } from '../kafka/topics.ts';
import type { MasterDatabase } from '../sources/master/master-dialect.ts';
import { openPgMaster } from '../sources/master/master-pg-client.ts';
import { createMasterSource, type MasterSource } from '../sources/master/master-source.ts';
import {
  MASTER_SOURCE_DEFAULTS,
  type MasterSourceConfig,
} from '../sources/master/master-source-config.ts';
import type {
  MasterCommand,
  MasterSourceEvent,
  MasterSourceStatus,
} from '../sources/master/master-source-events.ts';
import type { HubParts } from './hub-parts.ts';
import type { SourceStatus } from './operations/instance-status.ts';
import { filterOf } from './operations/source-commands.ts';
import { type OpenSource, SOURCE_ROLE, type SourceReader, STATUS_MS } from './source-role.ts';
import { openSourceSink } from './source-sink.ts';

const ROLE = SOURCE_ROLE.master;

/**
 * Master as a source of this instance. A fault that no waiting mends ends the instance: while its authority is there, nothing works
 * without Master, and an instance that ends is seen.
 */
export function masterReader(parts: HubParts, master: MasterConfig): SourceReader {
  const sink = openSourceSink(parts, {
    source: 'master',
    topic: TOPIC.sourceMaster,
    keyFields: parts.files.masterMapping.person.key,
    tooLarge: 'HUB_MASTER_ROW_TOO_LARGE',
  });
  return {
    source: 'master',
    isLeaseLost: ({ code }) => code === 'HUB_MASTER_LEASE_LOST',
    standsDown: () => false,
    open: async (lease, signal) => {
      const database = await openMaster(master, signal);
      const source = composeSource(parts, master, lease, database, sink, signal);
      return openSource(parts, source, database);
    },
  };
}

/** Opens Master with the client of its dialect. It connects at the first use. */
export async function openMaster(
  master: MasterConfig,
  signal?: AbortSignal,
): Promise<MasterDatabase> {
  const { queryTimeoutMs } = MASTER_SOURCE_DEFAULTS;
  const url = master.url.reveal();
  if (master.dialect === 'pg') return openPgMaster({ url, queryTimeoutMs });
  // Loaded only where it is needed: the driver takes half a second and tens of megabytes.
  const { openMssqlMaster } = await import('../sources/master/mssql-client.ts');
  return openMssqlMaster({ url, queryTimeoutMs, ...(signal !== undefined && { signal }) });
}

function openSource(parts: HubParts, source: MasterSource, database: MasterDatabase): OpenSource {
  return {
    run: () => source.run(),
    carryOut: async (stored) => {
      const command = masterCommand(stored);
      return command === undefined ? 'unknown-command' : await source.send(command);
    },
    describe: () => {
      const status = source.status();
      tell(parts, status);
      return describeSource(status);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

function composeSource(
  parts: HubParts,
  master: MasterConfig,
  lease: Lease,
  database: MasterDatabase,
  sink: RawRecordSink,
  signal: AbortSignal,
): MasterSource {
  const { files, store } = parts;
  const settings = sourceSettings(master);
  return createMasterSource({
    config: settings,
    mapping: files.masterMapping,
    database,
    sink,
    checkpoints: store.checkpoints,
    lease,
    knownRows: settings.mode === 'change-tracking' ? undefined : store.knownRows('master'),
    signal,
    clock: Date,
    random: Math.random,
    observe: (event) => observe(parts, event),
  });
}

function sourceSettings(master: MasterConfig): MasterSourceConfig {
  return {
    ...MASTER_SOURCE_DEFAULTS,
    mode: master.mode,
    chunkRows: master.chunkRows,
    pageRows: master.chunkRows,
    pollMs: master.pollMs,
    idlePollMs: Math.max(master.pollMs, MASTER_SOURCE_DEFAULTS.idlePollMs),
    maxRowBytes: master.maxRowBytes,
    removalGuard: { ...MASTER_SOURCE_DEFAULTS.removalGuard, maxShare: master.maxRemovalShare },
  };
}

function masterCommand({ kind, arguments: args }: StoredCommand): MasterCommand | undefined {
  switch (kind) {
    case 'source-pause':
      return { kind: 'pause' };
    case 'source-resume':
      return { kind: 'resume' };
    case 'source-resnapshot': {
      const filter = filterOf(args);
      return { kind: 'resnapshot', filter: filter === undefined ? {} : { equals: filter } };
    }
    case 'source-accept-restore':
      return { kind: 'accept-restore' };
    case 'source-accept-removals':
      return { kind: 'accept-removals' };
    case 'source-accept-gap':
      return { kind: 'accept-gap' };
    default:
      return undefined;
  }
}

function observe({ log, metrics, health }: HubParts, event: MasterSourceEvent): void {
  switch (event.kind) {
    case 'state':
      log.info('Master source', { state: safeWord(event.state) });
      return;
    case 'progress':
      health.report(ROLE, { kind: 'progress' });
      metrics.set('hub_source_snapshot_rows', { source: 'master' }, event.done);
      return;
    case 'page': {
      const { messages, removed, refused } = event;
      const count = (operation: 'upsert' | 'removed' | 'refused', by: number): void =>
        metrics.add('hub_source_records_read_total', { source: 'master', operation }, by);
      count('upsert', messages - removed - refused);
      count('removed', removed);
      count('refused', refused);
      return;
    }
    case 'retry':
      log.error('Master is asked again', event.error, { attempt: event.attempt });
      return;
    case 'alarm': {
      const code = safeWord(event.code);
      if (event.isOver) log.info('Master source: the alarm is over', { code, ...event.context });
      else log.warn('Master source: an operator should look', { code, ...event.context });
      return;
    }
  }
}

/** Tells metrics and health how the source is. */
function tell({ metrics, health }: HubParts, status: MasterSourceStatus): void {
  if (status.position !== undefined) {
    const labels = { source: 'master' } as const;
    metrics.set('hub_source_position_epoch', labels, status.position.epoch);
    metrics.set('hub_source_position_version', labels, Number(status.position.version));
  }
  if (status.caughtUpAt !== undefined) {
    const lag = Math.max(0, Date.now() - status.caughtUpAt) / 1_000;
    metrics.set('hub_source_lag_seconds', { source: 'master' }, lag);
  }
  if (status.frozenBy !== undefined) {
    health.report(ROLE, { kind: 'alarm', reason: safeWord(status.frozenBy) });
  } else if (status.state === 'paused') health.report(ROLE, { kind: 'paused' });
  else if (status.state === 'streaming') health.report(ROLE, { kind: 'idle', forMs: STATUS_MS });
}

function describeSource(status: MasterSourceStatus): SourceStatus {
  return {
    name: 'master',
    state: status.state,
    frozenBy: status.frozenBy ?? null,
    position: status.position === undefined ? null : formatPosition(status.position),
    currentAsOf: status.caughtUpAt ?? null,
    loadedRows: status.load?.done ?? null,
    expectedRows: status.load?.total ?? null,
    pulls: null,
  };
}
