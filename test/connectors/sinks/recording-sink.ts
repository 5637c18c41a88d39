import type {
  ConsumerSink,
  DeliveryOutcome,
} from '../../../connectors/sinks/consumers/consumer-sink.ts';
import type { OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import { HubError } from '../../../core/errors/hub-error.ts';

/** What goes wrong with the next deliveries: `killed` after they were sent, `refused` each for its size. */
export type SinkFault = 'killed' | 'refused' | undefined;

/** Keeps what was delivered, in order. */
export class RecordingSink implements ConsumerSink {
  readonly sent: OutgoingDelivery[] = [];
  fault: SinkFault;
  isRemoved = false;

  prepare(): Promise<'ready'> {
    return Promise.resolve('ready');
  }

  deliver(deliveries: readonly OutgoingDelivery[]): Promise<readonly DeliveryOutcome[]> {
    const tooLarge = new HubError('HUB_KAFKA_MESSAGE_TOO_LARGE');
    if (this.fault === 'refused') return Promise.resolve(deliveries.map(() => tooLarge));
    this.sent.push(...deliveries);
    return this.fault === 'killed'
      ? Promise.reject(new HubError('HUB_KAFKA_UNAVAILABLE'))
      : Promise.resolve(deliveries.map(() => null));
  }

  remove(): Promise<void> {
    this.isRemoved = true;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
