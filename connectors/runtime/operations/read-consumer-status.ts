import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { ConsumerWalk } from '../../../core/disclosure/delivery-ports.ts';
import { printProfile } from '../../../core/disclosure/profile-text.ts';
import type { AwaitedAnswers, ConsumerRefusal } from '../../hub-store/consumer-reads.ts';
import type { RegisteredConsumer } from '../../hub-store/consumer-rows.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { KafkaAdmin } from '../../kafka/kafka-admin.ts';
import { type AgreementStanding, standingOf } from './consumer-agreement.ts';

/** How a walk over everybody comes on. */
export interface WalkProgress
  extends Pick<ConsumerWalk, 'kind' | 'generation' | 'done' | 'total' | 'startedAt'> {
  /** Since it began, pauses included. */
  readonly perSecond: number;
  /** Null: not known, since nobody was reached yet. */
  readonly secondsLeft: number | null;
}

/** How one consumer stands. Log-safe. */
export interface ConsumerStatus {
  readonly consumer: RegisteredConsumer;
  readonly agreement: AgreementStanding;
  /** The file of its profile against the one that it was added or changed with last. */
  readonly file: ProfileFile;
  readonly walk: WalkProgress | null;
  /** Events of the hub that it was not told of yet; null: nothing was read for it yet. */
  readonly lagEvents: number | null;
  /** Orders to forget that it has not acknowledged. */
  readonly purges: { readonly open: number; readonly oldestSeconds: number };
  /** Those who could not be told, the first of them; empty when it was not asked who. */
  readonly refused: readonly ConsumerRefusal[];
  /** What a consumer that is dropped is waited for; null: it is not dropped. */
  readonly awaited: AwaitedAnswers | null;
}

export type ProfileFile = 'same' | 'changed' | 'missing';

export interface ConsumerStatusPorts {
  readonly store: Pick<HubStore, 'consumers' | 'deliveries' | 'consumerPurges'>;
  readonly admin: Pick<KafkaAdmin, 'offsets'>;
  /** `person.events.v1` with its prefix. */
  readonly eventTopic: string;
  readonly files: ReadonlyMap<string, ConsumerProfile>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const MOST_REFUSED = 50;

/** Every consumer that was added, by name. @param name only this one. @param namesRefused also who could not be told. */
export async function readConsumerStatus(
  { store, admin, eventTopic, files, now }: ConsumerStatusPorts,
  name?: string,
  namesRefused = false,
): Promise<readonly ConsumerStatus[]> {
  const consumers = (await store.consumers.list()).filter(
    (consumer) => name === undefined || consumer.name === name,
  );
  if (consumers.length === 0) return [];
  const ends = new Map(
    (await admin.offsets(eventTopic)).map(({ partition, high }) => [partition, high]),
  );
  const purges = new Map(
    (await store.consumerPurges.countOpen()).map((one) => [one.consumer, one]),
  );
  const result: ConsumerStatus[] = [];
  for (const consumer of consumers) {
    const positions = await store.deliveries.positions(consumer.id);
    const { open, oldestSeconds } = purges.get(consumer.name) ?? NONE_OPEN;
    result.push({
      consumer,
      agreement: standingOf(consumer.agreement, now),
      file: compareWithFile(consumer, files),
      walk: progressOf(consumer.walk, now),
      lagEvents:
        positions.length === 0
          ? null
          : positions.reduce(
              (lag, { partition, nextOffset }) =>
                lag + Math.max(0, (ends.get(partition) ?? nextOffset) - nextOffset),
              0,
            ),
      purges: { open, oldestSeconds },
      refused:
        namesRefused && consumer.refusals > 0
          ? await store.consumers.refusals(consumer.id, MOST_REFUSED)
          : [],
      awaited: consumer.state === 'dropping' ? await store.consumers.awaited(consumer.id) : null,
    });
  }
  return result;
}

const NONE_OPEN = { open: 0, oldestSeconds: 0 } as const;

/** The profile that a consumer goes over to counts as its own. */
export function compareWithFile(
  { name, profile, walk }: Pick<RegisteredConsumer, 'name' | 'profile' | 'walk'>,
  files: ReadonlyMap<string, ConsumerProfile>,
): ProfileFile {
  const file = files.get(name);
  if (file === undefined) return 'missing';
  return printProfile(file) === printProfile(walk?.profile ?? profile) ? 'same' : 'changed';
}

function progressOf(walk: ConsumerWalk | null, now: number): WalkProgress | null {
  if (walk === null) return null;
  const { kind, generation, done, total, startedAt } = walk;
  const perSecond = done / Math.max(1, (now - startedAt) / 1_000);
  const left = Math.max(0, total - done);
  return {
    kind,
    generation,
    done,
    total,
    startedAt,
    perSecond,
    secondsLeft: done === 0 ? null : left / perSecond,
  };
}
