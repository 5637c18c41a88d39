/** `hub consumers preview`: what a consumer would get of persons, or why nothing. */
import type { ConsumerProfile, PersonFilter } from '../../../core/disclosure/consumer-profile.ts';
import type { Disclosure, LeftOutReason } from '../../../core/disclosure/disclosed-person.ts';
import type { DisclosurePreview } from './preview-disclosure.ts';

export interface DisclosureOptions {
  /** Names, numbers and the rest in full. Only for the terminal of a person who asked for it. */
  readonly showValues: boolean;
}

const ASSUMED: Readonly<Record<PersonFilter['kind'], readonly string[]>> = {
  all: [],
  membership: [
    'Nobody counts as sent before. Whoever was, stays when deregistered, or protected without a county.',
  ],
  list: ['Everybody counts as listed: the list of the consumer is not looked at.'],
};

const WHY: Readonly<Record<LeftOutReason, string>> = {
  'not-published': 'the hub publishes nobody under this key; `hub explain` says why',
  protected: 'the person is protected, and the consumer gets nobody who is',
  'not-in-the-area': 'the person has no membership in a county of the profile',
  'not-listed': 'the consumer has not listed the person',
  'no-usable-identity': 'the person has no number of a kind that the consumer can use',
};

const KINDS: Readonly<Record<Exclude<Disclosure['kind'], 'left-out'>, string>> = {
  person: 'the record of a person',
  'protected-person': 'the masked record of a protected person',
};

/** What the preview takes for given, then one block for each person. */
export function printDisclosures(
  { name, version, persons }: ConsumerProfile,
  previews: readonly DisclosurePreview[],
  options: DisclosureOptions,
): string {
  return [
    [
      `What ${name} would get, by version ${version} of its profile`,
      ...(previews.some(({ isAssumed }) => isAssumed) ? ASSUMED[persons.kind] : []),
    ].join('\n'),
    ...previews.map((preview) => printPreview(preview, options).join('\n')),
  ].join('\n\n');
}

function printPreview(
  { asked, personKey, version, disclosure }: DisclosurePreview,
  options: DisclosureOptions,
): readonly string[] {
  return [
    `Person ${personKey}`,
    ...(asked === personKey ? [] : [`  The key ${asked} leads here.`]),
    `  ${version === null ? 'No version was ever written' : `Version ${version}`}: ${printKind(disclosure)}.`,
    ...(disclosure.kind === 'left-out' ? [] : printFields(disclosure.person, options)),
  ];
}

function printKind(disclosure: Disclosure): string {
  return disclosure.kind === 'left-out'
    ? `left out, since ${WHY[disclosure.reason]}`
    : KINDS[disclosure.kind];
}

/** One line for each value, by its path, so that the shape is seen also where the values are masked. */
function printFields(person: object, { showValues }: DisclosureOptions): readonly string[] {
  const fields = Object.entries(person).flatMap(([name, value]) => fieldsOf(name, value));
  const width = Math.max(...fields.map(({ path }) => path.length));
  return fields.map(({ path, value, isMasked }) => {
    const shown = isMasked && !showValues ? '[masked]' : value;
    return `  ${path.padEnd(width)}  ${shown}`;
  });
}

interface Field {
  readonly path: string;
  readonly value: string;
  /** A value of the person. That a field is there, and that it is empty, is shown in any case. */
  readonly isMasked: boolean;
}

/** What is shown of an identity in any case, as in `hub explain`. */
const SHOWN = /^identities\[\d+\]\.(?:type|main)$/;

function fieldsOf(path: string, value: unknown): readonly Field[] {
  if (value === null) return [{ path, value: 'null', isMasked: false }];
  if (Array.isArray(value)) {
    if (value.length === 0) return [{ path, value: '[]', isMasked: false }];
    return value.flatMap((part, i) => fieldsOf(`${path}[${i}]`, part));
  }
  if (typeof value === 'object') {
    return Object.entries(value).flatMap(([name, part]) => fieldsOf(`${path}.${name}`, part));
  }
  return [{ path, value: String(value), isMasked: !SHOWN.test(path) }];
}
