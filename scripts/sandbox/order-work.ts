/** What the server and its worker tell each other about orders. */
import type { FaultKind } from './fault-kinds.ts';
import type { OrderedQuestion } from './sandbox-types.ts';

/** One order to be worked on. */
export interface OrderWork {
  readonly orderId: string;
  /** Where its files are to be put. */
  readonly folder: string;
  readonly question: OrderedQuestion;
  readonly personsPerDocument: number;
  readonly documentsPerZip: number;
  /** What is wrong with the files. */
  readonly faults: readonly FaultKind[];
}

/** How the work on an order ended. */
export interface OrderDone {
  readonly orderId: string;
  /** How many files it has; null: it could not be done. */
  readonly files: number | null;
  readonly persons: number;
  /** The class of the error when it could not be done. */
  readonly error: string | null;
}

/** What a worker is started with. */
export interface OrderWorkerSetup {
  readonly seed: number;
  readonly persons: number;
  readonly journal: string;
}

/** The name of an order's file. Files are counted from 1. */
export function orderFileName(number: number): string {
  return `${number}.zip`;
}
