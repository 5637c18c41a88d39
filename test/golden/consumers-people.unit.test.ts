/** What an operator reads of `hub consumers people`: read the diff, do not just update it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChangedPeople } from '../../connectors/runtime/operations/consumer-people.ts';
import {
  printChangedPeople,
  printPeopleCount,
  printPeopleRefusal,
} from '../../connectors/runtime/operations/print-consumer-people.ts';
import { runCommandLine } from '../../scripts/hub/program.ts';
import type { Terminal } from '../../scripts/hub/terminal.ts';
import { TEST_PNR } from '../support/person-builder.ts';

const NOBODY: ChangedPeople = {
  consumer: 'reminders',
  change: 'add',
  isExecuted: true,
  isPaused: false,
  isCutShort: false,
  named: 0,
  changed: 0,
  unchanged: 0,
  bad: [],
  unknownNational: [],
  unknownLocal: [],
  notPublished: [],
  leftOut: [],
};
const SOME: ChangedPeople = {
  ...NOBODY,
  named: 12_345,
  changed: 12_300,
  unchanged: 38,
  bad: [1, 20_000],
  unknownNational: [9, 3, 10, 8],
  unknownLocal: [12, 17, 18],
  notPublished: [44],
  leftOut: [5, 6],
};

describe('hub consumers people', () => {
  it('prints counts and the numbers of lines', async () => {
    const text = [
      printChangedPeople(SOME),
      printChangedPeople({ ...SOME, isExecuted: false }),
      printChangedPeople({ ...NOBODY, named: 1, changed: 1, isPaused: true, isCutShort: true }),
      printChangedPeople({ ...SOME, change: 'remove', notPublished: [], leftOut: [], bad: [] }),
      printChangedPeople({ ...NOBODY, change: 'remove', isExecuted: false }),
      [0, 1, 12_345].map((count) => printPeopleCount('reminders', count)).join('\n'),
      (['not-added', 'dropping', 'no-list'] as const).map(printPeopleRefusal).join('\n'),
    ].join('\n\n');
    const file = join(import.meta.dirname, 'operator', 'consumers-people.txt');
    await expect(`${text}\n`).toMatchFileSnapshot(file);
  });

  it.each([
    [[TEST_PNR[0]], 'the action is add, remove or count'],
    [['add'], 'give exactly one of --file, --stdin'],
    [['remove', '--stdin', '--file', 'x'], 'give exactly one of --file, --stdin'],
    [['count', '--execute'], 'count takes no option'],
    [['add', TEST_PNR[0], '--stdin'], 'too many arguments'],
  ])('%j ends with exit code 2, and shows nothing of what was given', async (args, why) => {
    const texts: string[] = [];
    const keep = (text: string) => texts.push(text);
    const terminal: Terminal = {
      out: keep,
      err: keep,
      redraw: keep,
      isInteractive: false,
      signal: new AbortController().signal,
    };
    expect(await runCommandLine(['consumers', 'people', 'reminders', ...args], terminal)).toBe(2);
    expect(texts.join('\n')).toContain(why);
    expect(texts.join('\n')).not.toContain(TEST_PNR[0]);
  });
});
