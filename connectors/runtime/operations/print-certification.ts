/** `hub consumers certify`: what a consumer did with each record. */
import type { CertifiedState } from '../../../core/disclosure/certification.ts';
import type { Certification, StepResult } from './certify-consumer.ts';

/** A table of all that was played, and whether the consumer passed. */
export function printCertification({
  consumer,
  steps,
  unreadable,
  seconds,
}: Certification): string {
  const width = Math.max(...steps.map(({ step }) => step.about.length));
  const passed = steps.filter(({ result }) => result.kind === 'passed').length;
  return [
    `Certification of ${consumer}: ${passed} of ${steps.length} as they should be, in ${seconds.toFixed(1)} s`,
    ...steps.map(({ step, result }) => {
      const { about, generation, version, plays, expects } = step;
      const what = plays.kind === 'order' ? 'order' : plays.state === null ? 'tombstone' : 'state';
      const at = `(${generation}, ${version})`;
      const line = [VERDICT[result.kind], about.padEnd(width), what.padEnd(9), at.padEnd(7)];
      return `  ${[...line, printResult(result, expects)].join('  ').trimEnd()}`;
    }),
    ...(unreadable === 0
      ? []
      : [`Answers that are none, or about nothing that was played: ${unreadable}`]),
    passed === steps.length
      ? 'Passed.'
      : 'Not passed. docs/consumers.md says what an answer looks like, docs/topics/README.md what a reader must do.',
  ].join('\n');
}

const VERDICT: Readonly<Record<StepResult['kind'], string>> = {
  passed: 'ok       ',
  wrong: 'WRONG    ',
  'no-answer': 'NO ANSWER',
};

function printResult(result: StepResult, expects: CertifiedState | null): string {
  switch (result.kind) {
    case 'passed':
      return '';
    case 'no-answer':
      return `should: ${printState(expects)}`;
    case 'wrong':
      return `should: ${printState(expects)}; does: ${printState(result.has)}`;
  }
}

function printState(state: CertifiedState | null): string {
  return state === null ? 'forget' : `have ${state.has} (${state.generation}, ${state.version})`;
}
