import { isDeepStrictEqual } from 'node:util';
import { type Finding, FOUND_ONCE } from '../../core/identity/work-item.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { broke, type Invariant } from './broken-invariant.ts';
import type { HubView } from './model-hub.ts';
import { expectState } from './oracle.ts';
import { type OracleWorld, sameIdentity } from './oracle-world.ts';
import type { TopicConsumer } from './topic-consumer.ts';

/** Holds what a hub has in the end, when nothing is on its way any more, against the oracle. */
export function checkFinalState(view: HubView, world: OracleWorld): void {
  checkEvidence(view, world);
  const expected = expectState(world);
  for (const { personKey, members, golden, isProtected } of expected.persons) {
    for (const { key } of members) {
      const stored = view.identities.find(({ identityKey }) => identityKey === key);
      same(`person of ${key}`, stored?.personKey, personKey);
      same(`protection of ${key}`, stored?.isProtected, isProtected);
      const person = view.persons.find((one) => one.personKey === String(key));
      if (key === personKey) {
        same(`golden of ${key}`, person?.golden ?? null, golden);
        same(`redirect of ${key}`, person?.redirectTo ?? null, null);
      } else if (person !== undefined) {
        same(`golden of ${key}`, person.golden, null);
        same(`redirect of ${key}`, person.redirectTo, personKey);
      }
    }
  }
  const items = view.openItems.filter(({ kind }) => !FOUND_ONCE.has(kind));
  same('work items', textsOf(items), textsOf(expected.items));
}

/** What the hub knows is what the registers told last; and whoever a record names is known. */
function checkEvidence({ identities }: HubView, world: OracleWorld): void {
  for (const known of world.identities) {
    const stored = identities.find(({ identityKey }) => identityKey === known.key);
    for (const source of ['master', 'pu'] as const) {
      const record = stored?.evidence.find((one) => one.source === source);
      same(
        `position of ${source} about ${known.key}`,
        record?.position,
        known.records[source]?.position,
      );
      same(
        `record of ${source} about ${known.key}`,
        record?.content,
        known.records[source]?.content,
      );
    }
    for (const link of Object.values(known.records).flatMap(
      ({ content }) => content?.links ?? [],
    )) {
      const isKnown = world.identities.some((one) => sameIdentity(one.identity, link.identity));
      same(`a number that ${known.key} links`, isKnown, true);
    }
  }
}

/** A consumer of the compacted topic finds, by any key that was ever published, the person of that identity, or nobody. */
export function checkConsumer(consumer: TopicConsumer, view: HubView, world: OracleWorld): void {
  const { persons } = expectState(world);
  const told = persons.filter(({ golden }) => golden !== null);
  if (consumer.living.length !== told.length) {
    broke('compacted-topic-ends-right', `${consumer.living.length} persons, not ${told.length}`);
  }
  for (const { personKey, members, golden } of persons) {
    for (const { key } of members) {
      const wasPublished = view.persons.some((one) => one.personKey === String(key));
      if (!wasPublished) continue;
      const found = consumer.find(key as string as PersonKey)?.golden ?? null;
      if (!isDeepStrictEqual(found, golden)) {
        broke('compacted-topic-ends-right', `${key} leads elsewhere than to ${personKey}`);
      }
    }
  }
}

/** Nothing that is stored about anybody is another one than before. */
export function checkUnmoved(invariant: Invariant, before: HubView, after: HubView): void {
  const persons = ({ persons: all }: HubView) =>
    all.map(({ personKey, version, contentHash, redirectTo }) =>
      [personKey, version, contentHash, redirectTo].join(' '),
    );
  const identities = ({ identities: all }: HubView) =>
    all.map(({ identityKey, personKey, isProtected }) =>
      [identityKey, personKey, isProtected].join(' '),
    );
  same('persons', persons(after).sort(), persons(before).sort(), invariant);
  same('identities', identities(after).sort(), identities(before).sort(), invariant);
  same('work items', textsOf(after.openItems), textsOf(before.openItems), invariant);
}

function textsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ kind, subject, other }) => `${kind} ${subject} ${other}`).sort();
}

function same(
  what: string,
  is: unknown,
  shouldBe: unknown,
  invariant: Invariant = 'final-state-as-oracle',
): void {
  if (isDeepStrictEqual(is, shouldBe)) return;
  broke(invariant, `${what} is ${textOf(is)}, not ${textOf(shouldBe)}`);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
}
