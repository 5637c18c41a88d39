import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { UsageError } from './usage-error.ts';

/** The profile in the files. */
export async function findProfile(operator: Operator, name: string): Promise<ConsumerProfile> {
  const profile = (await operator.readConsumers()).get(name);
  if (profile !== undefined) return profile;
  throw new UsageError('error: there is no consumer of this name. `hub consumers list` shows all.');
}

/** The consumer as it was added. */
export async function findRegistered(operator: Operator, name: string) {
  const consumer = await operator.store.consumers.find(name);
  if (consumer !== undefined) return consumer;
  throw new UsageError(
    'error: no consumer of this name was added, or it is gone. `hub consumers status` shows all.',
  );
}

/** One walk over everybody at a time. */
export function refuseWalking({ walk }: Awaited<ReturnType<typeof findRegistered>>): void {
  if (walk === null) return;
  throw new UsageError(
    'error: everybody is gone through for it already. `hub consumers status` shows how far.',
  );
}
