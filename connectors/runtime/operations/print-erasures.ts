import { createHash } from 'node:crypto';
import type { IdentityKey } from '../../../core/person/person-identifier.ts';
import type { Erasure } from '../../hub-store/erasure-store.ts';
import type { PersonLineage } from '../../hub-store/person-lineage.ts';
import { type EraseProof, leftIn, type SearchedPlace } from './erase-proof.ts';
import { printCount } from './print-status.ts';
import { printTime } from './print-time.ts';

/** What `hub erase` would do, in counts and keys. */
export function printErasurePlan(
  { personKey, identities, evidence, person }: PersonLineage,
  keepsHash: boolean,
): string {
  const delivered = evidence.filter(({ content }) => content !== null).map(({ source }) => source);
  const sources = [...new Set(delivered)].sort();
  const version = person === undefined ? 'never published' : `version ${person.version}`;
  return [
    `${personKey}: ${printCount(identities.length)} identit${identities.length === 1 ? 'y' : 'ies'}, ${version}`,
    ...identities.map(({ identityKey }) => `  ${identityKey}`),
    sources.length === 0
      ? 'No source delivers the person any more.'
      : `Still delivered by ${sources.join(' and ')}: ${keepsHash ? 'what comes again is refused and counted.' : 'refused without --keep-hash.'}`,
    'Evidence, links, relations both ways, journal, memberships, work items, decisions and parked records would go; every topic would get a tombstone, and every consumer that was told an order to forget all of it.',
    'Nothing brings the person back but a source.',
    `To erase this person and nobody else: --seen ${seenMark(identities.map(({ identityKey }) => identityKey))}`,
  ].join('\n');
}

/** A mark of everything that a person is known by, short enough to be typed: another one when a link joins or parts persons. */
export function seenMark(identities: readonly IdentityKey[]): string {
  const text = identities.toSorted().join(',');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** `hub erase list`. */
export function printErasures(erasures: readonly Erasure[]): string {
  if (erasures.length === 0) return 'Nobody was erased.';
  return erasures.map(printErasure).join('\n');
}

const STATES: Readonly<Record<Erasure['state'], string>> = {
  telling: 'being told',
  compacting: 'told; topics still have to lose it, see `hub erase proof`',
  proved: 'proved',
};

function printErasure({
  personKey,
  keys,
  state,
  keepsHash,
  erasedAt,
  refused,
  untold,
}: Erasure): string {
  const merged = keys.length === 1 ? '' : `, ${printCount(keys.length)} keys`;
  const waits = untold.length === 0 ? '' : `, not told yet: ${untold.join(', ')}`;
  const again = keepsHash ? `, came again and refused: ${printCount(refused)}` : '';
  return `${printTime(erasedAt)}  ${personKey}  ${STATES[state]}${merged}${waits}${again}`;
}

/** `hub erase proof`: what was searched, and what was found where. Without a word of what was searched for. */
export function printEraseProof(proof: EraseProof): string {
  const { erasure, places, missing, verdict } = proof;
  const width = Math.max(...places.map(({ name }) => name.length));
  const of = (kind: SearchedPlace['kind']) => places.filter((place) => place.kind === kind);
  return [
    erasure === undefined ? 'The person is not erased.' : printErasure(erasure),
    ...missing.map((name) => `The topic ${name} is not there.`),
    'Topics, every record decoded:',
    ...of('topic').map((place) => printPlace(place, width, 'record')),
    'Tables, every row:',
    ...of('table').map((place) => printPlace(place, width, 'row')),
    ...places.flatMap(printLeft),
    ...places.filter(({ allows }) => allows === 'access-log').flatMap(printAccessLog),
    ...(erasure === undefined ? [printSought(proof)] : []),
    VERDICTS[verdict],
  ].join('\n');
}

const VERDICTS: Readonly<Record<EraseProof['verdict'], string>> = {
  'nothing-examined':
    'NO PROOF: there was nothing to search, in topics or in tables. Is this the configuration of the hub that had the person?',
  found: 'NOT YET: something of the person is still there.',
  'other-values':
    'NOT PROVED: nothing was found, but the search before the erasure found values that are not in the file. Search for all of them, spelt as they were.',
  'not-compared':
    'NOT COMPARED: nothing was found, but nothing says that the right things were looked for: no search before the erasure found any of them, or it was proved already.',
  clean: 'PROVED: nothing of the person is left in any topic or table but what is named above.',
};

/** Before an erasure: a value that is not found now would not be missed afterwards. */
function printSought({ unfound }: EraseProof): string {
  return unfound.length === 0
    ? 'Every value of the file was found. Keyed hashes of them are kept: the proof has to look for all of them.'
    : `Found nowhere: value ${unfound.join(', ')} of the file, counted without empty lines and comments. Is it spelt right? The proof has to look for the others.`;
}

function printPlace(place: SearchedPlace, width: number, unit: 'record' | 'row'): string {
  const { name, examined, undecoded, values, keys } = place;
  const units = `${printCount(examined)} ${unit}${examined === 1 ? '' : 's'}`;
  const strange = undecoded === 0 ? '' : ` (${printCount(undecoded)} not decoded, bytes searched)`;
  const found =
    values + keys === 0
      ? ''
      : `  ${printCount(values)} with values, ${printCount(keys)} with a key alone${leftIn(place) === 0 ? ', which may stay' : ''}`;
  return `  ${name.padEnd(width)}  ${units}${strange}${found}`;
}

function printLeft(place: SearchedPlace): readonly string[] {
  const left = leftIn(place);
  if (left === 0) return [];
  const { kind, name, leaves } = place;
  if (leaves === undefined) {
    return [`${name}: ${printCount(left)} left. ${kind === 'table' ? WHY_IN_A_TABLE : ''}`.trim()];
  }
  const { policy, goneBy } = leaves;
  const by = Number.isFinite(goneBy)
    ? `gone by ${printTime(goneBy)} if the partition goes on being written to`
    : 'kept without a limit';
  return [`${name}: ${printCount(left)} left; it leaves by the settings (${policy}): ${by}.`];
}

const WHY_IN_A_TABLE =
  'While a consumer has not been told yet, the empty golden record waits for it (`hub erase list`). Somebody else may have the same value: look at it with the key.';

function printAccessLog({ name, values, keys }: SearchedPlace): readonly string[] {
  if (values + keys === 0) return [];
  return [
    `${name}: ${printCount(values + keys)} entries say that the person was looked up. The access log is held to its term, at least five years (HSLF-FS 2016:40 ch. 4 s. 9), whoever is erased.`,
  ];
}
