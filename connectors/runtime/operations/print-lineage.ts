/** `hub explain`: one person's lineage, without any value of the person. */
import { classifyRoot } from '../../../core/person/identity-type.ts';
import {
  BEFORE_EVERYTHING,
  comparePositions,
  formatPosition,
  type SourcePosition,
} from '../../../core/sync/source-record.ts';
import type { LineageIdentity, PersonLineage } from '../../hub-store/person-lineage.ts';
import {
  printBasis,
  printDecisions,
  printHistory,
  printJudgements,
  printLinks,
} from './print-explanation.ts';
import { printTime } from './print-time.ts';
import type { PersonExplanation } from './read-explanation.ts';

export interface LineageOptions {
  /** Identities in full. Only for the terminal of a person who asked for it. */
  readonly showIdentities: boolean;
}

/**
 * The lineage as text: identities, evidence with source and position, links and what becomes of them, which source and rule decided each field
 * group, the version, and what is published. Names, addresses and the like are never in it.
 */
export function printLineage(
  lineage: PersonLineage,
  explanation: PersonExplanation,
  options: LineageOptions,
): string {
  return [
    `Person ${lineage.personKey}`,
    ...printState(lineage),
    ...printBasis(explanation),
    '',
    'Identities, first seen first',
    ...lineage.identities.map((identity) => printIdentity(identity, options)),
    '',
    'Evidence: all that the hub knows',
    ...printEvidence(lineage),
    '',
    'Links: who is the same person',
    ...printLinks(explanation),
    '',
    'Decisions and work items',
    ...printJudgements(lineage, explanation),
    '',
    'Golden record: who decided what',
    ...printDecisions(explanation),
    '',
    'History, without values',
    ...printHistory(lineage),
    '',
    'Published',
    ...printPublished(lineage),
  ].join('\n');
}

function printState({ person }: PersonLineage): readonly string[] {
  if (person === undefined) return ['  No version was ever written.'];
  const { golden, version } = person;
  if (golden === null) return [`  Version ${version}: nobody is published under this key.`];
  const kind = golden.kind === 'protected-person' ? 'a protected person' : 'a person';
  const test = golden.testPerson ? ', marked as a test person' : '';
  const end = golden.deregistration === null ? '' : ', deregistered';
  return [`  Version ${version}: ${kind}${end}${test}.`];
}

function printIdentity(identity: LineageIdentity, { showIdentities }: LineageOptions): string {
  const { identityKey, root, extension, firstSeen } = identity;
  const shown = showIdentities ? `${extension} (root ${root})` : '[masked]';
  return `  ${classifyRoot(root).padEnd(4)}  ${shown}  key ${identityKey}  first seen ${printTime(firstSeen)}`;
}

function printEvidence({ evidence }: PersonLineage): readonly string[] {
  if (evidence.length === 0) return ['  None.'];
  return evidence.map(({ identityKey, source, position, content, updatedAt }) => {
    const what = content === null ? withoutContent(position) : 'a record';
    return `  ${identityKey}  ${source} at ${formatPosition(position)}  ${what}  stored ${printTime(updatedAt)}`;
  });
}

/** A register that removed an identity, or was asked and does not know it. */
function withoutContent(position: SourcePosition): string {
  return comparePositions(position, BEFORE_EVERYTHING) === 0
    ? 'asked for, and not known to the source'
    : 'removed by the source';
}

function printPublished({ person, waiting }: PersonLineage): readonly string[] {
  if (person === undefined) return ['  Nothing.'];
  if (waiting.length === 0) return [`  Version ${person.version}: acknowledged by Kafka.`];
  return waiting.map(({ version, events, recordedAt }) => {
    const types = events.map((event) => event.type).join(', ');
    return `  Version ${version} waits since ${printTime(recordedAt)}: ${types}`;
  });
}
