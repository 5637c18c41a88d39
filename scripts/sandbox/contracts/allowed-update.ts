import type { PuActor, PuRecord } from '../../population/pu-record.ts';
import { localTimestamp } from '../../population/swedish-time.ts';
import { Refusal } from './write-result.ts';

/**
 * The optimistic lock of the updating contracts: what is replaced has to be what was read (TKB 5.1 ch. 6.11, 6.12).
 *
 * @throws Refusal when it is not, or when no version is named.
 */
export function checkVersion(record: PuRecord, versionToUpdate: string | undefined): void {
  if (versionToUpdate !== record.version) {
    throw new Refusal(
      'Uppgifterna har ändrats sedan de lästes: versionToUpdate är inte personpostens version.',
    );
  }
}

/** Who changed it, with the time that only PU itself sets (TKB 5.1 ch. 6.12). */
export function allowedActor({ id, professional }: PuActor, now: number): PuActor {
  return { id, ...(professional && { professional }), updateTime: localTimestamp(now) };
}
