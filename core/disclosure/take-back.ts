import { FIELD_GROUPS } from '../golden-record/golden-record.ts';
import type { ContentHash } from '../person/person-identifier.ts';
import type { Delivered } from './delivery.ts';
import type { DeliveryDecision } from './delivery-question.ts';

export interface TakeBackRules {
  /** Above every generation that anything was sent with. */
  readonly generation: number;
  /** Without a state: a tombstone would reach nobody. */
  readonly isThin: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Takes a person back from a consumer that is dropped: a tombstone, and an order to forget everything that it was told and not ordered to forget before.
 *
 * @returns undefined: the consumer has nothing of the person any more.
 */
export function decideTakeBack(
  last: Delivered,
  { generation, isThin, now }: TakeBackRules,
): DeliveryDecision | undefined {
  const fields = FIELD_GROUPS.filter((group) => last.told.has(group));
  const hasIt = last.kind !== 'gone';
  if (!hasIt && fields.length === 0) return undefined;
  const { version } = last;
  const order = {
    reason: 'no-longer-disclosed' as const,
    fields,
    upToGeneration: generation,
    upToVersion: version,
    orderId: null,
  };
  const withdrawn = {
    type: 'withdrawn' as const,
    version,
    effectiveDate: null,
    changed: [],
    recordedAt: now,
  };
  return {
    state: null,
    version,
    purges: fields.length === 0 ? [] : [order],
    events: isThin && hasIt ? [withdrawn] : [],
    delivered: { ...last, generation, kind: 'gone', told: new Set(), contentHash: NOTHING },
  };
}

const NOTHING = '' as ContentHash;
