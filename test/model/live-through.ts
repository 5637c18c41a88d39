import { checkConsumer, checkFinalState, checkUnmoved } from './final-state.ts';
import type { ModelHub } from './model-hub.ts';
import { modelRules } from './model-rules.ts';
import { ModelRun } from './model-run.ts';
import type { Life } from './steps.ts';
import { worldToldBy } from './world-of.ts';

/** Takes a hub through a whole life: every step with its invariants, the end against the oracle, then a rebuild and both topics once more. */
export async function liveThrough(hub: ModelHub, life: Life): Promise<void> {
  const { phase, dropsTestPersons, steps, afterwards } = life;
  const run = new ModelRun(hub, await modelRules(dropsTestPersons));
  await run.take({ kind: 'phase', phase });
  let end = await run.settle();
  for (const part of [steps, afterwards]) {
    for (const step of part) await run.take(step);
    end = await run.settle();
    const world = worldToldBy(run.registers.topics, end, dropsTestPersons);
    checkFinalState(end, world);
    checkConsumer(run.consumer, end, world);
  }

  await hub.askForRebuild();
  checkUnmoved('rebuild-changes-nothing', end, await run.settle());

  for (const source of ['pu', 'master'] as const) await run.rewind(source);
  checkUnmoved('replay-changes-nothing', end, await run.settle());
}
