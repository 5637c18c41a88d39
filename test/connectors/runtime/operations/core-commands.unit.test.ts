import { describe, expect, it } from 'vitest';
import {
  type CoreCommand,
  coreRequestOf,
  parseItem,
  printCoreResult,
  readCoreCommand,
} from '../../../../connectors/runtime/operations/core-commands.ts';
import type { IdentityKey, PersonKey } from '../../../../core/person/person-identifier.ts';

const AUTHOR = { reason: 'case 4711', requestedBy: 'operator' };
const PERSON = '018f0000-0000-7000-8000-000000000001' as string as PersonKey;
const SEEN = '018f0000-0000-7000-8000-000000000002' as string as IdentityKey;
const COMMANDS: readonly CoreCommand[] = [
  { kind: 'phase-switch', phase: 'step-1', seen: { phase: 'shadow', generation: 3 } },
  { kind: 'phase-accept-vanishing', walk: 7 },
  { kind: 'rebuild' },
  { kind: 'work-decide', item: 12n, choice: 'different-persons' },
  { kind: 'erase', person: PERSON, seen: [SEEN], keepsHash: true },
  { kind: 'readmit', person: PERSON },
];

describe('coreRequestOf', () => {
  it('makes the row with who, what, why and what was seen', () => {
    expect(coreRequestOf(COMMANDS[0] ?? expect.fail(), AUTHOR)).toEqual({
      kind: 'request',
      request: {
        kind: 'phase-switch',
        target: 'core',
        arguments: { phase: 'step-1' },
        reason: 'case 4711',
        requestedBy: 'operator',
        expectedState: 'shadow:3',
      },
    });
  });

  it.each(COMMANDS)('makes what an instance reads back: $kind', (command) => {
    const made = coreRequestOf(command, AUTHOR);
    expect(made.kind === 'request' && readCoreCommand(made.request)).toEqual(command);
  });

  it.each(['', 'ok', 'about 22790814-AA01'])(
    'refuses a reason that says nothing or says whom: %#',
    (reason) => {
      expect(coreRequestOf({ kind: 'rebuild' }, { ...AUTHOR, reason }).kind).toBe('refused');
    },
  );
});

describe('readCoreCommand', () => {
  it.each([
    ['source-pause', {}, null],
    ['phase-switch', { phase: 'step-3' }, 'shadow:3'],
    ['phase-switch', { phase: 'step-1' }, null],
    ['phase-switch', { phase: 'step-1' }, 'shade:3'],
    ['phase-accept-vanishing', {}, null],
    ['phase-accept-vanishing', {}, 'all'],
    ['work-decide', { item: '12', choice: 'maybe' }, null],
    ['work-decide', { item: 'twelve', choice: 'noted' }, null],
    ['work-decide', { choice: 'noted' }, null],
    ['erase', { person: PERSON }, PERSON],
    ['erase', { person: PERSON, keepsHash: true }, null],
    ['erase', { person: PERSON, keepsHash: true }, `${PERSON},somebody`],
    ['erase', { person: 'somebody', keepsHash: true }, PERSON],
    ['readmit', {}, null],
  ])('knows no %s with %j about %s', (kind, args, expectedState) => {
    expect(readCoreCommand({ kind, arguments: args, expectedState })).toBeUndefined();
  });
});

describe('parseItem', () => {
  it('takes the number of a work item and nothing else', () => {
    expect(parseItem('12')).toBe(12n);
    for (const text of ['', '-1', '1.5', 'x', '1234567890123456789', 12, null]) {
      expect(parseItem(text)).toBeUndefined();
    }
  });
});

describe('printCoreResult', () => {
  it.each([
    ['not-open', 'the work item closed by itself'],
    ['other-state', 'not as it was seen'],
    ['not-a-choice', 'cannot be answered so'],
  ])('says in words why a command was refused: %s', (detail, words) => {
    const answer = { instance: 'a', outcome: 'refused' as const, detail, at: 0 };
    expect(printCoreResult({ id: 5n, answer, silent: undefined })).toContain(words);
  });

  it('says who has not answered, or that nobody is there', () => {
    expect(printCoreResult({ id: 5n, answer: undefined, silent: 'a' })).toBe(
      'Command 5 is stored. a has the role core and has not answered yet.',
    );
    expect(printCoreResult({ id: 5n, answer: undefined, silent: undefined })).toContain(
      'the next one that does carries it out',
    );
  });
});
