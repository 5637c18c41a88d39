/** `hub explain`: one person's lineage, without any value of the person. */
import {
  type ClusterEvidence,
  explainGoldenRecord,
} from '../../../core/golden-record/compose-golden-record.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { classifyRoot } from '../../../core/person/identity-type.ts';
import { formatPosition } from '../../../core/sync/source-record.ts';
import type {
  LineageEvidence,
  LineageIdentity,
  PersonLineage,
} from '../../hub-store/person-lineage.ts';

export interface LineageOptions {
  /** Identities in full. Only for the terminal of a person who asked for it. */
  readonly showIdentities: boolean;
}

/**
 * The lineage as text: identities, evidence with source and position, which source and rule decided each field group, the
 * version, and what is published. Names, addresses and the like are never in it.
 */
export function printLineage(lineage: PersonLineage, options: LineageOptions): string {
  return [
    `Person ${lineage.personKey}`,
    ...printState(lineage),
    '',
    'Identities, first seen first',
    ...lineage.identities.map((identity) => printIdentity(identity, options)),
    '',
    'Evidence: all that the hub knows',
    ...printEvidence(lineage),
    '',
    'Golden record: who decided what',
    ...printDecisions(lineage),
    '',
    'Published',
    ...printPublished(lineage),
  ].join('\n');
}

function printState({ person }: PersonLineage): readonly string[] {
  if (person === undefined) return ['  No version was ever written.'];
  const { golden, version } = person;
  if (golden === null) return [`  Version ${version}: removed, Master has removed the person.`];
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
    const what = content === null ? 'removed by the source' : 'a record';
    return `  ${identityKey}  ${source} at ${formatPosition(position)}  ${what}  stored ${printTime(updatedAt)}`;
  });
}

function printDecisions(lineage: PersonLineage): readonly string[] {
  const decisions = explainGoldenRecord(clusterEvidence(lineage));
  const lines = FIELD_GROUPS.flatMap((group) => {
    const decided = decisions[group];
    if (decided === undefined) return [];
    const { source, position, rule } = decided;
    return [`  ${group.padEnd(15)}  ${source} at ${formatPosition(position)}  rule ${rule}`];
  });
  if (lines.length > 0) return lines;
  return lineage.evidence.some(({ content }) => content !== null)
    ? ['  Nothing: only PU knows the person, and golden records follow Master.']
    : ['  Nothing: no evidence is left.'];
}

function clusterEvidence({ identities, evidence }: PersonLineage): readonly ClusterEvidence[] {
  return evidence.flatMap((one: LineageEvidence) => {
    const identity = identities.find(({ identityKey }) => identityKey === one.identityKey);
    if (identity === undefined || one.content === null) return [];
    const { root, extension } = identity;
    const { source, position, content } = one;
    return [{ identity: { root, extension }, source, position, content }];
  });
}

function printPublished({ person, waiting }: PersonLineage): readonly string[] {
  if (person === undefined) return ['  Nothing.'];
  if (waiting.length === 0) return [`  Version ${person.version}: acknowledged by Kafka.`];
  return waiting.map(({ version, events, recordedAt }) => {
    const types = events.map((event) => event.type).join(', ');
    return `  Version ${version} waits since ${printTime(recordedAt)}: ${types}`;
  });
}

function printTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
