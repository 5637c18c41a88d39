import { describe, expect, it } from 'vitest';
import { Courier } from '../../scripts/population/life/courier.ts';
import { DeliveryQueue } from '../../scripts/population/life/delivery-queue.ts';
import { callPatiently, isCutOff, LifeCutOff } from '../../scripts/population/life/patient-call.ts';

describe('what waits for a register', () => {
  it('comes when it is due, and not before', () => {
    const queue = new DeliveryQueue<string>(0);
    queue.add('late', [1], 200);
    queue.add('early', [2], 100);
    expect(queue.take(99)).toBeUndefined();
    expect(queue.take(150)?.parcel).toBe('early');
    expect(queue.take(150)).toBeUndefined();
    expect(queue.take(200)?.parcel).toBe('late');
  });

  it('keeps the order of one person, whatever their delays, and time between them', () => {
    const queue = new DeliveryQueue<string>(50);
    queue.add('first', [1, 2], 1_000);
    queue.add('second', [2], 0);
    queue.add('third', [2, 3], 0);
    const taken = [];
    for (let now = 0; now <= 2_000; now += 10) {
      for (let next = queue.take(now); next !== undefined; next = queue.take(now)) {
        taken.push([next.parcel, now]);
        queue.done(next);
      }
    }
    expect(taken).toEqual([
      ['first', 1_000],
      ['second', 1_050],
      ['third', 1_100],
    ]);
  });

  it('is not overtaken by a later one of the same person while an earlier one is under way', () => {
    const queue = new DeliveryQueue<string>(0);
    queue.add('one', [1], 0);
    queue.add('both', [1, 2], 0);
    queue.add('two', [2], 0);
    queue.add('other', [3], 0);
    const first = queue.take(0);
    expect([first?.parcel, queue.take(0)?.parcel]).toEqual(['one', 'other']);
    expect(queue.take(0)).toBeUndefined();
    if (first !== undefined) queue.done(first);
    expect(queue.take(0)?.parcel).toBe('both');
  });
});

describe('a courier', () => {
  it('has delivered everything when it ends, what is hurried in its order at once', async () => {
    const delivered: number[] = [];
    using courier = new Courier<number>({
      lanes: 3,
      gapMs: 1_000_000,
      deliver: async (parcel) => {
        await Promise.resolve();
        delivered.push(parcel);
      },
    });
    for (let i = 0; i < 10; i++) courier.hand(i, [7], 1_000_000);
    courier.finish();
    courier.hurry();
    await courier.ended;
    expect(delivered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('needs nobody to wake it: what becomes due last is delivered, too', async () => {
    for (let round = 0; round < 40; round++) {
      let delivered = 0;
      using courier = new Courier<number>({
        lanes: 2,
        gapMs: 0,
        deliver: () => {
          delivered += 1;
          return Promise.resolve();
        },
      });
      for (let i = 0; i < 50; i++) courier.hand(i, [i], i / 10);
      courier.finish();
      await courier.ended;
      expect(delivered).toBe(50);
    }
  });

  it('ends with the first failure, and delivers nothing after it', async () => {
    const tried: number[] = [];
    using courier = new Courier<number>({
      lanes: 1,
      gapMs: 0,
      deliver: (parcel) => {
        tried.push(parcel);
        return parcel === 2 ? Promise.reject(new RangeError('two')) : Promise.resolve();
      },
    });
    for (let i = 1; i <= 4; i++) courier.hand(i, [i], 0);
    courier.finish();
    await expect(courier.ended).rejects.toThrow('two');
    expect(tried).toEqual([1, 2]);
  });
});

describe('a call of the sandbox', () => {
  const cutOff = (): TypeError => new TypeError('fetch failed', { cause: new Error('refused') });

  it('is made again while the sandbox is away', async () => {
    let calls = 0;
    const call = () => (++calls < 3 ? Promise.reject(cutOff()) : Promise.resolve('heard'));
    expect(await callPatiently(call, {})).toBe('heard');
    expect(calls).toBe(3);
  });

  it('is given up after a time', async () => {
    const call = () => Promise.reject(cutOff());
    await expect(callPatiently(call, { patienceMs: 0 })).rejects.toThrow(LifeCutOff);
  });

  it('is not made again when it is refused, or wrong in itself', async () => {
    for (const wrong of [new Error('refused'), new TypeError('wrong')]) {
      let calls = 0;
      const call = () => {
        calls += 1;
        return Promise.reject(wrong);
      };
      await expect(callPatiently(call, {})).rejects.toBe(wrong);
      expect(calls).toBe(1);
    }
  });

  it('knows a connection that really failed', async () => {
    const failed = await fetch('http://127.0.0.1:1/').catch((error: unknown) => error);
    expect(isCutOff(failed)).toBe(true);
  });
});
