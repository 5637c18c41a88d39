import { randomUUID } from 'node:crypto';
import {
  type CertificationStep,
  type CertifiedState,
  certificationSteps,
} from '../../../core/disclosure/certification.ts';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { ConsumerCodec } from '../../kafka/consumer-codec.ts';
import { certificationTopicNames } from '../../kafka/consumer-rights.ts';
import type { KafkaClient } from '../../kafka/kafka-client.ts';
import type { KafkaMessage } from '../../kafka/kafka-message.ts';
import type { TopicSpec } from '../../kafka/topics.ts';
import { type CertificationAnswer, readAnswer } from './certification-answer.ts';

/** What became of one record that was played. */
export type StepResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'no-answer' }
  /** What the consumer has is not what it should have. Null: it says that it forgot, where nothing was to be forgotten. */
  | { readonly kind: 'wrong'; readonly has: CertifiedState | null };

export interface Certification {
  readonly consumer: string;
  readonly steps: readonly { readonly step: CertificationStep; readonly result: StepResult }[];
  /** Answers that are none, or about nothing that was played. */
  readonly unreadable: number;
  readonly seconds: number;
}

/** What is needed of the cluster, and how records are made for this consumer. */
export interface CertifyPorts {
  readonly kafka: Pick<KafkaClient, 'producer' | 'readTopic'>;
  readonly encoder: Pick<ConsumerCodec, 'encodeState' | 'encodePurge'>;
  readonly topics: ReturnType<typeof certificationTopicNames>;
}

export interface CertifyOptions {
  readonly profile: ConsumerProfile;
  /** So long the consumer has for all of it. */
  readonly withinMs: number;
  /** Called with how many answers there are so far. */
  readonly onAnswer: (answers: number, of: number) => void;
  readonly signal: AbortSignal;
}

const DAY_MS = 86_400_000;

/** The two topics: one partition, so that what is played has one order, and gone in a day even if nobody deletes them. */
export function certificationTopics(
  name: string,
  prefix: string,
  replicationFactor: number,
): readonly TopicSpec[] {
  return Object.values(certificationTopicNames(name, prefix)).map((topic) => ({
    topic,
    partitions: 1,
    replicationFactor,
    settings: { 'cleanup.policy': 'delete', 'retention.ms': String(DAY_MS) },
  }));
}

/**
 * Plays every case to a consumer and waits until it has answered each record, or the time is over. Of several answers to one record the last counts: the
 * consumer may read again.
 */
export async function certifyConsumer(
  { kafka, encoder, topics }: CertifyPorts,
  { profile, withinMs, onAnswer, signal }: CertifyOptions,
): Promise<Certification> {
  const began = performance.now();
  const steps = certificationSteps(profile);
  const played = steps.map((step) => ({ id: randomUUID() as string, step }));
  const waiting = new Set(played.map(({ id }) => id));
  const answers = new Map<string, CertificationAnswer>();
  let unreadable = 0;
  const messages = played.map(({ id, step }) => messageOf(step, id, encoder));
  await kafka.producer().send({ topic: topics.played, partition: 0, messages });

  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), withinMs);
  try {
    const reading = AbortSignal.any([signal, end.signal]);
    const options = { topic: topics.answers, follow: true, signal: reading };
    for await (const { value } of kafka.readTopic(options)) {
      const answer = readAnswer(value);
      if (answer === undefined || !played.some(({ id }) => id === answer.id)) {
        unreadable += 1;
        continue;
      }
      answers.set(answer.id, answer);
      waiting.delete(answer.id);
      onAnswer(played.length - waiting.size, played.length);
      if (waiting.size === 0) break;
    }
  } finally {
    clearTimeout(timer);
  }
  return {
    consumer: profile.name,
    steps: played.map(({ id, step }) => ({ step, result: resultOf(step, answers.get(id)) })),
    unreadable,
    seconds: (performance.now() - began) / 1_000,
  };
}

/** The id is of this run, and stands in the header that every record has: the consumer answers by it. */
function messageOf(
  { personKey, generation, version, plays }: CertificationStep,
  id: string,
  encoder: CertifyPorts['encoder'],
): KafkaMessage {
  const at = Date.now();
  const message =
    plays.kind === 'state'
      ? encoder.encodeState({ personKey, generation, version, state: plays.state, at })
      : encoder.encodePurge({
          personKey,
          purge: plays.purge,
          orderedAt: at,
          dueAt: at + DAY_MS,
        });
  return { ...message, headers: { ...message.headers, ce_id: id } };
}

function resultOf(
  { expects }: CertificationStep,
  answer: CertificationAnswer | undefined,
): StepResult {
  if (answer === undefined) return { kind: 'no-answer' };
  const { state } = answer;
  if (expects === null || state === null) {
    return expects === state ? { kind: 'passed' } : { kind: 'wrong', has: state };
  }
  const isRight =
    state.has === expects.has &&
    state.generation === expects.generation &&
    state.version === expects.version;
  return isRight ? { kind: 'passed' } : { kind: 'wrong', has: state };
}
