import type { HubRole } from '../config/settings.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import { SILENT_SECONDS } from './operations/read-status.ts';

/** How many instances have a role now. */
export async function countInstances(
  { instances }: Pick<HubStore, 'instances'>,
  role: HubRole,
): Promise<number> {
  const seen = await instances.list();
  return seen.filter((one) => one.roles.includes(role) && one.secondsSinceSeen < SILENT_SECONDS)
    .length;
}
