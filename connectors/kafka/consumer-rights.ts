import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { AccessResource, AccessRight } from './kafka-admin.ts';
import {
  consumerTopicNames,
  consumerTopicTable,
  TOPIC,
  type TopicTableOptions,
  topicName,
} from './topics.ts';

/** What a consumer may do on the cluster, and on what nobody else may do anything. */
export interface ConsumerRights {
  /** Its topics, and every group whose name begins as its groups do. */
  readonly owned: readonly AccessResource[];
  readonly rights: readonly AccessRight[];
}

/** How the names of a consumer's groups begin. No consumer's beginning is another's: a name has no dot in it. */
export function consumerGroupPrefix(name: string, prefix = ''): string {
  return `${prefix}consumer.${name}.`;
}

/**
 * The rights of a consumer: it reads its own topics, in groups of its own, and says on one topic of the hub that it forgot. Nothing else; also not to
 * write to its own topics, where everything comes from the hub.
 * @param principal without its kind; null: nobody has rights.
 */
export function consumerRights(
  profile: Pick<ConsumerProfile, 'name' | 'retentionDays' | 'delivery'>,
  principal: string | null,
  options: Pick<TopicTableOptions, 'prefix'> = {},
): ConsumerRights {
  const topics = consumerTopicTable(profile, options).map(({ topic }) => topicResource(topic));
  const groups: AccessResource = {
    resource: 'group',
    name: consumerGroupPrefix(profile.name, options.prefix),
    isPrefix: true,
  };
  // Also the topics that this profile has no use for: somebody may have rights on them from before.
  const names = Object.values(consumerTopicNames(profile.name, options.prefix));
  const owned = [...names.map(topicResource), groups];
  if (principal === null) return { owned, rights: [] };
  const who = `User:${principal}`;
  return {
    owned,
    rights: [
      ...topics.flatMap((topic): readonly AccessRight[] => [
        { ...topic, principal: who, operation: 'read' },
        { ...topic, principal: who, operation: 'describe' },
      ]),
      { ...groups, principal: who, operation: 'read' },
      acknowledgeRight(who, options.prefix),
    ],
  };
}

/** The one right outside of what a consumer owns. @param principal with its kind. */
export function acknowledgeRight(principal: string, prefix?: string): AccessRight {
  return { ...topicResource(topicName(TOPIC.purgeAck, prefix)), principal, operation: 'write' };
}

function topicResource(name: string): AccessResource {
  return { resource: 'topic', name, isPrefix: false };
}

/** The topics of a certification, which are there while it runs. */
export function certificationTopicNames(
  name: string,
  prefix = '',
): { readonly played: string; readonly answers: string } {
  const start = `${prefix}consumer.${name}.certify`;
  return { played: `${start}.v1`, answers: `${start}-ack.v1` };
}

/** What the consumer may do with them: read what is played, and answer. */
export function certificationRights(
  name: string,
  principal: string | null,
  { prefix }: Pick<TopicTableOptions, 'prefix'> = {},
): ConsumerRights {
  const { played, answers } = certificationTopicNames(name, prefix);
  const [reads, writes] = [topicResource(played), topicResource(answers)];
  const owned = [reads, writes];
  if (principal === null) return { owned, rights: [] };
  const who = `User:${principal}`;
  return {
    owned,
    rights: [
      { ...reads, principal: who, operation: 'read' },
      { ...reads, principal: who, operation: 'describe' },
      { ...writes, principal: who, operation: 'write' },
    ],
  };
}
