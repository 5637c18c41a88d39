import { describe, expect, it } from 'vitest';
import { type PublishedState, PublishedTally } from '../../scripts/demo/published-tally.ts';
import type { CommittedChange } from '../../scripts/population/life/play-life.ts';

const open = (main: string, ...aliases: string[]): PublishedState => ({
  kind: 'person',
  main,
  aliases,
});
const secret = (main: string): PublishedState => ({ kind: 'protected-person', main, aliases: [] });
const redirect = (redirectTo: string): PublishedState => ({ kind: 'redirect', redirectTo });
const change = (PersonId: string, begunAt: number, committedAt: number): CommittedChange => ({
  kind: 'name-changed',
  IdTyp: 'PNR',
  PersonId,
  begunAt,
  committedAt,
  publishes: true,
  identitiesAdded: 0,
});

describe('the tally of what a reader of the topics sees', () => {
  it('counts each person once, however often a state comes', () => {
    const tally = new PublishedTally();
    tally.addState('a', open('1'), 0);
    tally.addState('a', open('1', '2'), 1);
    tally.addState('b', secret('3'), 2);
    expect([tally.persons, tally.identities, tally.protectedPersons]).toEqual([2, 3, 1]);
    expect([...tally.protectedIdentities()]).toEqual([['b', ['3']]]);
    tally.addState('b', open('3'), 3);
    tally.addState('a', null, 4);
    expect([tally.persons, tally.identities, tally.protectedPersons]).toEqual([1, 1, 0]);
    expect([tally.tombstones, tally.records]).toEqual([1, 5]);
  });

  it('takes a redirected key for no person, whichever of the two keys comes first', () => {
    const tally = new PublishedTally();
    tally.addState('a', open('1'), 0);
    tally.addState('b', open('2'), 1);
    tally.addState('a', open('1', '2'), 2);
    tally.addState('b', redirect('a'), 3);
    expect([tally.persons, tally.identities, tally.redirects]).toEqual([1, 2, 1]);
    expect(tally.sampleKeys).toMatchObject({ person: 'a', merged: 'a' });
    tally.addState('b', open('2'), 4);
    tally.addState('a', open('1'), 5);
    expect([tally.persons, tally.identities, tally.redirects]).toEqual([2, 2, 0]);
    expect([...tally.publishedIdentities()]).toEqual(['2', '1']);
  });

  it('counts a key as removed only while nobody is published under it', () => {
    const tally = new PublishedTally();
    tally.addState('a', open('1'), 0);
    tally.addState('a', null, 1);
    expect(tally.tombstones).toBe(1);
    tally.addState('a', open('1'), 2);
    expect(tally.tombstones).toBe(0);
  });

  it('measures from the commit to the reader, whichever of the two is told first', () => {
    const tally = new PublishedTally();
    tally.addState('a', open('1'), 5);
    tally.beginLive();
    tally.expect(change('1', 10, 20));
    expect(tally.awaited).toBe(1);
    tally.addState('a', open('1'), 50);
    tally.addState('b', open('2'), 110);
    tally.expect(change('2', 90, 100));
    expect(tally.awaited).toBe(0);
    expect(tally.latency()).toEqual({ measured: 2, p50Ms: 30, p99Ms: 30 });
  });

  it('does not take a state from before a change for the answer to it', () => {
    const tally = new PublishedTally();
    tally.beginLive();
    tally.addState('a', open('1'), 5);
    tally.expect(change('1', 10, 20));
    expect(tally.awaited).toBe(1);
    expect(tally.latency()).toBeUndefined();
  });

  it('does not wait for a change of a number by which the person is not known', () => {
    const tally = new PublishedTally();
    tally.beginLive();
    tally.addState('b', open('2'), 5);
    tally.addState('a', open('1', '2'), 6);
    tally.addState('b', redirect('a'), 7);
    tally.expect(change('2', 10, 20));
    expect(tally.awaited).toBe(0);
    tally.expect(change('1', 10, 20));
    expect(tally.awaited).toBe(1);
  });

  it('waits for nothing when a change publishes nothing', () => {
    const tally = new PublishedTally();
    tally.beginLive();
    tally.expect({ ...change('1', 10, 20), publishes: false });
    expect(tally.awaited).toBe(0);
  });
});
