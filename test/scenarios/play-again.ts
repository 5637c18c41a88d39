import { FOUND_ONCE } from '../../core/identity/work-item.ts';
import { identityText } from '../../core/person/person-identifier.ts';
import { type DecisionStep, isRecordStep, type RecordStep, type Scenario } from './scenario.ts';
import { KEY_FIELDS, toSourceMessage } from './scenario-record.ts';
import { openItems } from './scenario-report.ts';
import { ScenarioWorld } from './scenario-world.ts';

/** How the records of a scenario arrive: batches, each of one source. What a source says of one identity stays in its order. */
export type Arrival = (steps: readonly RecordStep[]) => readonly (readonly RecordStep[])[];

/** Record by record; the identity that came last in the scenario, or in its source, comes first. */
export const inReverse: Arrival = (steps) => {
  const byIdentity = new Map<string, RecordStep[]>();
  for (const step of steps) {
    const { person } = toSourceMessage(step);
    const key = KEY_FIELDS[step.source].map((field) => person[field]).join(' ');
    const text = `${step.source} ${key}`;
    byIdentity.set(text, [...(byIdentity.get(text) ?? []), step]);
  }
  return [...byIdentity.values()].reverse().flatMap((own) => own.map((step) => [step]));
};

/** Everything that PU says in one batch, then everything of Master in another. */
export const atOnce: Arrival = (steps) =>
  (['pu', 'master'] as const)
    .map((source) => steps.filter((step) => step.source === source))
    .filter((own) => own.length > 0);

/** A decision as it was made: of a flag that may have been taken away and set again since. */
export interface MadeDecision {
  readonly step: DecisionStep;
  readonly flaggedSince: number | null;
}

/**
 * The same evidence in an empty hub, arriving otherwise. All of it comes in the first phase, and the last one is switched to at the end. What was
 * decided is evidence like the records, and comes last.
 */
export async function playAgain(
  { given, production }: Scenario,
  decided: readonly MadeDecision[],
  arrival: Arrival,
): Promise<ScenarioWorld> {
  const world = new ScenarioWorld(production);
  for (const steps of arrival(given.filter(isRecordStep))) {
    await world.process(steps.map(toSourceMessage));
    await world.followUp();
  }
  const phase = given.findLast((step) => 'phase' in step)?.phase;
  if (phase !== undefined) await world.switchPhase(phase);
  for (const [index, { step, flaggedSince }] of decided.entries()) {
    await world.recordDecision(step, BigInt(index), flaggedSince);
  }
  await world.rebuild();
  await world.followUp();
  return world;
}

/** Everything that does not depend on which identity was seen first: who is published and how, and what somebody has to look at. */
export function finalState({ store }: ScenarioWorld) {
  const published = store.persons.flatMap(({ golden }) => {
    const main = golden?.identities.find((identity) => identity.main);
    return main === undefined ? [] : [[identityText(main), golden] as const];
  });
  return {
    persons: Object.fromEntries(published.sort(([a], [b]) => (a < b ? -1 : 1))),
    openItems: openItems(store)
      .filter(({ kind }) => !FOUND_ONCE.has(kind))
      .map(({ kind, subject, other }) => [kind, ...[subject, other].sort()].join(' '))
      .sort(),
  };
}
