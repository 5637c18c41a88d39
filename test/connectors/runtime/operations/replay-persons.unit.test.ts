import { describe, expect, it } from 'vitest';
import { MOST_KEYS } from '../../../../connectors/runtime/operations/consumer-commands.ts';
import {
  printReplayed,
  type ReplayPersonsPorts,
  replayPersons,
} from '../../../../connectors/runtime/operations/replay-persons.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import { TEST_PNR } from '../../../support/person-builder.ts';

const keyOf = (n: number): string => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`;

/** Collects what is handed on; the commands are answered by `outcome`. */
function ports(outcome: 'done' | 'refused' = 'done') {
  const pages: (readonly PersonKey[])[] = [];
  const collected: ReplayPersonsPorts = {
    unknownKeys: (keys) => Promise.resolve(keys.slice(0, 1)),
    requestOf: (keys) => {
      pages.push(keys);
      return {
        kind: 'consumer-touch',
        target: 'consumers',
        arguments: {},
        reason: 'a test',
        requestedBy: 'tester',
        expectedState: null,
      };
    },
    submit: () => {
      const answer = { instance: 'a', outcome, detail: null, at: 0 };
      return Promise.resolve({ id: BigInt(pages.length), answer, silent: undefined });
    },
  };
  return { pages, collected };
}

describe('persons that are told once more', () => {
  it('are named by one key on each line, in any case of letters, with empty lines between', async () => {
    const { pages, collected } = ports();
    const lines = [` ${keyOf(1).toUpperCase()} `, '', keyOf(2)];
    const result = await replayPersons(lines, collected);
    expect(pages).toEqual([[keyOf(1), keyOf(2)]]);
    expect(result).toMatchObject({ asked: 2, unknown: 1, bad: 0, last: { id: 1n } });
  });

  it('are not those of a bad line, which is told by its number alone', async () => {
    const { pages, collected } = ports();
    const result = await replayPersons([TEST_PNR[0], keyOf(1), 'nobody'], collected);
    expect(pages).toEqual([[keyOf(1)]]);
    expect(result).toMatchObject({ asked: 1, bad: 2, badLines: [1, 3] });
    const text = printReplayed(result);
    expect(text).toContain('lines 1, 3');
    expect(text).not.toContain(TEST_PNR[0]);
  });

  it('are handed on so many at once, and not beyond a command that was refused', async () => {
    const many = Array.from({ length: MOST_KEYS * 2 + 1 }, (_, i) => keyOf(i));
    const done = ports();
    expect((await replayPersons(many, done.collected)).asked).toBe(many.length);
    expect(done.pages.map(({ length }) => length)).toEqual([MOST_KEYS, MOST_KEYS, 1]);
    const refused = ports('refused');
    expect((await replayPersons(many, refused.collected)).asked).toBe(MOST_KEYS);
    expect(refused.pages).toHaveLength(1);
  });

  it('are nobody when no line has a key', async () => {
    const { pages, collected } = ports();
    expect(await replayPersons(['', 'x'], collected)).toMatchObject({ asked: 0, last: undefined });
    expect(pages).toEqual([]);
  });
});
