import { expect, it } from 'vitest';
import { testEnvironment } from '../../../support/env.ts';
import { insertPersons } from '../../../support/master-fixture.ts';
import { createPgMaster } from '../../../support/master-fixture-pg.ts';
import { SourceHarness } from '../../../support/source-harness.ts';

it('leaves a command that could not be stored to the next reader', async () => {
  await using master = await createPgMaster(testEnvironment().databaseUrl);
  await insertPersons(master, 1, 3);
  await using hub = new SourceHarness(master, { mode: 'change-tracking' });
  // Without heartbeats nothing but the command is stored, so it is the command that meets the lost lease.
  await hub.startAndLoad({ heartbeatMs: 600_000 });
  const now = Date.now();
  await hub.until(() => (hub.source.status().caughtUpAt ?? 0) > now, 'a poll after the load');
  hub.checkpoints.takeOver();
  expect(await hub.source.send({ kind: 'pause' })).toBe('not-running');
  expect(await hub.failure()).toMatchObject({ code: 'HUB_MASTER_LEASE_LOST' });
});
