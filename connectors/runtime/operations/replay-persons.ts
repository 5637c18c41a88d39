import { type PersonKey, parsePersonKey } from '../../../core/person/person-identifier.ts';
import type { CommandRequest } from '../../hub-store/command-store.ts';
import { MOST_KEYS } from './consumer-commands.ts';
import { printCount } from './print-status.ts';
import type { SubmittedCommand } from './submit-command.ts';

/** What became of the persons that somebody named. */
export interface ReplayedPersons {
  /** Keys that were handed on. */
  readonly asked: number;
  /** Of those, the ones that the hub has nothing under: what the consumer has under such a key is taken back. */
  readonly unknown: number;
  /** How many lines were no person key, and the numbers of the first of them, from 1. What stands in them is never told: it may be somebody's number. */
  readonly bad: number;
  readonly badLines: readonly number[];
  /** Of the last command; undefined: there was no key. */
  readonly last: SubmittedCommand | undefined;
}

export interface ReplayPersonsPorts {
  readonly unknownKeys: (keys: readonly PersonKey[]) => Promise<readonly PersonKey[]>;
  readonly requestOf: (keys: readonly PersonKey[]) => CommandRequest;
  readonly submit: (request: CommandRequest) => Promise<SubmittedCommand>;
}

const MOST_LINES_TOLD = 20;

/** Has persons told once more, by one key on each line; empty lines are passed over. So many lines at once that memory stays bounded. */
export async function replayPersons(
  lines: AsyncIterable<string> | Iterable<string>,
  { unknownKeys, requestOf, submit }: ReplayPersonsPorts,
): Promise<ReplayedPersons> {
  const badLines: number[] = [];
  const counts = { asked: 0, unknown: 0, bad: 0 };
  let last: SubmittedCommand | undefined;
  let page: PersonKey[] = [];
  const handOn = async (): Promise<boolean> => {
    if (page.length === 0) return true;
    counts.asked += page.length;
    counts.unknown += (await unknownKeys(page)).length;
    last = await submit(requestOf(page));
    page = [];
    // What is refused or not answered once is so for the rest, too.
    return last.answer?.outcome !== 'refused';
  };
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const text = line.trim();
    if (text === '') continue;
    const key = parsePersonKey(text.toLowerCase());
    if (key === undefined) {
      counts.bad += 1;
      if (badLines.length < MOST_LINES_TOLD) badLines.push(number);
      continue;
    }
    page.push(key);
    if (page.length >= MOST_KEYS && !(await handOn())) return { ...counts, badLines, last };
  }
  await handOn();
  return { ...counts, badLines, last };
}

/** Counts, and the numbers of the lines that were refused. */
export function printReplayed({ asked, unknown, bad, badLines }: ReplayedPersons): string {
  const more = bad - badLines.length;
  return [
    `${printCount(asked)} person${asked === 1 ? ' is' : 's are'} told once more.`,
    ...(unknown === 0
      ? []
      : [
          `Under ${printCount(unknown)} of the keys the hub has nothing: what the consumer has under them is taken back.`,
        ]),
    ...(bad === 0
      ? []
      : [
          `Refused, since they are no person keys: line${bad === 1 ? '' : 's'} ${badLines.join(', ')}${more > 0 ? ` and ${printCount(more)} more` : ''}.`,
        ]),
  ].join('\n');
}
