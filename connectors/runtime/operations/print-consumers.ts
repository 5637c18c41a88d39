/** `hub consumers list` and `show`: what the profiles say. No person is in them. */
import type {
  ConsumerProfile,
  ContactRule,
  PersonFilter,
  ProtectedPersons,
} from '../../../core/disclosure/consumer-profile.ts';

const PROTECTED: Readonly<Record<ProtectedPersons, string>> = {
  masked: 'the masked record: no address, municipality, contact data or relations',
  'left-out': 'nothing',
};

/** One block for each consumer. */
export function printConsumers(consumers: ReadonlyMap<string, ConsumerProfile>): string {
  if (consumers.size === 0) return 'There are no consumers: mappings/consumers has no file.';
  return [...consumers.values()]
    .map(({ name, title, persons, protectedPersons, groups }) =>
      [
        `${name}  ${title}`,
        `  persons    ${printPersons(persons)}`,
        `  protected  ${protectedPersons}`,
        `  groups     ${[...groups].join(', ')}`,
      ].join('\n'),
    )
    .join('\n\n');
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
    ['retention', `${profile.retentionDays} days for events and purge orders`],
  ];
  const width = Math.max(...lines.map(([subject]) => subject.length));
  return [
    `Consumer ${name}, version ${version}: ${title}`,
    ...lines.map(([subject, text]) => `  ${subject.padEnd(width)}  ${text}`),
  ].join('\n');
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
