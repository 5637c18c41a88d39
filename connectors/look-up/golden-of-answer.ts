import type { GoldenRules } from '../../core/golden-record/authority.ts';
import { deriveGolden } from '../../core/golden-record/derive-golden.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import {
  type Identity,
  type IdentityKey,
  identityText,
} from '../../core/person/person-identifier.ts';
import { BEFORE_EVERYTHING } from '../../core/sync/source-record.ts';

/** The phase in which PU decides about every kind of number. */
const PU_DECIDES = 'step-2';
const NO_KEY = '00000000-0000-0000-0000-000000000000' as IdentityKey;

/**
 * The golden record of somebody of whom only PU's answer counts, by the rules that hold for everybody. Of the person's identities it has the one that
 * was asked for: which others are the same person is decided by the main path, from all evidence.
 *
 * @param known identities (`identityText`) of which the hub knows that they are of protected persons: they are in no relation, and whoever is linked
 * with one is protected too (design 4.4).
 * @returns null: the rules tell nobody, as of a test person in production.
 */
export function goldenOfAnswer(
  evidence: PersonEvidence,
  known: ReadonlySet<string>,
  rules: GoldenRules,
): GoldenRecord | null {
  const { identity, protectedPerson } = evidence;
  const isLinkedToProtected = linkedTo(evidence).some((one) => known.has(identityText(one)));
  const content = { ...evidence, protectedPerson: protectedPerson || isLinkedToProtected };
  return deriveGolden(
    {
      members: [
        {
          identity,
          identityKey: NO_KEY,
          evidence: [
            { source: 'pu', position: BEFORE_EVERYTHING, content, contentHash: '' as ContentHash },
          ],
        },
      ],
      inDoubt: [],
      decisions: [],
      hiddenRelatives: known,
    },
    rules,
    PU_DECIDES,
  ).golden;
}

/** The identity itself and those that are said to be the same person. */
export function linkedTo({ identity, links }: PersonEvidence): readonly Identity[] {
  return [identity, ...links.map((link) => link.identity)];
}

/** Everybody of whom it matters whether they are protected when this answer is told. */
export function thoseAround(evidence: PersonEvidence): readonly Identity[] {
  const relatives = evidence.relations.flatMap(({ identity }) => identity ?? []);
  return [...linkedTo(evidence), ...relatives];
}
