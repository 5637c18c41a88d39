/** The messages of the AsyncAPI document: the Avro schemas as they are in `connectors/schemas`, with keys and headers. */
import { GENERATION_HEADER, VERSION_HEADER } from '../../kafka/consumer-codec.ts';
import { CONSUMER_SCHEMAS, type RecordSchema, subjectOf } from '../../kafka/schema-catalogue.ts';

/** Version of the Kafka bindings of AsyncAPI that the document is written in. */
export const KAFKA_BINDING = '0.5.0';

const TYPE_PREFIX = 'se.puhub.consumer.v1.';
const AVRO = 'application/vnd.apache.avro;version=1.9.0';

const PERSON_KEY = {
  type: 'string',
  format: 'uuid',
  description: "The hub's key of the person, as text.",
};

const ORDER_HEADERS = {
  [GENERATION_HEADER]: {
    type: 'string',
    pattern: '^[0-9]+$',
    description: 'Compared first: refuse what is lower than what you have.',
  },
  [VERSION_HEADER]: {
    type: 'string',
    pattern: '^[0-9]+$',
    description: 'Compared when the generation is the same.',
  },
};

/** CloudEvents 1.0, Kafka binding, binary mode. `type`: a pattern of `ce_type`. */
function headers(type: string, contentType: string | null, more: object = {}): object {
  const properties = {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: { type: 'string', description: 'The same for the same content.' },
    ce_source: { type: 'string', const: '/pu-hub/consumers' },
    ce_type: { type: 'string', pattern: `^${TYPE_PREFIX.replaceAll('.', '\\.')}${type}$` },
    ce_time: { type: 'string', format: 'date-time' },
    ce_subject: PERSON_KEY,
    ...(contentType !== null && { 'content-type': { type: 'string', const: contentType } }),
    ...more,
  };
  return { type: 'object', properties, required: Object.keys(properties) };
}

function avroMessage(schema: RecordSchema & { readonly doc?: string }, rest: object): object {
  const {
    description = schema.doc,
    key = PERSON_KEY,
    ...others
  } = rest as {
    readonly description?: string;
    readonly key?: object;
  };
  return {
    name: subjectOf(schema),
    title: schema.name,
    description,
    contentType: 'application/avro',
    ...others,
    payload: { schemaFormat: AVRO, schema },
    bindings: {
      kafka: {
        key,
        schemaIdLocation: 'payload',
        schemaIdPayloadEncoding: 'confluent',
        schemaLookupStrategy: 'RecordNameStrategy',
        bindingVersion: KAFKA_BINDING,
      },
    },
  };
}

/** By their names in the document. */
export const ASYNCAPI_MESSAGES = {
  person: avroMessage(CONSUMER_SCHEMAS.consumerPerson, {
    headers: headers('person', 'application/avro', ORDER_HEADERS),
  }),
  protectedPerson: avroMessage(CONSUMER_SCHEMAS.consumerProtectedPerson, {
    headers: headers('protected-person', 'application/avro', ORDER_HEADERS),
  }),
  fhirPatient: {
    name: 'Patient',
    title: 'Patient of FHIR R4',
    description: 'The state of a person, masked or not, as a Patient of FHIR R4: docs/fhir.md.',
    contentType: 'application/fhir+json',
    headers: headers('(person|protected-person)', 'application/fhir+json', ORDER_HEADERS),
    payload: {
      type: 'object',
      properties: { resourceType: { const: 'Patient' } },
      required: ['resourceType'],
      externalDocs: { url: 'https://hl7.org/fhir/R4/patient.html' },
    },
    bindings: { kafka: { key: PERSON_KEY, bindingVersion: KAFKA_BINDING } },
  },
  tombstone: {
    name: 'Tombstone',
    title: 'Tombstone',
    description:
      'The consumer has the person no more: delete what you have, and keep key, generation and version, so that a late record raises nobody from the dead.',
    headers: headers('tombstone', null, ORDER_HEADERS),
    payload: { type: 'null', description: 'A record without a value.' },
    bindings: { kafka: { key: PERSON_KEY, bindingVersion: KAFKA_BINDING } },
  },
  personEvent: avroMessage(CONSUMER_SCHEMAS.consumerEvent, {
    headers: headers('[a-z-]+', 'application/avro'),
  }),
  purgeOrder: avroMessage(CONSUMER_SCHEMAS.purgeOrder, {
    headers: headers('purge-order', 'application/avro'),
  }),
  purgeAck: avroMessage(CONSUMER_SCHEMAS.purgeAck, {
    key: { type: 'string', format: 'uuid', description: 'The id of the order, as text.' },
  }),
} as const;
export type MessageName = keyof typeof ASYNCAPI_MESSAGES;
