import type { MappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { type GoldenRules, PHASES, type Phase } from '../../core/golden-record/authority.ts';
import { deriveGolden } from '../../core/golden-record/derive-golden.ts';
import type { GoldenInput } from '../../core/golden-record/golden-input.ts';
import { createMasterMapper } from '../../core/mapping/map-master-record.ts';
import { createPuMapper } from '../../core/mapping/map-pu-record.ts';
import type { MappingResult } from '../../core/mapping/mapping-result.ts';
import {
  type ContentHash,
  type IdentityKey,
  identityText,
} from '../../core/person/person-identifier.ts';
import type { SourceName, SourceRecord } from '../../core/sync/source-record.ts';
import type { StoredEvidence } from '../../core/sync/stored-group.ts';
import { createPopulation } from '../population/population.ts';
import { type BenchResult, percentile } from './bench-result.ts';
import { knownToBoth } from './bench-source-records.ts';
import { REGION, SEED } from './bench-world.ts';

const PERSONS = 20_000;
const ROUNDS = 5;
const NOBODY: ReadonlySet<string> = new Set();
const NO_HASH = '' as ContentHash;

type Mappers = Readonly<Record<SourceName, (message: SourceRecord) => MappingResult>>;

/**
 * The pure part of the main path: maps all that both registers have of a person, and makes the golden record of it. In each phase, on one core;
 * the figure is that of the slowest phase.
 */
export function benchGolden(files: MappingFiles, persons = PERSONS): BenchResult<'golden'> {
  const { classifier, areas, masterMapping, puMapping, authority } = files;
  const master = createMasterMapper({ mapping: masterMapping, classifier, areas });
  const pu = createPuMapper({ mapping: puMapping, classifier, areas });
  const mappers: Mappers = {
    master: (message) => master.map(message),
    pu: (message) => pu.map(message),
  };
  const rules: GoldenRules = { authority, dropsTestPersons: true };
  const everybody = messagesOf(files, persons);
  const messages = everybody.reduce((sum, one) => sum + one.length, 0);
  // The phases take turns, so that none of them alone pays for a program that is not warm yet; the first round does nothing else.
  const rounds = Array.from({ length: ROUNDS + 1 }, () =>
    PHASES.map((phase) => measureRound(everybody, mappers, rules, phase)),
  ).slice(1);
  const rates = PHASES.map((phase, i) => {
    const ascending = rounds.map((round) => round[i] ?? Number.NaN).toSorted((a, b) => a - b);
    return { phase, rate: Math.round(percentile(ascending, 0.5)) };
  });
  return {
    name: 'golden',
    value: Math.min(...rates.map(({ rate }) => rate)),
    unit: 'persons/s',
    settings:
      `by processor time of one core, ${everybody.length} persons whom both registers know, ${(messages / everybody.length).toFixed(2)} records each, ` +
      `mapped and made one; the slowest of ${rates.map(({ phase, rate }) => `${phase} ${rate}/s`).join(', ')}; median of ${ROUNDS} rounds`,
  };
}

/** What both registers send of so many persons whom both of them know. */
function messagesOf(files: MappingFiles, persons: number): readonly (readonly SourceRecord[])[] {
  const population = createPopulation({ seed: SEED, persons: persons * 2, region: REGION });
  return knownToBoth(population, files.masterMapping)
    .take(persons)
    .map(({ master, pu }) => [...master, ...pu])
    .toArray();
}

function measureRound(
  everybody: readonly (readonly SourceRecord[])[],
  mappers: Mappers,
  rules: GoldenRules,
  phase: Phase,
): number {
  // Processor time, and not the clock's: nothing here waits, and what else the machine does must not count.
  const start = process.cpuUsage();
  let published = 0;
  for (const messages of everybody) {
    const { golden } = deriveGolden(inputOf(messages, mappers), rules, phase);
    if (golden !== null) published += 1;
  }
  const { user, system } = process.cpuUsage(start);
  // Also keeps the engine from leaving out work whose result nobody looks at.
  if (published < everybody.length / 2) {
    throw new Error(`In ${phase} hardly anybody is published: the records or the table are wrong.`);
  }
  return (everybody.length * 1e6) / (user + system);
}

/** All numbers of a person as one cluster. */
function inputOf(messages: readonly SourceRecord[], mappers: Mappers): GoldenInput {
  const members = new Map<
    string,
    GoldenInput['members'][number] & { evidence: StoredEvidence[] }
  >();
  for (const message of messages) {
    const result = mappers[message.source](message);
    if (result.kind !== 'mapped') continue;
    const { identity } = result.evidence;
    const text = identityText(identity);
    const evidence: StoredEvidence = {
      source: message.source,
      position: message.position,
      content: result.evidence,
      contentHash: NO_HASH,
    };
    const member = members.get(text);
    if (member === undefined) {
      members.set(text, { identity, identityKey: text as IdentityKey, evidence: [evidence] });
    } else {
      member.evidence.push(evidence);
    }
  }
  return { members: [...members.values()], inDoubt: [], decisions: [], hiddenRelatives: NOBODY };
}
