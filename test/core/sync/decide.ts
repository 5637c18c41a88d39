import type { Phase } from '../../../core/golden-record/authority.ts';
import type { EvidenceWrite } from '../../../core/sync/batch-changes.ts';
import { type Decided, decideBatch } from '../../../core/sync/decide-batch.ts';
import type { IncomingEvidence } from '../../../core/sync/incoming-evidence.ts';
import type { IdentityGroup } from '../../../core/sync/stored-group.ts';
import { takeIn } from '../../../core/sync/take-in.ts';
import { testRules } from '../../support/test-rules.ts';

export interface BatchDecision extends Decided {
  readonly evidence: readonly EvidenceWrite[];
  readonly stale: number;
}

/** The pure part of a batch, as the main path puts it together. */
export function decide(
  group: IdentityGroup,
  incoming: readonly IncomingEvidence[],
  phase: Phase = 'shadow',
): BatchDecision {
  const { writes, sets, stale } = takeIn([group], incoming, testRules.hasher);
  return { ...decideBatch(sets, new Set(), phase, testRules), evidence: writes, stale };
}
