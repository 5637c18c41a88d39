import type { MappingResult } from '../../../core/mapping/mapping-result.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import type { Identity, IdentityHash } from '../../../core/person/person-identifier.ts';
import { identityText } from '../../../core/person/person-identifier.ts';
import { carryOutFollowUps } from '../../../core/sync/follow-up.ts';
import { type BatchOutcome, processSourceBatch } from '../../../core/sync/process-source-batch.ts';
import type { SourceMessage, SourceName } from '../../../core/sync/source-record.ts';
import type { PlainStore } from '../../scenarios/plain-store.ts';
import { at } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';

/** What one record says, after mapping. */
export type Said = PersonEvidence | { readonly removed: Identity } | { readonly unknown: Identity };

const READ_AT = '2026-01-01T00:00:00.000Z';

/** Sends records of a source down the main path as one batch, at the next positions, and carries out the follow-ups. */
export async function feed(
  store: PlainStore,
  source: SourceName,
  ...said: readonly Said[]
): Promise<BatchOutcome> {
  return await feedAt(READ_AT, store, source, ...said);
}

/** The same, read at another time. */
export async function feedAt(
  readAt: string,
  store: PlainStore,
  source: SourceName,
  ...said: readonly Said[]
): Promise<BatchOutcome> {
  const topic = `source.${source}.person.v1`;
  const firstOffset = store.nextOffset(topic);
  const results = new Map<SourceMessage, MappingResult>();
  const records = said.map((one, i) => {
    const offset = firstOffset + i;
    const message: SourceMessage = {
      source,
      operation: 'upsert',
      position: at(offset + 1),
      snapshot: false,
      readAt,
      person: {},
      children: {},
    };
    const result = resultOf(one);
    results.set(message, result);
    const identity = result.kind === 'mapped' ? result.evidence.identity : result.identity;
    const identityHash = identityText(identity) as string as IdentityHash;
    return { offset, identityHash, message, payload: new Uint8Array() };
  });
  const outcome = await processSourceBatch(
    { topic, partition: 0, firstOffset, nextOffset: firstOffset + said.length, records },
    store,
    {
      ...testRules,
      source,
      map: (message) =>
        results.get(message) ?? { kind: 'rejected', code: 'HUB_SYNC_RAW_UNREADABLE', field: null },
    },
  );
  // Twice: what is new is only stamped the first time.
  for (let i = 0; i < 3; i++) {
    await carryOutFollowUps(store, store.followUps, testRules, 100, READ_AT);
  }
  return outcome;
}

function resultOf(said: Said): Exclude<MappingResult, { kind: 'rejected' }> {
  if ('removed' in said) return { kind: 'removed', identity: said.removed };
  if ('unknown' in said) return { kind: 'unknown', identity: said.unknown };
  return { kind: 'mapped', evidence: said };
}
