import { findHubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { Lease, RawRecordSink } from '../../core/sync/ports.ts';
import { formatPosition } from '../../core/sync/source-record.ts';
import type { MasterConfig } from '../config/hub-config.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import { alarmOf } from '../observability/health.ts';
import type { MasterDatabase } from '../sources/master/master-dialect.ts';
import { openPgMaster } from '../sources/master/master-pg-client.ts';
import { createMasterSource, type MasterSource } from '../sources/master/master-source.ts';
import {
  MASTER_SOURCE_DEFAULTS,
  type MasterSourceConfig,
} from '../sources/master/master-source-config.ts';
import type {
  MasterSourceEvent,
  MasterSourceStatus,
} from '../sources/master/master-source-events.ts';
import { waitMs } from './cancellable-wait.ts';
import type { HubParts } from './hub-parts.ts';
import { identityHashKey } from './open-parts.ts';
import type { SourceStatus } from './operations/instance-status.ts';
import { LEASE_TTL_MS, RENEW_MS } from './partition-leases.ts';
import { createIdentityHasher } from './raw-message.ts';
import { createRawTopicSink } from './raw-topic-sink.ts';
import { carryOutCommands } from './source-command-loop.ts';

export const SOURCE: SafeText = safeText('source');
const LEASE_NAME = 'source-master';
const RESTART_MS = 1_000;
const STATUS_MS = 1_000;
/** Two: while one partition's records are on the way, another's are encoded. */
const PRODUCERS = 2;

/**
 * Reads Master when this instance holds the lease, and stands by when another does, until the signal. When Master, Kafka or the store is
 * away it waits and goes on; only a fault that no waiting mends ends it.
 */
export async function runSourceRole(parts: HubParts, signal: AbortSignal): Promise<void> {
  const { config, store, health, log } = parts;
  const sink = composeSink(parts);
  while (!signal.aborted) {
    try {
      const lease = await store.leases.acquire(LEASE_NAME, config.instance, LEASE_TTL_MS);
      if (lease === undefined) {
        health.report(SOURCE, { kind: 'idle', forMs: RENEW_MS });
        await waitMs(RENEW_MS, signal);
        continue;
      }
      await readUnderLease(parts, lease, sink, signal);
    } catch (error) {
      const found = findHubError(error);
      const isLost = found?.code === 'HUB_MASTER_LEASE_LOST';
      if (!isLost && found?.disposition !== 'retriable') throw error;
      if (!isLost) health.report(SOURCE, alarmOf(error));
      log.error('reading Master stops and begins again', error);
      await waitMs(RESTART_MS, signal);
    }
  }
  health.report(SOURCE, { kind: 'stopped' });
}

/** Reads until the signal, or until the lease is lost. */
async function readUnderLease(
  parts: HubParts,
  lease: Lease,
  sink: RawRecordSink,
  signal: AbortSignal,
): Promise<void> {
  const { store, log, counters } = parts;
  const end = new AbortController();
  const inner = AbortSignal.any([signal, end.signal]);
  await using database = await openMaster(masterOf(parts), inner);
  const source = composeSource(parts, lease, database, sink, inner);
  log.info('this instance reads Master');
  const beside = [
    keepLease(parts, lease, end, inner),
    reportStatus(parts, source, inner),
    carryOutCommands(store, source, parts.config.instance, log, inner),
  ];
  try {
    await source.run();
  } finally {
    end.abort();
    await Promise.all(beside);
    counters.source = null;
    await store.leases.release(lease).catch((error: unknown) => {
      log.error('the lease on Master is left to run out', error);
    });
  }
}

function masterOf({ config }: HubParts): MasterConfig {
  if (config.master === null) throw new TypeError('The role source needs MASTER_URL.');
  return config.master;
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

function composeSink({ config, files, kafka, counters, metrics }: HubParts): RawRecordSink {
  const sink = createRawTopicSink({
    topic: topicName(TOPIC.sourceMaster, config.kafka.topicPrefix),
    partitions: config.kafka.personTopicPartitions,
    hash: createIdentityHasher(identityHashKey(config), files.masterMapping.person.key),
    keyFields: files.masterMapping.person.key,
    producers: Array.from({ length: PRODUCERS }, () => kafka.producer()),
  });
  return {
    append: async (messages) => {
      await sink.append(messages);
      counters.read += messages.length;
      metrics.add('hub_source_records_sent_total', { source: 'master' }, messages.length);
    },
  };
}

function composeSource(
  parts: HubParts,
  lease: Lease,
  database: MasterDatabase,
  sink: RawRecordSink,
  signal: AbortSignal,
): MasterSource {
  const { files, store } = parts;
  const settings = sourceSettings(masterOf(parts));
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

/** Renews the lease; when it is lost, ends the reading. */
async function keepLease(
  { store, log }: HubParts,
  lease: Lease,
  end: AbortController,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await waitMs(RENEW_MS, signal);
    if (signal.aborted) return;
    try {
      if (await store.leases.renew(lease, LEASE_TTL_MS)) continue;
      log.warn('another instance reads Master now');
      end.abort();
    } catch (error) {
      // Reading may go on: what it sends is safe to send twice, and the checkpoint is stored only under the lease.
      log.error('the lease on Master could not be renewed', error);
    }
  }
}

function observe({ log, metrics, health }: HubParts, event: MasterSourceEvent): void {
  switch (event.kind) {
    case 'state':
      log.info('Master source', { state: safeWord(event.state) });
      return;
    case 'progress':
      health.report(SOURCE, { kind: 'progress' });
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

/** Puts the source's state where the heartbeat, the metrics and the health find it. */
async function reportStatus(
  { counters, metrics, health }: HubParts,
  source: MasterSource,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const status = source.status();
    counters.source = describeSource(status);
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
      health.report(SOURCE, { kind: 'alarm', reason: safeWord(status.frozenBy) });
    } else if (status.state === 'paused') health.report(SOURCE, { kind: 'paused' });
    else if (status.state === 'streaming')
      health.report(SOURCE, { kind: 'idle', forMs: STATUS_MS });
    await waitMs(STATUS_MS, signal);
  }
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
  };
}
