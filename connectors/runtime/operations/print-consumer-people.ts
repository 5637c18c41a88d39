/** `hub consumers people`: counts and numbers of lines, never what stands in them. */
import type { ChangedPeople, PeopleRefusal } from './consumer-people.ts';
import { printCount } from './print-status.ts';

const WHY_REFUSED: Readonly<Record<PeopleRefusal, string>> = {
  'not-added': 'no consumer of this name was added, or it is gone',
  dropping: 'this consumer is being dropped: it gets nobody any more',
  'no-list': 'the persons of this consumer are no list: its profile says whom it gets',
};

/** Why nothing was done, as part of a sentence. */
export function printPeopleRefusal(refusal: PeopleRefusal): string {
  return WHY_REFUSED[refusal];
}

/** How long the list of a consumer is. */
export function printPeopleCount(consumer: string, count: number): string {
  return `${printCount(count)} number${count === 1 ? ' is' : 's are'} on the list of ${consumer}.`;
}

/** What became of the lines, or would, and why some persons are not delivered. */
export function printChangedPeople(people: ChangedPeople): string {
  const { consumer, named, changed, unchanged, unknownNational, unknownLocal } = people;
  const [change, noChange] = wordsOf(people);
  const unknown = unknownNational.length + unknownLocal.length;
  return [
    `${printCount(named)} line${named === 1 ? ' names' : 's name'} somebody for the list of ${consumer}`,
    countLine(changed, change),
    countLine(unchanged, noChange),
    countLine(unknown, 'not known to the hub'),
    ...unknownLines(people),
    ...linesWith('Not delivered while the hub publishes nobody under it', people.notPublished),
    ...linesWith('Not delivered while the profile leaves the person out', people.leftOut),
    ...linesWith('Refused, since it is no root with a number of it', people.bad),
    ...(people.isCutShort
      ? ['It was stopped before the last line. Given once more, it does the rest.']
      : []),
    ...whenTold(people),
  ].join('\n');
}

function wordsOf({ change, isExecuted }: ChangedPeople): readonly [string, string] {
  if (isExecuted) {
    return change === 'add' ? ['added', 'listed before'] : ['removed', 'not listed before'];
  }
  const listed = 'listed now, by this number or another one of the person';
  return change === 'add' ? ['not listed yet', listed] : [listed, 'not listed'];
}

function unknownLines({ change, unknownNational, unknownLocal }: ChangedPeople): readonly string[] {
  if (change === 'remove') {
    const all = [...unknownNational, ...unknownLocal];
    return linesWith('The hub does not know the number, so nobody is listed by it', all);
  }
  return [
    ...linesWith(
      'Not to be listed, since the hub does not know the number. Look it up once at the desk, that reads it through from PU, and add it again',
      unknownNational,
    ),
    ...linesWith(
      'Not to be listed, since the hub does not know the number: no source has told of it. Check the root and the number',
      unknownLocal,
    ),
  ];
}

function whenTold({ consumer, isExecuted, isPaused, changed }: ChangedPeople): readonly string[] {
  if (!isExecuted || changed === 0) return [];
  if (isPaused)
    return [`${consumer} is paused: it is told when it goes on (\`hub consumers resume\`).`];
  return [
    `The hub begins to tell ${consumer} within 5 seconds; \`hub consumers status ${consumer}\` says what stands in the way.`,
  ];
}

function countLine(count: number, words: string): string {
  return `${printCount(count).padStart(11)}  ${words}`;
}

function linesWith(why: string, numbers: readonly number[]): readonly string[] {
  if (numbers.length === 0) return [];
  return [`${why}: line${numbers.length === 1 ? '' : 's'} ${printRanges(numbers)}.`];
}

/** `3, 7-9`: all of them, since each has to be found in the file. */
function printRanges(numbers: readonly number[]): string {
  const ranges: { readonly from: number; to: number }[] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
