/** The orders of the sandbox: each has a folder with what was asked and, in the end, its files. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { readJson, writeJson } from '../stack/json-file.ts';
import type { FaultKind } from './fault-kinds.ts';
import {
  type OrderDone,
  type OrderWork,
  type OrderWorkerSetup,
  orderFileName,
} from './order-work.ts';
import type { SandboxLog } from './sandbox-log.ts';
import type { OrderDesk, OrderedQuestion } from './sandbox-types.ts';
import type { Switches } from './switches.ts';

interface Order {
  readonly caller: string;
  readonly question: OrderedQuestion;
  readonly personsPerDocument: number;
  readonly faults: readonly FaultKind[];
  readonly state: 'in-work' | 'ready' | 'failed';
  readonly files: number;
}

export interface OrdersOptions {
  readonly folder: string;
  /** The address under which {@link Orders.file} is served, without a slash at its end. */
  readonly filesUrl: string;
  readonly personsPerDocument: number;
  readonly documentsPerZip: number;
  readonly switches: Switches;
  readonly log: SandboxLog;
  readonly worker: OrderWorkerSetup;
}

const ORDER_FILE = 'order.json';

export class Orders implements OrderDesk, AsyncDisposable {
  readonly #options: OrdersOptions;
  readonly #orders = new Map<string, Order>();
  readonly #worker: Worker;

  /** Orders that were in work when the sandbox ended are begun anew. */
  constructor(options: OrdersOptions) {
    this.#options = options;
    this.#worker = new Worker(new URL('./order-worker.ts', import.meta.url), {
      workerData: options.worker,
    });
    this.#worker.on('message', (done: OrderDone) => this.#finish(done));
    // A thread that ends by itself is a bug: the process must not go on without it.
    this.#worker.on('error', (error) => {
      throw error;
    });
    for (const orderId of readdirSync(options.folder)) {
      const order = readJson<Order>(join(options.folder, orderId, ORDER_FILE));
      if (order === undefined) continue;
      this.#orders.set(orderId, order);
      if (order.state === 'in-work') this.#begin(orderId, order);
    }
  }

  place(question: OrderedQuestion, caller: string): string {
    return this.placeSized(question, caller, this.#options.personsPerDocument);
  }

  /** Like {@link place}, with as many persons in a document as the caller wants. */
  placeSized(question: OrderedQuestion, caller: string, personsPerDocument: number): string {
    const orderId = randomUUID();
    const order: Order = {
      caller,
      question,
      personsPerDocument,
      faults: this.#drawFaults(question),
      state: 'in-work',
      files: 0,
    };
    mkdirSync(join(this.#options.folder, orderId), { mode: 0o700 });
    this.#keep(orderId, order);
    this.#begin(orderId, order);
    return orderId;
  }

  files(orderId: string, caller: string): readonly string[] | undefined {
    const order = this.#orders.get(orderId);
    const { switches, filesUrl } = this.#options;
    const isThere = order !== undefined && order.caller === caller && order.state !== 'failed';
    if (!isThere || switches.draws('order-gone', 'GetFilesForOrderId')) return undefined;
    if (order.state === 'in-work') return [];
    if (switches.draws('order-never-ready', 'GetFilesForOrderId')) return [];
    const files = Array.from(
      { length: order.files },
      (_, index) => `${filesUrl}/${orderId}/${orderFileName(index + 1)}`,
    );
    const isDoubled = switches.draws('duplicate-files', 'GetFilesForOrderId');
    return isDoubled ? [...files, ...files] : files;
  }

  /** The path of one file of an order; undefined when there is none, or the order is somebody else's. */
  file(orderId: string, name: string, caller: string): string | undefined {
    const order = this.#orders.get(orderId);
    if (order?.state !== 'ready' || order.caller !== caller) return undefined;
    const path = join(this.#options.folder, orderId, name);
    return /^\d+\.zip$/.test(name) && existsSync(path) ? path : undefined;
  }

  /** How many orders there are in each state. */
  count(): Readonly<Record<Order['state'], number>> {
    const counts = { 'in-work': 0, ready: 0, failed: 0 };
    for (const { state } of this.#orders.values()) counts[state]++;
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  #drawFaults(question: OrderedQuestion): readonly FaultKind[] {
    return this.#options.switches.drawAll('order', 'files', (kind) => {
      const isAboutIdentities = kind === 'other-identity' || kind === 'fewer-records';
      return question.kind === 'identities' || !isAboutIdentities;
    });
  }

  #begin(orderId: string, order: Order): void {
    this.#worker.postMessage({
      orderId,
      folder: join(this.#options.folder, orderId),
      question: order.question,
      personsPerDocument: order.personsPerDocument,
      documentsPerZip: this.#options.documentsPerZip,
      faults: order.faults,
    } satisfies OrderWork);
  }

  #finish({ orderId, files, persons, error }: OrderDone): void {
    const order = this.#orders.get(orderId);
    if (order === undefined) return;
    const state = files === null ? 'failed' : 'ready';
    this.#keep(orderId, { ...order, state, files: files ?? 0 });
    if (order.question.kind === 'identities') rmSync(order.question.file, { force: true });
    this.#options.log({ what: 'order', orderId, state, files: files ?? 0, persons, error });
  }

  #keep(orderId: string, order: Order): void {
    writeJson(join(this.#options.folder, orderId, ORDER_FILE), order);
    this.#orders.set(orderId, order);
  }
}
