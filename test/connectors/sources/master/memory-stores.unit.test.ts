import { describe } from 'vitest';
import { knownRowStoreContract } from '../../../contracts/known-row-store.contract.ts';
import { MemoryKnownRows } from '../../../support/memory-master-stores.ts';

describe('in memory', () => {
  knownRowStoreContract(() =>
    Promise.resolve({
      store: new MemoryKnownRows(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  );
});
