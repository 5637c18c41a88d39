import type { PersonEvidence } from '../mapping/person-evidence.ts';
import type { ProtectionFlags } from '../mapping/raised-protection.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type { RecordCause } from './batch-changes.ts';

/** What one record of a batch says. */
export interface IncomingEvidence {
  readonly identity: Identity;
  /**
   * Null when the source has positively removed the identity, or does not know it (then at `BEFORE_EVERYTHING`); `as-before` when the record is
   * parked and only {@link raises} counts.
   */
  readonly content: PersonEvidence | null | 'as-before';
  /** Flags that are set on top of the content. */
  readonly raises?: ProtectionFlags;
  readonly cause: RecordCause;
}

/** Records of one source about one identity, in the order of the topic. */
export type RecordChain = readonly [IncomingEvidence, ...IncomingEvidence[]];

/** The chains of each identity, one for each source that says something. */
export function chainsByIdentity(
  incoming: readonly IncomingEvidence[],
): ReadonlyMap<string, readonly RecordChain[]> {
  const byIdentity = new Map<string, [IncomingEvidence, ...IncomingEvidence[]][]>();
  for (const record of incoming) {
    const text = identityText(record.identity);
    const chains = byIdentity.get(text);
    if (chains === undefined) {
      byIdentity.set(text, [[record]]);
      continue;
    }
    const chain = chains.find(([first]) => first.cause.source === record.cause.source);
    if (chain === undefined) chains.push([record]);
    else chain.push(record);
  }
  return byIdentity;
}
