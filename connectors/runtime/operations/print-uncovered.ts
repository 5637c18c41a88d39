import {
  UNCOVERED_REASONS,
  type UncoveredPage,
  type UncoveredPersons,
  type UncoveredReason,
} from '../../hub-store/pull-coverage.ts';
import { printCount } from './print-status.ts';

/** Persons whom no pull from PU finds: the counts of all, and one page of them. */
export interface UncoveredReport extends UncoveredPersons {
  readonly covered: number;
  readonly page: UncoveredPage;
}

const MEANINGS: Readonly<Record<UncoveredReason, string>> = {
  'not-loaded-yet': 'PU can be asked, and no answer has come yet',
  'unknown-in-pu': 'PU does not know the identity; it is asked again at every run',
  'test-person': "PU's record was thrown away, since this is production",
  'reserve-not-in-pu': 'a reserve identity that is pulled, which PU has not shown',
  'not-askable': 'PU cannot be asked by this kind of identity',
};

/** Counts by reason, then the persons of the page by key: never an identity. */
export function printUncovered(report: UncoveredReport): string {
  const { covered, persons, byReason, page } = report;
  const reasonWidth = Math.max(...UNCOVERED_REASONS.map((reason) => reason.length));
  return [
    `${printCount(persons).padStart(11)}  persons whom no pull covers; ${printCount(covered)} are covered`,
    ...UNCOVERED_REASONS.map(
      (reason) =>
        `${printCount(byReason[reason]).padStart(11)}  ${reason.padEnd(reasonWidth)}  ${MEANINGS[reason]}`,
    ),
    ...(page.persons.length === 0 ? [] : ['']),
    ...page.persons.map(({ personKey, reason }) => `${personKey}  ${reason}`),
    ...(page.next === null ? [] : ['', `More with --after ${page.next}`]),
  ].join('\n');
}
