/** `hub consumers list` and `show`: what the profiles say. No person is in them. */
import type {
  ConsumerProfile,
  ContactRule,
  DeliveryWay,
  LookUpRule,
  PersonFilter,
  ProtectedPersons,
} from '../../../core/disclosure/consumer-profile.ts';
import type { RegisteredConsumer } from '../../hub-store/consumer-rows.ts';
import { printTime } from './print-time.ts';
import { compareWithFile } from './read-consumer-status.ts';

const PROTECTED: Readonly<Record<ProtectedPersons, string>> = {
  masked: 'the masked record: no address, municipality, contact data or relations',
  'left-out': 'nothing',
};

/**
 * One block for each consumer: those in the files, and after them those that were added and have no file any more.
 * @param added those that were added.
 */
export function printConsumers(
  consumers: ReadonlyMap<string, ConsumerProfile>,
  added: readonly RegisteredConsumer[],
): string {
  const withoutFile = added.filter(({ name }) => !consumers.has(name));
  const all = [...consumers.values(), ...withoutFile.map(({ profile }) => profile)];
  if (all.length === 0) return 'There are no consumers: mappings/consumers has no file.';
  return all
    .map(({ name, title, persons, protectedPersons, groups, delivery }) =>
      [
        `${name}  ${title}`,
        `  persons    ${printPersons(persons)}`,
        `  protected  ${protectedPersons}`,
        `  groups     ${[...groups].join(', ')}`,
        `  delivery   ${printDelivery(delivery)}`,
        `  added      ${printAdded(
          added.find((one) => one.name === name),
          consumers,
        )}`,
      ].join('\n'),
    )
    .join('\n\n');
}

function printAdded(
  consumer: RegisteredConsumer | undefined,
  files: ReadonlyMap<string, ConsumerProfile>,
): string {
  if (consumer === undefined) return 'no';
  const { state, addedAt } = consumer;
  const words = `${printTime(addedAt)}, ${state}`;
  switch (compareWithFile(consumer, files)) {
    case 'same':
      return words;
    case 'changed':
      return `${words}; changed: run \`hub consumers change\``;
    case 'missing':
      return `${words}; its file is gone`;
  }
}

/** One profile in words. */
export function printConsumer(profile: ConsumerProfile): string {
  const { name, version, title, owner, legalGround, careGiver, contacts, relations } = profile;
  const lines: readonly (readonly [subject: string, text: string])[] = [
    ['owner', owner],
    ['legal ground', legalGround],
    ['care giver', careGiver],
    ['persons', printPersons(profile.persons)],
    ['protected', PROTECTED[profile.protectedPersons]],
    ['always', 'identities, flags of protection, whether it is a test person'],
    ['groups', printNames(profile.groups)],
    ['contacts', contacts === null ? 'none' : printContacts(contacts)],
    ['relations', printNames(relations)],
    ['main identity', printMainIdentity(profile)],
    ['delivery', printDelivery(profile.delivery)],
    ['look-up', profile.lookUp === null ? 'none' : printLookUp(profile.lookUp)],
    ['retention', `${profile.retentionDays} days for events and purge orders`],
  ];
  const width = Math.max(...lines.map(([subject]) => subject.length));
  return [
    `Consumer ${name}, version ${version}: ${title}`,
    ...lines.map(([subject, text]) => `  ${subject.padEnd(width)}  ${text}`),
  ].join('\n');
}

function printDelivery(delivery: DeliveryWay): string {
  if (delivery.kind === 'table') {
    const what = delivery.onLeaving === 'delete' ? 'deleted' : 'marked';
    return `tables in its own database; rows of whoever leaves are ${what}`;
  }
  const what =
    delivery.content === 'full-state'
      ? `the full state as ${FORMAT[delivery.format]}, and what happened`
      : 'only what happened: it looks up';
  return `topics: ${what}`;
}

const FORMAT = { avro: 'Avro', 'fhir-patient': 'FHIR R4 Patient' } as const;

function printLookUp({ isSystemOnly, seesProtectedRelations }: LookUpRule): string {
  const who = isSystemOnly
    ? 'as a system, without a user'
    : 'with user, unit and purpose in each call';
  return `${who}${seesProtectedRelations ? '; sees relations to protected persons' : ''}`;
}

function printPersons(persons: PersonFilter): string {
  switch (persons.kind) {
    case 'all':
      return 'all';
    case 'membership':
      return `membership in the counties ${[...persons.counties].join(', ')}`;
    case 'list':
      return 'those on the list of the consumer';
  }
}

function printContacts({ channels, needsNotification }: ContactRule): string {
  const only = needsNotification ? ', only what may be used for notices' : '';
  return `${printNames(channels)}${only}`;
}

function printMainIdentity({ mainIdentity }: ConsumerProfile): string {
  return mainIdentity.length === 0
    ? 'the main one of the hub'
    : `${mainIdentity.join(', then ')}; whoever has none of them is left out`;
}

function printNames(names: ReadonlySet<string>): string {
  return names.size === 0 ? 'none' : [...names].join(', ');
}
