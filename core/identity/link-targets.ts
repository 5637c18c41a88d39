import type { PersonEvidence } from '../mapping/person-evidence.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';

const NONE: readonly Identity[] = [];

/**
 * Whom a record links its identity with, each once and in the record's order: whatever the kind of the link, also one that has ended,
 * and whether it counts or not. All of them belong into one group with it. A removed record links to nobody.
 */
export function linkTargets(content: PersonEvidence | null): readonly Identity[] {
  if (content === null || content.links.length === 0) return NONE;
  const targets = new Map<string, Identity>();
  const own = identityText(content.identity);
  for (const { identity } of content.links) {
    const text = identityText(identity);
    if (text !== own && !targets.has(text)) targets.set(text, identity);
  }
  return [...targets.values()];
}
