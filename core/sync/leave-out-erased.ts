import type { MappingResult } from '../mapping/mapping-result.ts';
import type { PersonEvidence } from '../mapping/person-evidence.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type { RefusedRecord } from './batch-changes.ts';
import type { ErasedIdentities, PersonTransaction, RawRecord } from './ports.ts';

/** A raw record with what became of it. */
export type MappedRecord = RawRecord & { readonly result: MappingResult };

/**
 * Parts the records of persons who were erased from the others: they are refused, whatever they say. What the records of others say about somebody who was
 * erased, links and relations, is left out of them.
 */
export async function leaveOutErased(
  transaction: PersonTransaction,
  records: readonly MappedRecord[],
): Promise<{
  readonly records: readonly MappedRecord[];
  readonly refused: readonly RefusedRecord[];
}> {
  const erased = await transaction.findErased(() => ({
    identities: records.flatMap(({ result }) => mentionedIn(result)),
    hashes: records.flatMap(({ identityHash }) => (identityHash === '' ? [] : identityHash)),
  }));
  if (erased === undefined) return { records, refused: [] };
  const hashes = new Set(erased.hashes);
  // A record that can be read tells whose its key is, for those that cannot.
  for (const { result, identityHash } of records) {
    if (identityHash !== '' && isOf(aboutWhom(result), erased)) hashes.add(identityHash);
  }
  const kept: MappedRecord[] = [];
  const refused: RefusedRecord[] = [];
  for (const record of records) {
    const identity = aboutWhom(record.result);
    if (isOf(identity, erased) || hashes.has(record.identityHash)) {
      refused.push({ identity, identityHash: record.identityHash });
    } else {
      kept.push({ ...record, result: withoutErased(record.result, erased) });
    }
  }
  return { records: kept, refused };
}

function isOf(identity: Identity | null, { identities }: ErasedIdentities): boolean {
  return identity !== null && identities.has(identityText(identity));
}

/** Null: the record is parked, and nobody can say whose it is but by its key. */
function aboutWhom(result: MappingResult): Identity | null {
  switch (result.kind) {
    case 'mapped':
      return result.evidence.identity;
    case 'removed':
    case 'unknown':
      return result.identity;
    case 'rejected':
      return result.raises?.identity ?? null;
  }
}

function mentionedIn(result: MappingResult): readonly Identity[] {
  const identity = aboutWhom(result);
  if (identity === null) return [];
  if (result.kind !== 'mapped') return [identity];
  const { links, relations } = result.evidence;
  return [
    identity,
    ...links.map((link) => link.identity),
    ...relations.flatMap((relation) => relation.identity ?? []),
  ];
}

function withoutErased(result: MappingResult, { identities }: ErasedIdentities): MappingResult {
  if (result.kind !== 'mapped' || identities.size === 0) return result;
  const evidence = withoutMentions(result.evidence, identities);
  return evidence === result.evidence ? result : { ...result, evidence };
}

/**
 * What a record says, without links and relations to these identities (`identityText`). A relation that names nobody by number stays, and so does a
 * contact person: nothing says that it is the same person.
 * @returns the same object when there is nothing to leave out.
 */
export function withoutMentions(
  evidence: PersonEvidence,
  identities: ReadonlySet<string>,
): PersonEvidence {
  const isMentioned = ({ identity }: { readonly identity: Identity | null }): boolean =>
    identity !== null && identities.has(identityText(identity));
  const { links, relations } = evidence;
  if (!links.some(isMentioned) && !relations.some(isMentioned)) return evidence;
  return {
    ...evidence,
    links: links.filter((link) => !isMentioned(link)),
    relations: relations.filter((relation) => !isMentioned(relation)),
  };
}
