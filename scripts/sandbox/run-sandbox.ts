/**
 * The process of a sandbox: `node scripts/sandbox/run-sandbox.ts <state folder> [starter]`. What it is to be stands in the folder. With the
 * identity of the process that starts it, as JSON, it ends when that one is gone. Started by start-sandbox.ts.
 */

import { isRunning, type ProcessIdentity } from '../stack/process-identity.ts';
import { puAddresses } from './call-route.ts';
import { CONNECTED_HSA_ID, ensureCertificates, NEIGHBOUR_HSA_ID } from './certificates.ts';
import { createContracts } from './contracts/answer-contract.ts';
import { serveControl } from './control-api.ts';
import { Orders } from './orders.ts';
import { Register } from './register.ts';
import { makeSandboxFolders, readSettings, sandboxFolder } from './sandbox-folder.ts';
import { sandboxLog } from './sandbox-log.ts';
import { sandboxPopulation } from './sandbox-population.ts';
import { PuServer } from './server.ts';
import { Switches } from './switches.ts';

const WATCH_STARTER_EVERY_MS = 1_000;

/** Serves the sandbox of that folder until this process is asked to end. */
async function serveSandbox(root: string, starter: ProcessIdentity | undefined): Promise<void> {
  const folder = sandboxFolder(root);
  const settings = readSettings(folder);
  if (settings === undefined) throw new Error('the state folder holds no settings of a sandbox');
  makeSandboxFolders(folder);

  const asked = Promise.withResolvers<void>();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => asked.resolve());
  }
  if (starter !== undefined) {
    setInterval(() => isRunning(starter) || asked.resolve(), WATCH_STARTER_EVERY_MS).unref();
  }

  const log = sandboxLog();
  const switches = new Switches(folder.switches);
  const population = sandboxPopulation(settings);
  const certificates = await ensureCertificates(folder.certificates);
  using register = Register.open(population, folder.journal, () => switches.now());
  await using orders = new Orders({
    folder: folder.orders,
    filesUrl: puAddresses(settings.port).files,
    personsPerDocument: settings.personsPerDocument,
    documentsPerZip: settings.documentsPerZip,
    switches,
    log,
    worker: { seed: settings.seed, persons: settings.persons, journal: folder.journal },
  });
  await using _server = await PuServer.start({
    settings,
    certificates,
    connected: [CONNECTED_HSA_ID, NEIGHBOUR_HSA_ID],
    contracts: createContracts({ register, orders }),
    orders,
    uploads: folder.uploads,
    switches,
    somebodyElse: population.mainIdentity(0),
    log,
  });
  // Last: whoever waits for the sandbox waits for this.
  await using _control = await serveControl({ settings, register, orders, switches });
  log({ what: 'serving' });
  await asked.promise;
  log({ what: 'stopping' });
}

const [, , root = '', starter] = process.argv;
await serveSandbox(
  root,
  starter === undefined ? undefined : (JSON.parse(starter) as ProcessIdentity),
);
// A call that is made to wait must not hold it up.
process.exit(0);
