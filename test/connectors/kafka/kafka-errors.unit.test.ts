import { describe, expect, it } from 'vitest';
import { wrapKafkaError } from '../../../connectors/kafka/kafka-errors.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { libraryErrors } from '../../support/plain-kafkajs.ts';

const {
  KafkaJSConnectionError,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSAggregateError,
} = libraryErrors;

const protocolError = (type: string, retriable: boolean): Error =>
  new KafkaJSProtocolError({ name: 'x', message: 'x', type, code: 1, retriable } as never);

describe('classifying what the Kafka client threw', () => {
  it('finds the connection error in an envelope that says that it is not retriable', () => {
    const truth = new KafkaJSConnectionError('Connection error', {});
    const used = new KafkaJSNumberOfRetriesExceeded(truth, {
      retryCount: 8,
      retryTime: 1,
    } as never);
    const envelope = Object.assign(new KafkaJSNonRetriableError(used), { cause: used });
    expect(envelope.retriable).toBe(false);
    expect(wrapKafkaError(envelope)).toMatchObject({
      code: 'HUB_KAFKA_UNAVAILABLE',
      disposition: 'retriable',
    });
  });

  it('finds a refused access right in the same envelope', () => {
    const cause = protocolError('TOPIC_AUTHORIZATION_FAILED', false);
    const envelope = Object.assign(new KafkaJSNonRetriableError(cause), { cause });
    expect(wrapKafkaError(envelope)).toMatchObject({
      code: 'HUB_KAFKA_UNAUTHORIZED',
      disposition: 'fatal',
      context: { kafkaError: 'TOPIC_AUTHORIZATION_FAILED' },
    });
  });

  it.each([
    ['NOT_ENOUGH_REPLICAS', 'HUB_KAFKA_UNAVAILABLE'],
    ['GROUP_LOAD_IN_PROGRESS', 'HUB_KAFKA_UNAVAILABLE'],
    ['UNKNOWN_PRODUCER_ID', 'HUB_KAFKA_UNAVAILABLE'],
    ['OUT_OF_ORDER_SEQUENCE_NUMBER', 'HUB_KAFKA_UNAVAILABLE'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'HUB_KAFKA_TOPIC_MISSING'],
    ['MESSAGE_TOO_LARGE', 'HUB_KAFKA_MESSAGE_TOO_LARGE'],
    ['OFFSET_OUT_OF_RANGE', 'HUB_KAFKA_OFFSET_GONE'],
    ['POLICY_VIOLATION', 'HUB_KAFKA_REFUSED'],
    ['AN_ERROR_OF_A_LATER_KAFKA', 'HUB_KAFKA_REFUSED'],
  ])('makes %s %s', (type, code) => {
    expect(wrapKafkaError(protocolError(type, false))).toMatchObject({ code });
  });

  it('looks into an aggregate', () => {
    const inner = protocolError('INVALID_REPLICATION_FACTOR', false);
    const aggregate = new KafkaJSAggregateError('Topic creation errors', [inner]);
    expect(wrapKafkaError(aggregate)).toMatchObject({ code: 'HUB_KAFKA_REFUSED' });
  });

  it('takes a TypeError inside the library as a fault that a new client cures (kafkajs#1441)', () => {
    const error = new TypeError("Cannot read properties of null (reading 'brokers')");
    error.stack = `TypeError: x\n    at BrokerPool.findBroker (/app/node_modules/kafkajs/src/cluster/brokerPool.js:1:1)`;
    expect(wrapKafkaError(error)).toMatchObject({
      code: 'HUB_KAFKA_CLIENT_FAULT',
      disposition: 'retriable',
    });
  });

  it('lets a bug of ours through as it is', () => {
    const bug = new TypeError('x is not a function');
    expect(wrapKafkaError(bug)).toBe(bug);
  });

  it('lets a HubError through as it is', () => {
    const error = new HubError('HUB_STORE_UNAVAILABLE');
    expect(wrapKafkaError(error)).toBe(error);
  });

  it('does not repeat the message of the cause', () => {
    const wrapped = wrapKafkaError(new KafkaJSConnectionError('secret', {}));
    expect(wrapped).toBeInstanceOf(HubError);
    expect((wrapped as HubError).message).not.toContain('secret');
  });
});
