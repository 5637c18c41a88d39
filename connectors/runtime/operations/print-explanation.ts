/** The part of `hub explain` that says why: links, decisions, who decided what. Keys, codes and positions only. */
import type { Withheld } from '../../../core/golden-record/golden-input.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import type { Finding } from '../../../core/identity/work-item.ts';
import { formatPosition } from '../../../core/sync/source-record.ts';
import type { PersonLineage } from '../../hub-store/person-lineage.ts';
import { printTime } from './print-time.ts';
import type { PersonExplanation } from './read-explanation.ts';

/** By which phase and rules, and which other keys lead here. */
export function printBasis({
  phase,
  rulesVersion,
  formerKeys,
}: PersonExplanation): readonly string[] {
  return [
    `  By phase ${phase.phase} (generation ${phase.generation}) and version ${rulesVersion} of the authority table.`,
    ...formerKeys.map(({ personKey, redirectTo, version }) => {
      const leads = redirectTo === null ? 'is empty' : 'redirects here';
      return `  The key ${personKey} ${leads}, at its version ${version}.`;
    }),
  ];
}

/** What is stated about who is the same and what becomes of it, then since when it counts. */
export function printLinks({ links, periods }: PersonExplanation): readonly string[] {
  if (links.length + periods.length === 0) return ['  None.'];
  return [
    ...links.map(({ from, to, source, kind, verdict }) => {
      const by = kind === 'decision' ? 'a decision' : `${source}, ${kind}`;
      return `  ${from} - ${to ?? 'an identity that is not here'}  stated by ${by}: ${verdict}`;
    }),
    ...periods.map(({ from, to, source, since, until }) => {
      const end = until === null ? 'on' : `until ${printTime(until)}`;
      return `  ${from} - ${to}  counted by ${source} from ${printTime(since)} ${end}`;
    }),
  ];
}

/** What persons decided, and what waits for one. */
export function printJudgements(
  { decisions }: PersonLineage,
  { openItems }: PersonExplanation,
): readonly string[] {
  if (decisions.length + openItems.length === 0) return ['  None.'];
  return [
    ...decisions.map(
      ({ decidedAt, decidedBy, choice, reason, ...about }) =>
        `  decided ${printTime(decidedAt)} by ${decidedBy}  ${printAbout(about)}: ${choice} (${reason})`,
    ),
    ...openItems.map((about) => `  open  ${printAbout(about)}`),
  ];
}

function printAbout({ kind, subject, other }: Finding): string {
  return `${kind} about ${subject}${other === null ? '' : ` and ${other}`}`;
}

const NOBODY: Readonly<Record<Withheld, string>> = {
  'not-leading':
    '  Nothing: only a register knows the person that does not publish such numbers in this phase.',
  'test-person': '  Nothing: a test person, and this is production.',
};

/** Who decided each field group, by which rule. */
export function printDecisions({ provenance, withheld }: PersonExplanation): readonly string[] {
  const width = Math.max(...FIELD_GROUPS.map((group) => group.length));
  const lines = FIELD_GROUPS.flatMap((group) => {
    const decided = provenance[group];
    if (decided === undefined) return [];
    const { source, position, identityKey, rule } = decided;
    const from = `${source} at ${formatPosition(position)} about ${identityKey}`;
    return [`  ${group.padEnd(width)}  ${from}  rule ${rule}`];
  });
  if (lines.length > 0) return lines;
  return [withheld === null ? '  Nothing: no evidence is left.' : NOBODY[withheld]];
}

/** What the registers changed, newest first, and the memberships that are over: field names and kinds, no values. */
export function printHistory({ journal, memberships }: PersonLineage): readonly string[] {
  if (journal.length + memberships.length === 0) return ['  None.'];
  return [
    ...journal.map(({ recordedAt, identityKey, source, position, changed }) => {
      const from = `${source} at ${formatPosition(position)} about ${identityKey}`;
      return `  ${printTime(recordedAt)}  ${from}: ${changed.join(', ')}`;
    }),
    ...memberships.map(({ membership, fromVersion, untilVersion }) => {
      const what =
        membership === null ? 'no membership' : `${membership.level}, ${membership.reason}`;
      return `  versions ${fromVersion} to ${untilVersion}  ${what}`;
    }),
  ];
}
