import { fhirPatient } from '../../core/disclosure/fhir/fhir-patient.ts';
import type { ConsumerCodec, StateToEncode } from './consumer-codec.ts';
import type { KafkaMessage } from './kafka-message.ts';

/** Records for a consumer that gets its persons as FHIR: a state is a `Patient` of R4 in JSON. Tombstones, orders and events are as for everybody. */
export class FhirCodec {
  readonly #codec: ConsumerCodec;

  constructor(codec: ConsumerCodec) {
    this.#codec = codec;
  }

  /** The record of `consumer.<name>.person.v1`. */
  encodeState(delivery: StateToEncode): KafkaMessage {
    const { personKey, generation, version, state } = delivery;
    if (state === null) return this.#codec.encodeState(delivery);
    const patient = fhirPatient({ personKey, generation, version, record: state });
    const headers = { ...this.#codec.stateHeaders(delivery), 'content-type': FHIR_JSON };
    return { key: personKey, value: Buffer.from(JSON.stringify(patient)), headers };
  }

  encodeEvent(...event: Parameters<ConsumerCodec['encodeEvent']>): KafkaMessage {
    return this.#codec.encodeEvent(...event);
  }

  encodePurge(...purge: Parameters<ConsumerCodec['encodePurge']>): KafkaMessage {
    return this.#codec.encodePurge(...purge);
  }
}

const FHIR_JSON = 'application/fhir+json';
