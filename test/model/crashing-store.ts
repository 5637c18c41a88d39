import type { FollowUps, PersonStore, PersonTransaction } from '../../core/sync/ports.ts';

/** The process died. Nothing that it had not committed is left. */
export class Crash extends Error {}

/** Counts store calls, and dies before the call of that number, or after the commit that follows on it; null: never. */
export class Mortality {
  #left: number;

  constructor(crashBefore: number | null) {
    this.#left = crashBefore ?? Number.POSITIVE_INFINITY;
  }

  step(): void {
    if (this.#left === 0) throw new Crash();
    this.#left -= 1;
  }
}

export function mortalStore(store: PersonStore, mortality: Mortality): PersonStore {
  return {
    transact: async (work) => {
      const result = await store.transact((transaction) => work(mortal(transaction, mortality)));
      mortality.step();
      return result;
    },
  };
}

export function mortalFollowUps(followUps: FollowUps, mortality: Mortality): FollowUps {
  return mortal(followUps, mortality);
}

function mortal<T extends PersonTransaction | FollowUps>(port: T, mortality: Mortality): T {
  return new Proxy(port, {
    get(target, name): unknown {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        mortality.step();
        return (await Reflect.apply(method, target, given)) as unknown;
      };
    },
  });
}
