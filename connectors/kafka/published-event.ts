import type { PublishedEvent } from '../../core/disclosure/visible-events.ts';
import { FIELD_GROUPS } from '../../core/golden-record/golden-record.ts';
import { EVENT_TYPES } from '../../core/golden-record/person-event.ts';
import type { PartialDate } from '../../core/person/partial-date.ts';
import { type PersonKey, parsePersonKey } from '../../core/person/person-identifier.ts';

/**
 * Reads a decoded record of `person.events.v1` back.
 * @returns undefined when it is none of ours.
 */
export function readPublishedEvent(
  record: Readonly<Record<string, unknown>>,
): { readonly personKey: PersonKey; readonly event: PublishedEvent } | undefined {
  const { personKey: key, version, type, effectiveDate, changed, recordedAt } = record;
  const personKey = typeof key === 'string' ? parsePersonKey(key) : undefined;
  if (personKey === undefined || typeof version !== 'number' || !Array.isArray(changed)) {
    return undefined;
  }
  return {
    personKey,
    event: {
      // A type of a later release: that something happened is told all the same.
      type: TYPES.get(String(type)) ?? 'details-changed',
      version,
      effectiveDate: partialDateOf(effectiveDate),
      changed: changed.flatMap((symbol) => GROUPS.get(String(symbol)) ?? []),
      recordedAt: Number(recordedAt),
    },
  };
}

const TYPES = wordsOf(EVENT_TYPES);
const GROUPS = wordsOf(FIELD_GROUPS);

/** From Avro symbols to our words. */
function wordsOf<W extends string>(words: readonly W[]): ReadonlyMap<string, W> {
  return new Map(words.map((word) => [word.toUpperCase().replaceAll('-', '_'), word]));
}

const PRECISIONS = wordsOf(['year', 'month', 'day']);

function partialDateOf(value: unknown): PartialDate | null {
  if (typeof value !== 'object' || value === null) return null;
  const { precision, value: text } = value as { precision?: unknown; value?: unknown };
  const word = PRECISIONS.get(String(precision));
  return word === undefined || typeof text !== 'string' ? null : { precision: word, value: text };
}
