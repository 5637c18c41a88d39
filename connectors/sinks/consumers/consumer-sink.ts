import type { OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import type { DeliveredAt } from '../../../core/disclosure/delivery-ports.ts';
import type { HubError } from '../../../core/errors/hub-error.ts';

/** What became of one delivery. */
export type DeliveryOutcome = DeliveredAt | null | HubError;

/** Where one consumer's deliveries go: its topics, or the tables in its own database. */
export interface ConsumerSink extends AsyncDisposable {
  /**
   * Makes or checks what it writes to. Called before the first delivery, and again after a failure.
   * @returns `lost` when what was delivered before is not there any more, so that everything has to be told again.
   */
  prepare(): Promise<'ready' | 'lost'>;
  /**
   * Puts deliveries where the consumer finds them, in the order of the list for each person. Resolves when all of them are durable. When it rejects, any
   * number may be there: the same again does no harm, since the consumer compares (generation, version).
   * @param isBulk true while everybody is gone through: then there may be a faster way.
   * @returns for each delivery where its state stands; null where there is none, or no offset. A HubError: the state of this person alone was
   * refused, such as one that is too large; its orders to forget and its events were delivered.
   * @throws HubError when the deliveries as a whole were not proven.
   */
  deliver(
    deliveries: readonly OutgoingDelivery[],
    isBulk: boolean,
  ): Promise<readonly DeliveryOutcome[]>;
  /** Takes away what the consumer was given: its topics or its tables. What was sent was taken back before, person by person. */
  remove(): Promise<void>;
}

/** Another instance feeds the consumer now, or what is stored about it was set anew: begin again from there. */
export class FeedOvertakenError extends Error {
  override readonly name = 'FeedOvertakenError';
  constructor() {
    super('What is stored about this consumer is not what this feed went on from.');
  }
}
