import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { StoredEvidence } from '../../core/sync/stored-group.ts';

/** The columns of evidence as text, all null where a join found none. */
export interface EvidenceRow {
  readonly [column: string]: string | null;
  readonly source: string | null;
  readonly epoch: string | null;
  readonly version: string | null;
  readonly content: string | null;
  readonly content_hash: string | null;
}

/** What evidence of a release before 0005 does not have yet: nothing is known of it. */
const UNKNOWN_BEFORE = {
  relations: [],
  contactPersons: [],
  paperOptOut: null,
  protectedSince: null,
} as const;

/** Trusts the text: only this program writes it. */
export function parseEvidence(content: string | null): PersonEvidence | null {
  if (content === null) return null;
  const evidence = JSON.parse(content) as PersonEvidence;
  return Object.hasOwn(evidence, 'protectedSince') ? evidence : { ...evidence, ...UNKNOWN_BEFORE };
}

/** Empty for a row without evidence. */
export function storedEvidence(row: EvidenceRow): readonly StoredEvidence[] {
  if (row.source === null || row.version === null) return [];
  return [
    {
      source: row.source as SourceName,
      position: { epoch: Number(row.epoch), version: BigInt(row.version) },
      content: parseEvidence(row.content),
      contentHash: row.content_hash as ContentHash,
    },
  ];
}
