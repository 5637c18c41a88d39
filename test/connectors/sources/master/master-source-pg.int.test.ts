import { afterAll, describe } from 'vitest';
import { masterSourceContract } from '../../../contracts/master-source.contract.ts';
import { masterSourceFaultsContract } from '../../../contracts/master-source-faults.contract.ts';
import { masterSourceModesContract } from '../../../contracts/master-source-modes.contract.ts';
import { testEnvironment } from '../../../support/env.ts';
import { createPgMasterPool } from '../../../support/master-fixture-pg.ts';

describe('Master source on PostgreSQL', () => {
  const pool = createPgMasterPool(testEnvironment().databaseUrl);
  afterAll(() => pool[Symbol.asyncDispose]());
  masterSourceContract(pool);
  masterSourceFaultsContract(pool);
  masterSourceModesContract(pool);
});
