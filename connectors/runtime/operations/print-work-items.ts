/** `hub work`: what waits for a decision of a person. Keys; identities only where somebody asked for them. */
import {
  DECISION_CHOICES,
  type DecisionChoice,
  WORK_ITEM_KINDS,
  WORK_ITEM_RULES,
  type WorkItemKind,
} from '../../../core/identity/work-item.ts';
import { classifyRoot } from '../../../core/person/identity-type.ts';
import type { OpenWorkItem, WorkItem } from '../../hub-store/work-items.ts';
import { printCount } from './print-status.ts';
import { printTime } from './print-time.ts';

/** Nobody knows whether the link is right, also when somebody has noted it. */
const IN_DOUBT = 'Until somebody knows, a flag of protection on either side protects both.';

const MEANINGS: Readonly<Record<WorkItemKind, string>> = {
  'link-against-hierarchy': `A register links a stronger number to a weaker one, or two local numbers, which nobody may do alone. They are kept apart. ${IN_DOUBT}`,
  'identity-claimed-twice':
    'A number is linked with two persons: a reserve number with two who are not linked otherwise, or a samordningsnummer with two of contradicting birth dates. ' +
    `It belongs to neither for now, and this is one of the links. ${IN_DOUBT}`,
  'birth-data-differ':
    'Master or PU links two numbers of one kind, and the birth dates of the two, or of numbers that belong to them, contradict each other. ' +
    `PU refers neither to the other, so they are kept apart. ${IN_DOUBT}`,
  'link-stated-and-denied': `PU states a reference in one record and says in another one of the same second that it has ended. It does not count. ${IN_DOUBT}`,
  'references-in-a-circle':
    'All numbers of the strongest kind say that they were replaced: none is the present one.',
  'no-county':
    'A protected person of whom the register that decides gives no county: there is no membership, so nobody can book.',
  'protection-kept-by-master':
    "Master flags the person as protected, and PU, which decides, does not. The person stays protected until PU's record is newer than the flag.",
  'protection-contradicts':
    "Master's flag and PU's record without one are of the same second, and PU decides. The person stays protected.",
  'same-address-as-protected':
    'Somebody unprotected lives where the other person was published before becoming protected.',
};

const CHOICES: Readonly<Record<DecisionChoice, string>> = {
  'same-person': 'the two identities are one person',
  'different-persons': 'they are two, whatever a register states',
  'lift-protection': "Master's flag does not count, for as long as it stays set without a break",
  'keep-protection': 'the flag counts, whatever is newer',
  noted: 'looked at, and nothing is to be done',
};

/** Counts by kind, then the items, oldest first. */
export function printWorkList(
  counts: Readonly<Record<WorkItemKind, number>>,
  items: readonly OpenWorkItem[],
): string {
  const kinds = WORK_ITEM_KINDS.filter((kind) => counts[kind] > 0);
  if (kinds.length === 0) return 'Nothing waits for a decision.';
  const width = Math.max(...kinds.map((kind) => kind.length));
  return [
    ...kinds.map((kind) => `${printCount(counts[kind]).padStart(11)}  ${kind}`),
    ...(items.length === 0 ? [] : ['']),
    ...items.map(
      ({ id, kind, subject, other, openedAt }) =>
        `${String(id).padStart(11)}  ${kind.padEnd(width)}  ${printTime(openedAt)}  ${subject}${other === null ? '' : `  ${other}`}`,
    ),
  ].join('\n');
}

/** One item: what it is about, what it waits for, what can be decided and how. */
export function printWorkItem(
  item: WorkItem,
  { showIdentities }: { readonly showIdentities: boolean },
): string {
  const { id, kind, openedAt, closedAt, identities } = item;
  const { choices, waitsFor } = WORK_ITEM_RULES[kind];
  const width = Math.max(...choices.map((choice) => choice.length));
  const state = closedAt === null ? 'open' : `closed ${printTime(closedAt)}, open`;
  return [
    `Work item ${id}: ${kind}, ${state} since ${printTime(openedAt)}`,
    MEANINGS[kind],
    '',
    'About',
    ...identities.map(({ identityKey, root, extension, personKey }) => {
      const shown = showIdentities ? `${extension} (root ${root})` : '[masked]';
      return `  ${classifyRoot(root).padEnd(4)}  ${shown}  key ${identityKey}  person ${personKey}`;
    }),
    '',
    `${closedAt === null ? 'It waits' : 'It waited'} for this: ${waitsFor}.`,
    closedAt === null
      ? 'Or somebody decides:'
      : 'It is closed. If somebody decided it, somebody can decide otherwise:',
    ...choices.map((choice) => `  ${choice.padEnd(width)}  ${CHOICES[choice]}`),
    `  hub work decide ${id} <choice> --reason "…" --execute`,
  ].join('\n');
}

/** The choices with their meanings, for a help page. */
export function printChoices(): string {
  const width = Math.max(...DECISION_CHOICES.map((choice) => choice.length));
  return DECISION_CHOICES.map((choice) => `  ${choice.padEnd(width)}  ${CHOICES[choice]}`).join(
    '\n',
  );
}
