import type { Consumer, ConsumerWalk } from '../../../core/disclosure/delivery-ports.ts';
import type { DeliveryRules } from '../../../core/disclosure/delivery-question.ts';
import { narrowedGroups } from '../../../core/disclosure/narrowed-groups.ts';
import type { FieldGroup } from '../../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';

/** What decides whether a walk's profile holds for a person beside its cursor. */
export interface ToldBefore {
  readonly personKey: PersonKey;
  /** The generation of what the person was told last; 0: nothing. */
  readonly generation: number;
  /** Something may have been sent that is not stored. */
  readonly isUnsettled: boolean;
}

type CommonRules = Pick<DeliveryRules, 'now' | 'hasher'>;

/**
 * By which profile a consumer is told of a person. The walk's holds also beyond its cursor for whom it has told, or may have told: before it began anew, or in
 * a page that was not stored. By the profile from before that would be refused as old.
 * @returns undefined when the first load has not reached the person; it will tell what is true then.
 */
export function rulesFor(
  consumer: Consumer,
  { personKey, generation: told, isUnsettled }: ToldBefore,
  common: CommonRules,
): DeliveryRules | undefined {
  const { walk, generation, profile } = consumer;
  if (walk !== null) {
    // UUIDs in small letters: as texts they have the order that the store has them in.
    const isReached = walk.cursor !== null && personKey <= walk.cursor;
    if (isReached || told > generation || isUnsettled) return rulesOfWalk(consumer, walk, common);
  }
  if (generation === 0) return undefined;
  const isThin = isThinSignal(profile);
  return { profile, generation, isThin, narrowed: NOTHING_LESS, before: null, ...common };
}

/** By a walk's profile, with what was told before it. */
export function rulesOfWalk(
  { profile: earlier, generation: from }: Pick<Consumer, 'profile' | 'generation'>,
  { kind, profile, generation }: ConsumerWalk,
  common: CommonRules,
): DeliveryRules {
  return {
    profile,
    generation,
    isThin: isThinSignal(profile),
    narrowed: kind === 'change' ? narrowedGroups(earlier, profile) : NOTHING_LESS,
    before: from > 0 ? { generation: from, groups: earlier.groups } : null,
    ...common,
  };
}

const NOTHING_LESS: ReadonlySet<FieldGroup> = new Set();

function isThinSignal({ delivery }: Consumer['profile']): boolean {
  return delivery.kind === 'topic' && delivery.content === 'thin-signal';
}
