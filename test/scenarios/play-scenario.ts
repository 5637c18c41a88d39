import { expect } from 'vitest';
import {
  type DecisionStep,
  isRecordStep,
  type RecordStep,
  type Scenario,
  type Step,
} from './scenario.ts';
import { toSourceMessage } from './scenario-record.ts';
import { keptOfPu, reportChanges, reportCounts, versionsOf } from './scenario-report.ts';
import { ScenarioWorld } from './scenario-world.ts';

/** What became of a scenario: what is reported after each step, and the world as it is at the end. */
export interface Played {
  readonly world: ScenarioWorld;
  readonly after: readonly unknown[];
  /** What was decided, without what nobody was asked. */
  readonly decided: readonly DecisionStep[];
}

/** Plays each step twice, as after a crash: the second time must change nothing. */
export async function playScenario(scenario: Scenario): Promise<Played> {
  const world = new ScenarioWorld(scenario.production);
  const after: unknown[] = [];
  const decided: DecisionStep[] = [];
  for (const [index, step] of scenario.given.entries()) {
    const before = versionsOf(world.store);
    const { again, ...outcome } = await playStep(world, step, BigInt(index + 1));
    if ('decide' in step && outcome['decision'] === 'done') decided.push(step);
    await world.followUp();
    const changes = reportChanges(world.store, before);
    const versions = versionsOf(world.store);
    await again();
    await world.followUp();
    expect(versionsOf(world.store), 'the second time changes a version').toEqual(versions);
    const { events, purges } = world.store.takeNews();
    expect({ events, purges }).toEqual({ events: [], purges: [] });
    after.push({ after: step.says, ...outcome, ...changes, ...keptOf(world, step) });
  }
  return { world, after, decided };
}

type Outcome = { readonly again: () => Promise<unknown> } & Readonly<Record<string, unknown>>;

async function playStep(world: ScenarioWorld, step: Step, number: bigint): Promise<Outcome> {
  if (isRecordStep(step)) return await playRecord(world, step);
  if ('decide' in step) return await playDecision(world, step, number);
  if ('phase' in step) {
    const { phase, mostVanishing } = step;
    const { pages, isStopped } = await world.switchPhase(phase, mostVanishing);
    return {
      again: () => world.switchPhase(phase, mostVanishing),
      ...(isStopped && { stopped: 'too many would vanish' }),
      ...reportCounts(pages),
    };
  }
  if ('acceptVanishing' in step) {
    const { pages } = await world.acceptVanishing();
    return { again: () => world.acceptVanishing(), ...reportCounts(pages) };
  }
  const before = versionsOf(world.store);
  const { pages } = await world.rebuild();
  expect(versionsOf(world.store), 'a rebuild changes a version').toEqual(before);
  return { again: () => world.rebuild(), ...reportCounts(pages) };
}

async function playRecord(world: ScenarioWorld, step: RecordStep): Promise<Outcome> {
  const { outcome, again } = await world.process([toSourceMessage(step)]);
  return { again, ...(outcome.stale > 0 && { tooOld: true }), ...reportCounts([outcome]) };
}

async function playDecision(
  world: ScenarioWorld,
  step: DecisionStep,
  number: bigint,
): Promise<Outcome> {
  const decided = await world.decide(step, number);
  return {
    again: () => world.decide(step, number),
    decision: decided?.outcome ?? 'nobody known',
  };
}

/** What nobody is told of for as long as Master leads. */
function keptOf({ store }: ScenarioWorld, step: Step) {
  if (store.phase !== 'shadow' || !isRecordStep(step) || step.source !== 'pu') return {};
  return { keptOfPu: keptOfPu(toSourceMessage(step), store) };
}
