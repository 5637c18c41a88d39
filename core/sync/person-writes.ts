import { residentialAddressText } from '../golden-record/address-of.ts';
import { deriveEvents } from '../golden-record/derive-events.ts';
import type { GoldenRecord } from '../golden-record/golden-record.ts';
import { membershipChange } from '../golden-record/membership-change.ts';
import { type ContentHash, identityText } from '../person/person-identifier.ts';
import type { PersonWrite } from './batch-changes.ts';
import type { DecideRules } from './decide-batch.ts';
import type { DecidedCluster } from './decide-set.ts';
import type { ContentHasher } from './ports.ts';
import type { GroupSet } from './take-in.ts';

/** @returns undefined when nobody could see a difference. */
export function personWrite(
  cluster: DecidedCluster,
  { cause }: GroupSet,
  hiddenRelatives: ReadonlySet<string>,
  byRelative: boolean,
  rules: DecideRules,
): PersonWrite | undefined {
  const { before, personKey, result, isMerged, isSplit } = cluster;
  const { golden } = result;
  // Nobody was ever told of a person here, and nobody is.
  if (golden === null && before === undefined) return undefined;
  const goldenText = JSON.stringify(golden);
  const contentHash = rules.hasher.hash(goldenText);
  if (before !== undefined && before.redirectTo === null && before.contentHash === contentHash) {
    return undefined;
  }
  const was = before?.golden ?? null;
  const version = (before?.version ?? 0) + 1;
  const context = { merged: isMerged, split: isSplit, byRelative, hiddenRelatives };
  return {
    person: { personKey, version, golden, redirectTo: null, contentHash },
    goldenText,
    isNew: before === undefined,
    events: deriveEvents(was, golden, rules.events, context),
    cause,
    membership: membershipChange(was, golden),
    addressHash: addressHashOf(golden, rules.hasher),
  };
}

/** Whether a relation was told with somebody who is hidden by now. */
export function showedHidden(was: GoldenRecord | null, hidden: ReadonlySet<string>): boolean {
  return (
    was?.kind === 'person' &&
    was.relations.some(({ identity }) => identity !== null && hidden.has(identityText(identity)))
  );
}

/** Of somebody unprotected only, so that a protected person is never found by an address. */
export function addressHashOf(
  golden: GoldenRecord | null,
  hasher: ContentHasher,
): ContentHash | null {
  const text = golden === null ? null : residentialAddressText(golden);
  return text === null ? null : hasher.hash(text);
}

const NOBODY = 'null';

/** The keys that ended: whoever knows one of them is led to the present one. */
export function redirects(
  { personKey, others }: DecidedCluster,
  { cause }: GroupSet,
  hasher: ContentHasher,
): readonly PersonWrite[] {
  return others.flatMap((before): PersonWrite[] => {
    if (before.redirectTo === personKey) return [];
    const { golden, version } = before;
    return [
      {
        person: {
          personKey: before.personKey,
          version: version + 1,
          golden: null,
          redirectTo: personKey,
          contentHash: hasher.hash(`redirect to ${personKey}`),
        },
        goldenText: NOBODY,
        isNew: false,
        events:
          golden === null
            ? []
            : [{ type: 'persons-merged', effectiveDate: null, changed: ['identities'] }],
        cause,
        membership: membershipChange(golden, null),
        addressHash: null,
      },
    ];
  });
}
