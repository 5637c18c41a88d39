/** The stages in which the phase is switched, by the same ways that `hub phase` goes. */
import {
  coreRequestOf,
  printCoreResult,
  runCoreCommand,
} from '../../connectors/runtime/operations/core-commands.ts';
import { readStatus } from '../../connectors/runtime/operations/read-status.ts';
import type { Phase } from '../../core/golden-record/authority.ts';
import type { PhaseComparison } from '../../core/sync/compare-phases.ts';
import type { Derivation } from '../../core/sync/ports.ts';
import { now } from '../population/life/fine-clock.ts';
import { DemoFailure, type DemoScene, untilReached } from './demo-scene.ts';
import { printCount } from './demo-terminal.ts';

/** The first step: PU decides about personnummer and samordningsnummer. */
const NEXT: Phase = 'step-1';
const ANSWERS_WITHIN_MS = 60_000;

/** What a switch was to change, and what it has changed. */
export interface PhaseSwitch {
  readonly preview: PhaseComparison;
  readonly walk: Pick<Derivation, 'persons' | 'changed' | 'vanished'>;
  /** From the command to the last new record, as published. */
  readonly seconds: number;
}

/** Counts what the switch would change, switches, and waits until everybody is derived again and published. */
export async function watchPhaseSwitch(scene: DemoScene): Promise<PhaseSwitch> {
  const { operator, terminal, signal } = scene;
  const preview = await terminal.stage(
    'Phase: preview',
    async (stage) => {
      stage.note(`hub phase preview ${NEXT}`);
      const found = await operator.previewPhase(
        NEXT,
        ({ persons }) => stage.note(`${printCount(persons)} persons derived in both phases`),
        signal,
      );
      signal.throwIfAborted();
      if (found === undefined) throw new DemoFailure('The preview did not come to its end.');
      return found.comparison;
    },
    ({ persons, changed, appear }) =>
      `of ${printCount(persons)} persons ${printCount(changed)} would change, ${printCount(appear)} of them appear`,
  );
  const switched = await terminal.stage(
    `Phase: ${NEXT}`,
    async (stage) => {
      stage.note(`hub phase switch ${NEXT} --execute`);
      const startedAt = now();
      await switchPhase(scene);
      await untilReached(scene, undefined, 1, async () => {
        const { persons, state } = await readWalk(scene);
        stage.progress(persons, preview.persons);
        return state === 'done' ? 1 : 0;
      });
      stage.note('publishing');
      await untilReached(scene, undefined, 0, async () => {
        return -(await readStatus(operator.store, Date.now())).backlog.waiting;
      });
      return { walk: await readWalk(scene), seconds: (now() - startedAt) / 1_000 };
    },
    ({ walk, seconds }) =>
      `${printCount(walk.persons)} persons derived again, ${printCount(walk.changed)} new versions, ${printCount(walk.persons / seconds)}/s`,
  );
  return { preview, ...switched };
}

async function switchPhase({ operator, signal }: DemoScene): Promise<void> {
  const seen = await operator.store.phases.read();
  const made = coreRequestOf(
    { kind: 'phase-switch', phase: NEXT, seen },
    { reason: 'the first step of the demo', requestedBy: 'demo' },
  );
  if (made.kind === 'refused') throw new DemoFailure(made.why);
  const result = await runCoreCommand(operator.store, made.request, ANSWERS_WITHIN_MS, signal);
  signal.throwIfAborted();
  if (result.answer?.outcome !== 'done') throw new DemoFailure(printCoreResult(result));
}

/** The walk that the switch began, in its own transaction. */
async function readWalk({ operator }: DemoScene): Promise<Derivation> {
  const walk = await operator.store.derivations.show();
  if (walk === undefined || walk.state === 'stopped') {
    throw new DemoFailure(
      'The walk after the switch stands still: HUB_SYNC_DERIVATION_STOPPED. `hub errors` says what to do.',
    );
  }
  return walk;
}
