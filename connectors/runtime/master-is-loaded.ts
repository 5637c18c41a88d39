import type { PersonStore, SourceCheckpointStore } from '../../core/sync/ports.ts';
import type { KafkaAdmin } from '../kafka/kafka-admin.ts';
import { parseCheckpoint } from '../sources/master/master-checkpoint.ts';

export interface MasterIsLoadedOptions {
  /** True when this instance knows of a Master. */
  readonly hasMaster: boolean;
  readonly checkpoints: Pick<SourceCheckpointStore, 'load'>;
  readonly persons: PersonStore;
  readonly admin: Pick<KafkaAdmin, 'offsets'>;
  /** Master's raw topic. */
  readonly topic: string;
}

/**
 * Tells whether the hub knows everybody whom Master knows: Master's load has ended, and all of it is processed. PU is asked about those
 * persons, so beginning earlier would leave some out until a later pull. True as well where no Master is read at all.
 *
 * What Master sends after its load is not waited for, or a Master that never rests would be waited for without an end.
 */
export function watchMasterLoad(options: MasterIsLoadedOptions): () => Promise<boolean> {
  const { hasMaster, checkpoints, persons, admin, topic } = options;
  /** By partition, where the raw topic ended when the load was first seen to have ended. */
  let loadEnds: ReadonlyMap<number, number> | undefined;
  return async () => {
    const text = await checkpoints.load('master');
    // A Master that another instance reads counts too, whatever this one knows of.
    if (text === undefined) return !hasMaster;
    if (parseCheckpoint(text).load !== null) {
      loadEnds = undefined;
      return false;
    }
    const offsets = await admin.offsets(topic);
    const ends = loadEnds ?? new Map(offsets.map(({ partition, high }) => [partition, high]));
    loadEnds = ends;
    return await persons.transact(async (transaction) => {
      for (const { partition, low, high } of offsets) {
        // Nobody gets further than a topic that was made anew and is shorter.
        const end = Math.min(ends.get(partition) ?? high, high);
        if (end > low && (await transaction.lockOffset(topic, partition)) < end) return false;
      }
      return true;
    });
  };
}
