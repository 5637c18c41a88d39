import { safeWord } from '../../core/errors/log-safe.ts';
import type { Lease, RawRecordSink } from '../../core/sync/ports.ts';
import type { PuConfig } from '../config/hub-config.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import { checkCertificate } from '../sources/pu/pu-certificate.ts';
import type { PuClient } from '../sources/pu/pu-client-port.ts';
import { createPuSource, type PuSource } from '../sources/pu/pu-source.ts';
import type { PuSourceConfig } from '../sources/pu/pu-source-config.ts';
import type { PuCommand, PuSourceStatus } from '../sources/pu/pu-source-events.ts';
import type { PuState } from '../sources/pu/pu-source-status.ts';
import { openPullSchedule } from '../sources/pu/pull-schedule.ts';
import type { HubParts } from './hub-parts.ts';
import { watchMasterLoad } from './master-is-loaded.ts';
import { certificateOf, openPu } from './open-pu.ts';
import type { SourceState, SourceStatus } from './operations/instance-status.ts';
import { pullOf } from './operations/source-commands.ts';
import { pullScopeOf, puSourceSettings } from './pu-source-settings.ts';
import { oldestWatermark, PuView } from './pu-view.ts';
import type { OpenSource, SourceReader } from './source-role.ts';
import { openSourceSink } from './source-sink.ts';

/** The fields that name a person in PU's records. */
/** The field names of PU's key, in its order. */
export const PU_KEY = ['identityRoot', 'identity'];

/**
 * PU as a source of this instance.
 *
 * A fault of PU that no waiting mends (an expired certificate, a caller who is refused) does not end the instance: Master is what
 * golden records follow, and an operator who is woken because of a certificate would find everything standing still in place of one
 * register growing old. So PU stands down: the instance is unhealthy with the code, its log says what to do, and PU is tried again
 * every few minutes, since the cure is often at the other end (an HSA-id that is connected, a certificate of the server). A new
 * certificate of ours is read at a start. A bug is no fault of PU and ends the instance like any other.
 *
 * @throws HubError `HUB_CONFIG_INVALID` at once when a schedule is no cron text, or PU_CERT no certificate.
 */
export function puReader(parts: HubParts, pu: PuConfig): SourceReader {
  const settings = puSourceSettings(parts.config.environment, pu, parts.files);
  // Looked at now and not when the lease comes, which may be in a month: a wrong setting must end the start.
  openPullSchedule(settings.pulls);
  checkCertificate(certificateOf(pu.tls));
  const view = new PuView(parts, parts.config.health.stallSeconds * 1_000);
  const sink = openSourceSink(parts, {
    source: 'pu',
    topic: TOPIC.sourcePu,
    keyFields: PU_KEY,
    tooLarge: 'HUB_PU_RECORD_TOO_LARGE',
  });
  return {
    source: 'pu',
    isLeaseLost: ({ code }) => code === 'HUB_PU_LEASE_LOST',
    standsDown: ({ code }) => {
      const isPu = code.startsWith('HUB_PU_');
      if (isPu) view.standDown();
      return isPu;
    },
    open: (lease, signal) => {
      const client = openPu(parts, pu, signal);
      const source = composeSource({ parts, settings, client, sink, view, lease, signal });
      return Promise.resolve(openSource(source, view, client));
    },
  };
}

interface Composition {
  readonly parts: HubParts;
  readonly settings: PuSourceConfig;
  readonly client: PuClient;
  readonly sink: RawRecordSink;
  readonly view: PuView;
  readonly lease: Lease;
  readonly signal: AbortSignal;
}

function composeSource(composition: Composition): PuSource {
  const { parts, settings, client, sink, view, lease, signal } = composition;
  const { config, store, kafka } = parts;
  return createPuSource({
    config: settings,
    client,
    sink,
    checkpoints: store.checkpoints,
    lease,
    known: store.puKnown,
    identities: store.askableIdentities(pullScopeOf(settings), settings.pageIdentities),
    isMasterLoaded: watchMasterLoad({
      hasMaster: config.master !== null,
      checkpoints: store.checkpoints,
      persons: store.persons,
      admin: kafka.admin,
      topic: topicName(TOPIC.sourceMaster, config.kafka.topicPrefix),
    }),
    schedule: openPullSchedule(settings.pulls),
    signal,
    clock: Date,
    random: Math.random,
    observe: (event) => view.observe(event),
  });
}

function openSource(source: PuSource, view: PuView, client: AsyncDisposable): OpenSource {
  return {
    run: () => source.run(),
    carryOut: async (stored) => {
      const command = puCommand(stored);
      if (command === undefined) return 'unknown-command';
      const outcome = await source.send(command);
      // While everybody is being asked for already. It is not refused: what made somebody ask, such as the accepted loss of raw records, is
      // mended only by a reload that begins after it.
      return command.kind === 'reload' && outcome === 'not-applicable' ? 'not-yet' : outcome;
    },
    describe: () => {
      const status = source.status();
      view.look(status, Date.now());
      return describePu(status);
    },
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

function puCommand({ kind, arguments: args }: StoredCommand): PuCommand | undefined {
  switch (kind) {
    case 'source-pause':
      return { kind: 'pause' };
    case 'source-resume':
      return { kind: 'resume' };
    case 'source-reload':
      return { kind: 'reload' };
    case 'source-pull': {
      const pull = pullOf(args);
      return pull === undefined ? undefined : { kind: 'pull-now', pull };
    }
    default:
      return undefined;
  }
}

const STATES: Readonly<Record<PuState, SourceState>> = {
  starting: 'starting',
  'waiting-for-master': 'starting',
  loading: 'loading',
  pulling: 'streaming',
  idle: 'streaming',
  failing: 'streaming',
  paused: 'paused',
  stopped: 'stopped',
};

function describePu(status: PuSourceStatus): SourceStatus {
  const { state, load, shards } = status;
  return {
    name: 'pu',
    state: STATES[state],
    frozenBy: null,
    position: null,
    currentAsOf: oldestWatermark(status),
    loadedRows: load?.done ?? null,
    expectedRows: load?.total ?? null,
    pulls: {
      secondsLeft: load?.secondsLeft ?? null,
      shards: shards.map(({ pull, shard, nextDueAt, lastError }) => ({
        pull,
        shard: safeWord(shard),
        nextDueAt,
        lastError,
      })),
    },
  };
}
