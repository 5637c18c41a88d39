import { describe } from 'vitest';
import { masterSourceContract } from '../../../contracts/master-source.contract.ts';
import { masterSourceFaultsContract } from '../../../contracts/master-source-faults.contract.ts';
import { masterSourceModesContract } from '../../../contracts/master-source-modes.contract.ts';
import { testEnvironment } from '../../../support/env.ts';
import { createMssqlMaster } from '../../../support/master-fixture-mssql.ts';

const url = testEnvironment().masterMssqlUrl;
const suite = (): void => {
  const server = {
    create: () => createMssqlMaster(url ?? ''),
    trackingNeedsKey: true,
    // The shortest retention of change tracking is a minute, and some tests wait until it is over.
    patienceMs: 100_000,
  };
  masterSourceContract(server);
  masterSourceFaultsContract(server);
  masterSourceModesContract(server);
};

if (url === undefined) {
  describe.skip(
    'Master source on SQL Server (needs MASTER_MSSQL_URL: a server where a database may be made)',
    suite,
  );
} else {
  describe('Master source on SQL Server', { timeout: 180_000 }, suite);
}
