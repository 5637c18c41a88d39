import { classifyRoot, STRENGTH_OF } from '../person/identity-type.ts';
import { identityText } from '../person/person-identifier.ts';
import { BEFORE_EVERYTHING, comparePositions } from '../sync/source-record.ts';
import { DECIDED_GROUPS, type DecidedGroup, type GoldenRules, type Phase } from './authority.ts';
import { chooseGolden, type GoldenChoice } from './choose-golden.ts';
import type { GoldenMember, RegisterRecord } from './choose-record.ts';
import type { GoldenInput, GoldenProvenance, GoldenRule, Provenance } from './golden-input.ts';
import type { FieldGroup } from './golden-record.ts';
import { HIDDEN_GROUPS } from './hidden-groups.ts';
import { type JudgedFlag, protects } from './protection.ts';

type Somebody = GoldenChoice & { readonly kind: 'somebody' };

/**
 * Where each field group of the golden record came from, and by which rule: by the same choice as `deriveGolden`. A group is absent when a
 * protected person's record cannot hold it, or when no register that decides about it has a record. Empty when nobody is published.
 */
export function explainGolden(
  input: GoldenInput,
  rules: GoldenRules,
  phase: Phase,
): GoldenProvenance {
  const choice = chooseGolden(input, rules, phase);
  if (choice.kind === 'nobody') return {};
  const { main, protection } = choice;
  const provenance: Partial<Record<FieldGroup, Provenance>> = {
    identities: from(main.member, main.record, 'all-identities'),
    protection: explainProtection(choice),
  };
  for (const group of DECIDED_GROUPS) {
    if (protection.isProtected && HIDDEN_GROUPS.has(group)) continue;
    const record = choice.recordFor(group);
    if (record === undefined) continue;
    provenance[group] = from(main.member, record, ruleOf(choice, group, record));
  }
  return provenance;
}

function from(
  { identityKey }: GoldenMember,
  { source, position }: RegisterRecord,
  rule: GoldenRule,
): Provenance {
  return { source, identityKey, position, rule };
}

function ruleOf(
  { main, cells, protection }: Somebody,
  group: DecidedGroup,
  { source }: RegisterRecord,
): GoldenRule {
  if (group === 'membership' && protection.isProtected) return 'protected-county-only';
  const [first] = cells[group];
  if (source === first) return 'authority';
  const wasAsked = main.member.evidence.some(
    (evidence) =>
      evidence.source === first &&
      evidence.content === null &&
      comparePositions(evidence.position, BEFORE_EVERYTHING) === 0,
  );
  return wasAsked ? 'unknown-to-authority' : 'silent-authority';
}

/** The flag that protects, or else the reason that one does not; without any flag the record that the person is known by. */
function explainProtection({ main, protection }: Somebody): Provenance {
  const { flags, isProtected } = protection;
  const [flag] = (isProtected ? flags.filter(protects) : flags).toSorted(byWeight);
  if (flag === undefined) return from(main.member, main.record, 'any-flag-protects');
  const { member, record, standing, isInDoubt, against } = flag;
  switch (standing) {
    case 'counts':
      return from(member, record, isInDoubt ? 'flag-in-doubt' : 'any-flag-protects');
    case 'kept-by-decision':
    case 'lifted-by-decision':
      return from(member, record, 'decided');
    case 'lifted-by-authority':
      return from(member, against ?? record, 'lifted-by-authority');
  }
}

/** The person's own flag before one that is in doubt, Master's before PU's, then the strongest identity's. */
function byWeight(a: JudgedFlag, b: JudgedFlag): number {
  if (a.isInDoubt !== b.isInDoubt) return a.isInDoubt ? 1 : -1;
  if (a.record.source !== b.record.source) return a.record.source === 'master' ? -1 : 1;
  const stronger = strengthOf(b) - strengthOf(a);
  if (stronger !== 0) return stronger;
  return identityText(a.member.identity) < identityText(b.member.identity) ? -1 : 1;
}

function strengthOf({ member }: JudgedFlag): number {
  return STRENGTH_OF[classifyRoot(member.identity.root)];
}
