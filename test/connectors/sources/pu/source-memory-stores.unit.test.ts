import {
  askableIdentitiesContract,
  CONTRACT_PAGE_ROWS,
  CONTRACT_SCOPE,
} from '../../hub-store/askable-identities.contract.ts';
import { MemoryAskable, MemoryPuKnown } from './source-memory-stores.ts';

askableIdentitiesContract(() => {
  const known = new MemoryPuKnown();
  const askable = new MemoryAskable(known, CONTRACT_SCOPE, CONTRACT_PAGE_ROWS);
  return Promise.resolve({
    known,
    askable,
    add: (isInMaster, identities) => {
      askable.add(isInMaster, ...identities);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
});
