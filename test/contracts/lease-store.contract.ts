import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SOME_NUMBER, type StoreUnderTest } from './store-under-test.ts';

const LONG_MS = 60_000;
const SHORT_MS = 30;

/** What every LeaseStore and SourceCheckpointStore guarantees. */
export function leaseStoreContract(open: () => Promise<StoreUnderTest>): void {
  describe('a lease store', () => {
    let store: StoreUnderTest;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
    });

    it('gives a lease to one owner at a time', async () => {
      const lease = await store.leases.acquire('one', 'a', LONG_MS);
      expect(lease).toEqual({ name: 'one', owner: 'a', token: 1n });
      expect(await store.leases.acquire('one', 'b', LONG_MS)).toBeUndefined();
    });

    it('gives a lease to one of many who ask at the same moment', async () => {
      const owners = ['a', 'b', 'c', 'd', 'e', 'f'];
      const answers = await Promise.all(
        owners.map((owner) => store.leases.acquire('contested', owner, LONG_MS)),
      );
      expect(answers.filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    it('lets another take over what was released, with a higher token', async () => {
      const first = await store.leases.acquire('released', 'a', LONG_MS);
      if (first === undefined) return expect.fail();
      await store.leases.release(first);
      const second = await store.leases.acquire('released', 'b', LONG_MS);
      expect(second?.token).toBe(first.token + 1n);
      expect(await store.leases.renew(first, LONG_MS)).toBe(false);
    });

    it('lets another take over what ran out, and does not revive it', async () => {
      const first = await store.leases.acquire('expired', 'a', SHORT_MS);
      if (first === undefined) return expect.fail();
      const second = await eventually(() => store.leases.acquire('expired', 'b', LONG_MS));
      expect(second.token).toBe(first.token + 1n);
      expect(await store.leases.renew(first, LONG_MS)).toBe(false);
      await store.leases.release(first);
      expect(await store.leases.renew(second, LONG_MS)).toBe(true);
    });

    it('is renewed by who holds it', async () => {
      const lease = await store.leases.acquire('renewed', 'a', LONG_MS);
      if (lease === undefined) return expect.fail();
      expect(await store.leases.renew(lease, LONG_MS * 2)).toBe(true);
      const [held] = await store.leases.held('renewed');
      expect(held?.expiresInMs).toBeGreaterThan(LONG_MS);
    });

    it('fences off what the same owner did under its earlier lease', async () => {
      const first = await store.leases.acquire('again', 'a', LONG_MS);
      const second = await store.leases.acquire('again', 'a', LONG_MS);
      if (first === undefined || second === undefined) return expect.fail();
      expect(second.token).toBeGreaterThan(first.token);
      expect(await store.leases.renew(first, LONG_MS)).toBe(false);
    });

    it('names the leases that are held now', async () => {
      await store.leases.acquire('list/x_1', 'a', LONG_MS);
      const gone = await store.leases.acquire('list/x_2', 'a', LONG_MS);
      if (gone === undefined) return expect.fail();
      await store.leases.release(gone);
      await store.leases.acquire('list/xy1', 'b', LONG_MS);
      const held = await store.leases.held('list/x_');
      expect(held).toEqual([{ name: 'list/x_1', owner: 'a', expiresInMs: SOME_NUMBER }]);
    });
  });

  describe('a source checkpoint store', () => {
    let store: StoreUnderTest;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
    });

    it('has nothing of a source that was never read', async () => {
      expect(await store.checkpoints.load('pu')).toBeUndefined();
    });

    it('keeps the latest text of who holds the lease', async () => {
      const lease = await store.leases.acquire('source/master', 'a', LONG_MS);
      if (lease === undefined) return expect.fail();
      expect(await store.checkpoints.save(lease, 'master', '{"at":"1"}')).toBe(true);
      expect(await store.checkpoints.save(lease, 'master', '{"at":"2"}')).toBe(true);
      expect(await store.checkpoints.load('master')).toBe('{"at":"2"}');
      await store.leases.release(lease);
    });

    it('stores nothing for somebody whose lease was taken over', async () => {
      const old = await store.leases.acquire('source/fenced', 'a', LONG_MS);
      if (old === undefined) return expect.fail();
      await store.leases.release(old);
      const taken = await store.leases.acquire('source/fenced', 'b', LONG_MS);
      if (taken === undefined) return expect.fail();
      expect(await store.checkpoints.save(taken, 'master', 'new')).toBe(true);
      expect(await store.checkpoints.save(old, 'master', 'old')).toBe(false);
      expect(await store.checkpoints.load('master')).toBe('new');
    });
  });
}

/** Asks again until there is an answer; bounded by the time limit of the test. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
