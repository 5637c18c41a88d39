import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError, HubError } from '../../core/errors/hub-error.ts';
import { type LogSafeFields, safeWord } from '../../core/errors/log-safe.ts';

type KafkaCode = Extract<ErrorCode, `HUB_KAFKA_${string}`>;

/** Protocol errors by the broker's name for them. What is not here is `HUB_KAFKA_REFUSED`. */
const BY_PROTOCOL_TYPE: Readonly<Record<string, KafkaCode>> = {
  ...all('HUB_KAFKA_UNAVAILABLE', [
    // The cluster is moving or short of replicas.
    'LEADER_NOT_AVAILABLE',
    'NOT_LEADER_FOR_PARTITION',
    'FENCED_LEADER_EPOCH',
    'UNKNOWN_LEADER_EPOCH',
    'PREFERRED_LEADER_NOT_AVAILABLE',
    'ELIGIBLE_LEADERS_NOT_AVAILABLE',
    'REPLICA_NOT_AVAILABLE',
    'NOT_ENOUGH_REPLICAS',
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    'BROKER_NOT_AVAILABLE',
    'NOT_CONTROLLER',
    'STALE_CONTROLLER_EPOCH',
    'STALE_BROKER_EPOCH',
    'REASSIGNMENT_IN_PROGRESS',
    'REQUEST_TIMED_OUT',
    'NETWORK_EXCEPTION',
    'CORRUPT_MESSAGE',
    'KAFKA_STORAGE_ERROR',
    'OFFSET_NOT_AVAILABLE',
    'FETCH_SESSION_ID_NOT_FOUND',
    'INVALID_FETCH_SESSION_EPOCH',
    'LISTENER_NOT_FOUND',
    // The group is moving.
    'GROUP_LOAD_IN_PROGRESS',
    'GROUP_COORDINATOR_NOT_AVAILABLE',
    'NOT_COORDINATOR_FOR_GROUP',
    'REBALANCE_IN_PROGRESS',
    'ILLEGAL_GENERATION',
    'UNKNOWN_MEMBER_ID',
    'MEMBER_ID_REQUIRED',
    'UNSTABLE_OFFSET_COMMIT',
    // The broker has lost track of the producer: a new producer id cures it.
    'OUT_OF_ORDER_SEQUENCE_NUMBER',
    'DUPLICATE_SEQUENCE_NUMBER',
    'UNKNOWN_PRODUCER_ID',
    'INVALID_PRODUCER_EPOCH',
    'INVALID_PRODUCER_ID_MAPPING',
  ]),
  ...all('HUB_KAFKA_UNAUTHORIZED', [
    'TOPIC_AUTHORIZATION_FAILED',
    'GROUP_AUTHORIZATION_FAILED',
    'CLUSTER_AUTHORIZATION_FAILED',
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    'DELEGATION_TOKEN_AUTHORIZATION_FAILED',
    'SASL_AUTHENTICATION_FAILED',
    'UNSUPPORTED_SASL_MECHANISM',
    'ILLEGAL_SASL_STATE',
    'SECURITY_DISABLED',
  ]),
  ...all('HUB_KAFKA_TOPIC_MISSING', ['UNKNOWN_TOPIC_OR_PARTITION']),
  ...all('HUB_KAFKA_MESSAGE_TOO_LARGE', ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']),
  ...all('HUB_KAFKA_OFFSET_GONE', ['OFFSET_OUT_OF_RANGE']),
};

/** Errors of the client by class name, for those that carry no protocol type. */
const BY_CLASS: Readonly<Record<string, KafkaCode>> = {
  ...all('HUB_KAFKA_UNAVAILABLE', [
    'KafkaJSConnectionError',
    'KafkaJSConnectionClosedError',
    'KafkaJSRequestTimeoutError',
    'KafkaJSBrokerNotFound',
    'KafkaJSNoBrokerAvailableError',
    'KafkaJSMetadataNotLoaded',
    'KafkaJSTopicMetadataNotLoaded',
    'KafkaJSStaleTopicMetadataAssignment',
    'KafkaJSTimeout',
    'KafkaJSLockTimeout',
    'KafkaJSPartialMessageError',
    // Also how a missing access right on a group looks: the client hides the broker's answer.
    'KafkaJSGroupCoordinatorNotFound',
  ]),
  ...all('HUB_KAFKA_UNAUTHORIZED', ['KafkaJSSASLAuthenticationError']),
  ...all('HUB_KAFKA_REFUSED', [
    'KafkaJSServerDoesNotSupportApiKey',
    'KafkaJSNotImplemented',
    'KafkaJSUnsupportedMagicByteInMessageSet',
  ]),
};

function all(code: KafkaCode, names: readonly string[]): Readonly<Record<string, KafkaCode>> {
  return Object.fromEntries(names.map((name) => [name, code]));
}

/**
 * Makes a HubError of what the Kafka client threw, by the broker's error type or the class, anywhere in the cause chain. The
 * client's own `retriable` is not asked: it is false on every error that used up its retries. An error of no known kind that came
 * from inside the library is `HUB_KAFKA_CLIENT_FAULT`: it is known to end in a TypeError when brokers go away, and a new client
 * cures it. What did not come from there is a bug of ours and is given back as it is.
 */
export function wrapKafkaError(error: unknown, context: LogSafeFields = {}): unknown {
  if (findHubError(error) !== undefined) return error;
  const chain = causesOf(error);
  for (const cause of chain) {
    const type = textProperty(cause, 'type');
    if (type === undefined || !isOfLibrary(cause)) continue;
    const code = BY_PROTOCOL_TYPE[type] ?? 'HUB_KAFKA_REFUSED';
    return HubError.wrap(code, error, { ...context, kafkaError: safeWord(type) });
  }
  const names = chain.map((cause) => textProperty(cause, 'name') ?? '');
  const name = names.find((candidate) => Object.hasOwn(BY_CLASS, candidate));
  const code = name === undefined ? undefined : BY_CLASS[name];
  if (name !== undefined && code !== undefined) {
    return HubError.wrap(code, error, { ...context, kafkaError: safeWord(name) });
  }
  if (!chain.some(isFromLibrary)) return error;
  const innermost = safeWord(names.at(-1) ?? '');
  return HubError.wrap('HUB_KAFKA_CLIENT_FAULT', error, { ...context, kafkaError: innermost });
}

/** By the class: other libraries have errors with a type, too. */
function isOfLibrary(error: unknown): boolean {
  return textProperty(error, 'name')?.startsWith('KafkaJS') ?? false;
}

/** Thrown by a line of the library, not only passed through it. */
function isFromLibrary(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isOfLibrary(error)) return true;
  const firstFrame = error.stack?.split('\n').find((line) => line.startsWith('    at '));
  return firstFrame?.includes('/node_modules/kafkajs/') ?? false;
}

/** The error, its causes and, for an aggregate, what it holds. Bounded, since a chain could bite its tail. */
function causesOf(error: unknown): readonly unknown[] {
  const found: unknown[] = [error];
  for (let i = 0; i < found.length && found.length < 32; i += 1) {
    const current = found[i];
    if (!(current instanceof Error)) continue;
    if (current.cause !== undefined && !found.includes(current.cause)) found.push(current.cause);
    const { errors } = current as { errors?: unknown };
    if (Array.isArray(errors)) found.push(...(errors as readonly unknown[]));
  }
  return found;
}

function textProperty(value: unknown, name: 'type' | 'name'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const property = (value as Record<string, unknown>)[name];
  return typeof property === 'string' ? property : undefined;
}
