import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { SourceMessage } from '../../core/sync/source-record.ts';
import { comparePlaces, type LatestRecord } from './oracle-world.ts';
import { mapModelRecord } from './registers.ts';

/** The latest word of a register about each number of the model, after all records of its topic, one by one. */
export function latestRecords(topic: readonly SourceMessage[]): ReadonlyMap<number, LatestRecord> {
  const latest = new Map<number, LatestRecord>();
  for (const message of topic) {
    const who = Number(message.person['who']);
    const before = latest.get(who);
    if (before !== undefined && comparePlaces(message.position, before.position) < 0) continue;
    const result = mapModelRecord(message);
    const content = result.kind === 'mapped' ? result.evidence : null;
    const flagged = content !== null && hasFlag(content);
    const wasFlagged = before?.content != null && hasFlag(before.content);
    // A flag that stays has the age that it had.
    const since = wasFlagged
      ? before.content.protectedSince
      : Math.floor(Date.parse(message.readAt) / 1000);
    latest.set(who, {
      position: message.position,
      content: content && { ...content, protectedSince: flagged ? since : null },
    });
  }
  return latest;
}

function hasFlag({ protectedPerson, protectedPopulationRecord }: PersonEvidence): boolean {
  return protectedPerson || protectedPopulationRecord;
}
