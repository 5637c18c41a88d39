import { type Identity, identityText } from '../person/person-identifier.ts';
import type { StoredEvidence } from '../sync/stored-group.ts';

const NOBODY: readonly Identity[] = [];

/** Everybody whom any record of a cluster states a relation with, each once: who of them is protected decides what is told. */
export function relatedIdentities(
  members: readonly { readonly evidence: readonly StoredEvidence[] }[],
): readonly Identity[] {
  let related: Map<string, Identity> | undefined;
  for (const { evidence } of members) {
    for (const { content } of evidence) {
      if (content === null) continue;
      for (const { identity } of content.relations) {
        if (identity === null) continue;
        related ??= new Map();
        related.set(identityText(identity), identity);
      }
    }
  }
  return related === undefined ? NOBODY : [...related.values()];
}
