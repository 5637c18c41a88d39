import type { Phase } from '../../../core/golden-record/authority.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import type { PhaseComparison } from '../../../core/sync/compare-phases.ts';
import type { Derivation, PhaseState } from '../../../core/sync/ports.ts';
import { printCount } from './print-status.ts';
import { printTime } from './print-time.ts';

/** The phase, and the walk that makes everybody follow it. */
export interface PhaseReport {
  /** Moments in milliseconds since 1970. */
  readonly at: number;
  readonly phase: PhaseState & { readonly switchedAt: number };
  /** The latest one. Undefined: there never was one. */
  readonly walk: Derivation | undefined;
}

/** `hub phase show`: which phase decides, since when, and how far everybody follows it. */
export function printPhase({ at, phase, walk }: PhaseReport): string {
  return [
    `Phase ${phase.phase} since ${printTime(phase.switchedAt)} (generation ${phase.generation})`,
    ...(walk === undefined ? ['Nobody was ever derived again.'] : printWalk(walk, at)),
  ].join('\n');
}

const WHY: Readonly<Record<Derivation['kind'], string>> = {
  phase: 'after the switch of the phase',
  rebuild: 'for a rebuild',
};

function printWalk(walk: Derivation, at: number): readonly string[] {
  const { id, kind, state, startedAt, persons, changed, vanished, acceptsVanishing } = walk;
  const since = `asked for ${printTime(Date.parse(startedAt))}`;
  const counts = [
    `${printCount(persons).padStart(11)}  persons derived again`,
    `${printCount(changed).padStart(11)}  keys with a new version`,
    `${printCount(vanished).padStart(11)}  persons no longer published${acceptsVanishing ? ', which somebody accepted' : ''}`,
  ];
  switch (state) {
    case 'running': {
      const seconds = Math.max(1, (at - Date.parse(startedAt)) / 1_000);
      const rate = printCount(Math.round(persons / seconds));
      return [
        `Walk ${id} ${WHY[kind]} is under way, ${since}, ${rate} persons/s since then`,
        ...counts,
      ];
    }
    case 'stopped':
      return [
        `Walk ${id} ${WHY[kind]} stands still, ${since}: HUB_SYNC_DERIVATION_STOPPED`,
        ...counts,
        'The page at which it became too many is not counted and was not written. `hub errors HUB_SYNC_DERIVATION_STOPPED` says what to do.',
      ];
    case 'done':
      return [`Walk ${id} ${WHY[kind]} is done, ${since}`, ...counts];
  }
}

/** `hub phase preview`: what a switch would change, by evidence as it is now. */
export function printComparison(from: Phase, to: Phase, comparison: PhaseComparison): string {
  const line = (count: number, words: string): string =>
    `${printCount(count).padStart(11)}  ${words}`;
  const groups = FIELD_GROUPS.filter((group) => comparison.byGroup[group] > 0);
  return [
    `From ${from} to ${to}`,
    line(comparison.persons, 'persons'),
    line(comparison.changed, 'have other content'),
    line(comparison.appear, 'are published only then'),
    line(comparison.vanish, 'are published no more'),
    line(comparison.becomeProtected, 'become protected'),
    line(comparison.noLongerProtected, 'are protected no more'),
    line(
      comparison.fallsBack,
      'have no record of the register that decides then: the other one does',
    ),
    ...(groups.length === 0 ? [] : ['Of those who are published in both, by field group']),
    ...groups.map((group) => line(comparison.byGroup[group], group)),
  ].join('\n');
}
