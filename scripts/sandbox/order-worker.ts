/** The thread that works on orders, one after another, so that calls are answered while a million records are written. */
import { parentPort, workerData } from 'node:worker_threads';
import { createContracts } from './contracts/answer-contract.ts';
import { makeOrderFiles } from './make-order-files.ts';
import type { OrderDone, OrderWork, OrderWorkerSetup } from './order-work.ts';
import { Register } from './register.ts';
import { sandboxPopulation } from './sandbox-population.ts';
import type { OrderDesk } from './sandbox-types.ts';

const setup = workerData as OrderWorkerSetup;
const population = sandboxPopulation(setup);
const register = Register.follow(population, setup.journal, () => Date.now());
const noDesk = (): never => {
  throw new Error('orders are placed by the server');
};
const orders: OrderDesk = { place: noDesk, files: noDesk };
const contracts = createContracts({ register, orders });

async function workOn(work: OrderWork): Promise<OrderDone> {
  try {
    // Everything that was answered before the order was placed is in the journal by now.
    register.catchUp();
    const done = await makeOrderFiles(work, contracts, population.mainIdentity(0));
    return { orderId: work.orderId, ...done, error: null };
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    return { orderId: work.orderId, files: null, persons: 0, error: name };
  }
}

let queue: Promise<void> = Promise.resolve();
parentPort?.on('message', (work: OrderWork) => {
  queue = queue.then(async () => parentPort?.postMessage(await workOn(work)));
});
