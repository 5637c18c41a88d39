/** `hub topics asyncapi` and `docs/asyncapi.json`: what consumers read and write, made of the schemas, the table of topics and the profiles. */
import type { ConsumerProfile, DeliveryWay } from '../../../core/disclosure/consumer-profile.ts';
import { consumerGroupPrefix } from '../../kafka/consumer-rights.ts';
import {
  consumerTopicNames,
  consumerTopicTable,
  TOPIC,
  type TopicSpec,
  topicTable,
} from '../../kafka/topics.ts';
import { ASYNCAPI_MESSAGES, KAFKA_BINDING, type MessageName } from './asyncapi-messages.ts';

type TopicDelivery = Extract<DeliveryWay, { readonly kind: 'topic' }>;

/** Which of the document's channels a topic is. */
interface Channel {
  readonly name: string;
  readonly spec: TopicSpec;
  readonly title: string;
  readonly description: string;
  readonly messages: readonly MessageName[];
  /** Who may read it besides the hub, or write to it. */
  readonly reader: string | null;
}

const DESCRIPTION =
  'What the PU hub tells the systems that consume persons, and what they answer. Each consumer has topics of its own and reads no others; what ' +
  'they hold is said by its profile. Topics without a prefix, and with the number of partitions that the hub has by default. The rules that every ' +
  'consumer has to keep are in docs/topics/README.md.';

/** The AsyncAPI 3.0 document as JSON text. A test compares `docs/asyncapi.json` with it. */
export function printAsyncApi(consumers: ReadonlyMap<string, ConsumerProfile>): string {
  return `${JSON.stringify(asyncApiDocument(consumers), null, 2)}\n`;
}

/** Seen from the hub: it sends on the topics of consumers, and receives their acknowledgements. */
export function asyncApiDocument(consumers: ReadonlyMap<string, ConsumerProfile>): object {
  const profiles = [...consumers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const channels = [...profiles.flatMap(channelsOf), acknowledgements()];
  const used = new Set(channels.flatMap(({ messages }) => messages));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'PU hub: topics of consumers',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' },
      contact: { name: 'The owners of the hub', url: 'https://example.org/pu-hub' },
      tags: [{ name: 'person' }, { name: 'events' }, { name: 'purge' }],
    },
    defaultContentType: 'application/avro',
    servers: {
      hub: {
        host: '{brokers}',
        protocol: 'kafka-secure',
        description: 'The brokers of the hub. The connection sheet of a consumer names them.',
        variables: {
          brokers: { default: 'kafka.example.org:9093', description: 'Setting KAFKA_BROKERS.' },
        },
        bindings: {
          kafka: {
            schemaRegistryUrl: 'https://registry.example.org/apis/ccompat/v7',
            schemaRegistryVendor: 'apicurio',
            bindingVersion: KAFKA_BINDING,
          },
        },
      },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.name, channelObject(channel)])),
    operations: Object.fromEntries(channels.map(operationOf)),
    components: {
      messages: Object.fromEntries(
        Object.entries(ASYNCAPI_MESSAGES).filter(([name]) => used.has(name as MessageName)),
      ),
    },
  };
}

/** None for a consumer whose persons go to a table. */
function channelsOf(profile: ConsumerProfile): readonly Channel[] {
  const { name, title, delivery } = profile;
  if (delivery.kind === 'table') return [];
  const names = consumerTopicNames(name);
  return consumerTopicTable(profile).map((spec): Channel => {
    const common = { spec, reader: name };
    if (spec.topic === names.person) {
      return {
        ...common,
        name: `${name}-person`,
        title: `Persons of ${name}`,
        description: `${title}. The state of each person as the profile shows it, or a tombstone. Always: identities and whether it is a test person. Groups: ${listOf(profile.groups)}. ${protectedOf(profile)}`,
        messages: stateMessages(profile, delivery),
      };
    }
    if (spec.topic === names.events) {
      return {
        ...common,
        name: `${name}-events`,
        title: `Events of ${name}`,
        description: `${title}. What happened to the persons whom it gets, in the groups that it gets, without values.`,
        messages: ['personEvent'],
      };
    }
    return {
      ...common,
      name: `${name}-purge`,
      title: `Orders to forget of ${name}`,
      description: `${title}. What it has to forget, up to which generation and version, and by when. Each order is acknowledged on ${TOPIC.purgeAck}.`,
      messages: ['purgeOrder'],
    };
  });
}

function stateMessages(
  { protectedPersons }: ConsumerProfile,
  { format }: TopicDelivery,
): readonly MessageName[] {
  if (format === 'fhir-patient') return ['fhirPatient', 'tombstone'];
  return protectedPersons === 'masked'
    ? ['person', 'protectedPerson', 'tombstone']
    : ['person', 'tombstone'];
}

function protectedOf({ protectedPersons }: ConsumerProfile): string {
  return protectedPersons === 'masked'
    ? 'Of protected persons the masked record.'
    : 'Nothing of protected persons.';
}

function listOf(words: ReadonlySet<string>): string {
  return words.size === 0 ? 'none' : [...words].join(', ');
}

function acknowledgements(): Channel {
  const spec = topicTable().find(({ topic }) => topic === TOPIC.purgeAck);
  if (spec === undefined) throw new RangeError(`There is no topic ${TOPIC.purgeAck}.`);
  return {
    name: 'purge-ack',
    spec,
    title: 'Acknowledgements of orders to forget',
    description: 'Written by consumers: what an order told to forget is forgotten.',
    messages: ['purgeAck'],
    reader: null,
  };
}

function channelObject({ name, spec, title, description, messages }: Channel): object {
  return {
    address: spec.topic,
    title,
    description,
    messages: Object.fromEntries(
      messages.map((message) => [message, { $ref: `#/components/messages/${message}` }]),
    ),
    servers: [{ $ref: '#/servers/hub' }],
    tags: [{ name: name.slice(name.lastIndexOf('-') + 1) }],
    bindings: {
      kafka: {
        topic: spec.topic,
        partitions: spec.partitions,
        topicConfiguration: topicConfiguration(spec),
        bindingVersion: KAFKA_BINDING,
      },
    },
  };
}

/** What a consumer can rely on. How many replicas there are is each installation's own. */
function topicConfiguration({ settings }: TopicSpec): object {
  const numbers = ['retention.ms', 'delete.retention.ms', 'max.message.bytes'].flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : [[name, Number(value)] as const];
  });
  return { 'cleanup.policy': [settings['cleanup.policy']], ...Object.fromEntries(numbers) };
}

function operationOf({ name, title, messages, reader }: Channel): readonly [string, object] {
  const isSent = reader !== null;
  return [
    isSent ? `send-${name}` : `receive-${name}`,
    {
      action: isSent ? 'send' : 'receive',
      title,
      summary: isSent
        ? `The hub tells ${reader}.`
        : 'A consumer tells the hub, with the right to write and none to read.',
      channel: { $ref: `#/channels/${name}` },
      messages: messages.map((message) => ({ $ref: `#/channels/${name}/messages/${message}` })),
      ...(isSent && { 'x-consumer-group-prefix': consumerGroupPrefix(reader) }),
    },
  ];
}
