import { describe, expect, it } from 'vitest';
import { createSlots } from '../../../../connectors/sources/pu/pulls/slots.ts';

describe('the places for orders that are placed or read', () => {
  it('are taken by so many at one time, who came first before who came last', async () => {
    const inTurn = createSlots(2);
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const work = [0, 1, 2, 3].map((i) =>
      inTurn(() => {
        begun.push(i);
        return new Promise<void>((end) => ends.push(end));
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await work[1];
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    for (const end of ends) end();
    await work[0];
    await Promise.resolve();
    for (const end of ends) end();
    await Promise.all(work);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('are free again after work that failed', async () => {
    const inTurn = createSlots(1);
    await expect(inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await inTurn(() => Promise.resolve('yes'))).toBe('yes');
  });
});
