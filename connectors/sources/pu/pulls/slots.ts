/** Runs work when there is room for it, first come, first served. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

/** @param most pieces of work that go on at one time. */
export function createSlots(most: number): Slots {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((begin) => waiting.push(begin));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
