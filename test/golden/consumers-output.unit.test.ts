/** What an operator reads about consumers, with fixed persons: read the diff, do not just update it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RegisteredConsumer } from '../../connectors/hub-store/consumer-rows.ts';
import type {
  ConnectionSheet,
  ConnectionTopics,
} from '../../connectors/runtime/operations/connection-sheet.ts';
import type { StepResult } from '../../connectors/runtime/operations/certify-consumer.ts';
import type { DisclosurePreview } from '../../connectors/runtime/operations/preview-disclosure.ts';
import { printConsumerTables } from '../../connectors/runtime/operations/consumer-tables.ts';
import { printCertification } from '../../connectors/runtime/operations/print-certification.ts';
import { printConnectionSheet } from '../../connectors/runtime/operations/print-connection-sheet.ts';
import { printConsumerChange } from '../../connectors/runtime/operations/print-consumer-change.ts';
import { printConsumerStatus } from '../../connectors/runtime/operations/print-consumer-status.ts';
import { printConsumer, printConsumers } from '../../connectors/runtime/operations/print-consumers.ts';
import { printDisclosures } from '../../connectors/runtime/operations/print-disclosures.ts';
import { printDropSize, printReplaySize } from '../../connectors/runtime/operations/print-replay-size.ts';
import type { ConsumerStatus } from '../../connectors/runtime/operations/read-consumer-status.ts';
import { printReplayed } from '../../connectors/runtime/operations/replay-persons.ts';
import { certificationSteps } from '../../core/disclosure/certification.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../core/disclosure/disclose.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import {
  goldenIdentity,
  personOf,
  profileOf,
  protectedOf,
} from '../core/disclosure/disclosure-builder.ts';
import { LRID } from '../core/golden-record/golden-input-builder.ts';
import { pnr } from '../support/person-builder.ts';
import { mappingFiles } from '../support/test-rules.ts';

const golden = (name: string): string => join(import.meta.dirname, 'operator', `${name}.txt`);

const KEY = '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10' as PersonKey;
const FORMER_KEY = '11111111-1111-4111-8111-111111111111' as PersonKey;
const { consumers } = mappingFiles;

const consumer = (name: string): ConsumerProfile =>
  consumers.get(name) ?? expect.fail(`no profile is called ${name}`);

const WITH_TWO_NUMBERS = personOf({ identities: [goldenIdentity(pnr(), true), goldenIdentity(LRID)] });

const AT = Date.UTC(2026, 10, 30, 14, 2, 10);

function registered(change: Partial<RegisteredConsumer> & Pick<RegisteredConsumer, 'profile'>): RegisteredConsumer {
  return {
    id: 1,
    name: change.profile.name,
    state: 'running',
    generation: 2,
    walk: null,
    agreement: {
      validTo: '2026-12-01',
      frameworkVersion: '2026.1',
      staffInformedBy: 'the office of systems',
      staffInformedAt: '2026-03-01',
    },
    principal: null,
    fault: null,
    refusals: 0,
    commandId: null,
    addedAt: AT,
    changedAt: AT,
    ...change,
  };
}

function previewOf(
  profile: ConsumerProfile,
  person: GoldenRecord | null,
  change: Partial<DisclosurePreview> = {},
): DisclosurePreview {
  const disclosure = disclose(person, profile, { isListed: true, wasSent: false });
  return { asked: KEY, personKey: KEY, version: 4, disclosure, isAssumed: true, ...change };
}

describe('hub consumers list', () => {
  it('prints every consumer, by name', async () => {
    const file = profileOf({ name: 'without-file', title: 'A system of before' });
    const added = [
      registered({ profile: consumer('cosmic') }),
      registered({ profile: { ...consumer('pasis'), version: 9 }, state: 'paused' }),
      registered({ profile: file, state: 'dropping' }),
    ];
    const text = printConsumers(consumers, added);
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-list'));
  });

  it('says so when there is none', () => {
    expect(printConsumers(new Map(), [])).toBe(
      'There are no consumers: mappings/consumers has no file.',
    );
  });
});

describe('hub consumers status', () => {
  const walk = { kind: 'change', generation: 3, cursor: KEY, done: 340_000, total: 1_000_000 } as const;
  const status = (change: Partial<ConsumerStatus> = {}): ConsumerStatus => ({
    consumer: registered({ profile: consumer('cosmic') }),
    agreement: { kind: 'valid' },
    file: 'same',
    walk: null,
    lagEvents: 0,
    purges: { open: 0, oldestSeconds: 0 },
    refused: [],
    awaited: null,
    ...change,
  });

  it('prints how far each was told, what is open, and how its agreement stands', async () => {
    const progress = { ...walk, startedAt: AT - 100_000, perSecond: 3_400, secondsLeft: 194.1 };
    const all = [
      status(),
      status({
        consumer: registered({
          profile: consumer('pasis'),
          principal: 'pasis-reader',
          fault: { code: 'HUB_KAFKA_TOPIC_MISSING', since: AT - 3_600_000 },
          refusals: 2,
        }),
        file: 'changed',
        walk: progress,
        lagEvents: 12_345,
        purges: { open: 1, oldestSeconds: 90_000 },
        agreement: { kind: 'ends-soon', daysLeft: 1 },
      }),
      status({
        consumer: registered({ profile: consumer('laboratory'), state: 'paused', generation: 0 }),
        walk: { ...progress, kind: 'first-load', generation: 1, done: 0, perSecond: 0, secondsLeft: null },
        lagEvents: null,
        agreement: { kind: 'over', daysOver: 12 },
      }),
      status({
        consumer: registered({ profile: profileOf({ name: 'without-file' }), state: 'dropping' }),
        file: 'missing',
        walk: { ...progress, kind: 'drop', total: 0, done: 0, perSecond: 0, secondsLeft: null },
        purges: { open: 400_000, oldestSeconds: 7_000 },
        awaited: { orders: 399_999, until: AT + 86_000_000 },
      }),
      status({
        consumer: registered({ profile: consumer('warehouse'), state: 'dropping', refusals: 3 }),
        refused: [
          { personKey: KEY, code: 'HUB_KAFKA_MESSAGE_TOO_LARGE', since: AT },
          { personKey: FORMER_KEY, code: 'HUB_CONSUMER_RECORD_UNFIT', since: AT },
        ],
        awaited: { orders: 0, until: null },
      }),
    ];
    await expect(`${printConsumerStatus(all)}\n`).toMatchFileSnapshot(golden('consumers-status'));
  });

  it('says so when none was added, or not this one', () => {
    expect(printConsumerStatus([])).toBe(
      'No consumer was added yet. `hub consumers add` does it.',
    );
    expect(printConsumerStatus([], 'pasis')).toBe(
      'The consumer pasis was not added, or it is gone.',
    );
  });
});

describe('hub consumers change', () => {
  it('prints who comes in, who goes out and which fields go', async () => {
    const before = consumer('pasis');
    const text = printConsumerChange(
      before,
      { ...before, version: before.version + 1 },
      {
        persons: 1_000_000,
        comeIn: 1,
        goOut: 12_345,
        changed: 400_000,
        unchanged: 500_000,
        loses: new Map([['addresses', 400_000]]),
        gains: new Map([['sex', 900_000]]),
        samples: { comeIn: [KEY], goOut: [FORMER_KEY, KEY] },
      },
    );
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-change'));
  });
});

describe('hub consumers replay', () => {
  it('shows how much a replay of everybody would be, and a drop', async () => {
    const size = { persons: 1_000_000, has: 340_000, gone: 1_234 };
    const thin = profileOf({
      name: 'thin',
      delivery: { kind: 'topic', format: 'avro', content: 'thin-signal' },
    });
    const text = [
      printReplaySize(consumer('cosmic'), size),
      printReplaySize(consumer('cosmic'), { ...size, gone: 0 }),
      printReplaySize(consumer('warehouse'), size),
      printReplaySize(thin, size),
      printDropSize('cosmic', size),
    ].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-replay-size'));
  });

  it('prints how many persons are told again, and which lines were refused', async () => {
    const one = { asked: 1, unknown: 0, bad: 0, badLines: [], last: undefined };
    const many = { asked: 12_345, unknown: 3, bad: 1_002, badLines: [2, 7], last: undefined };
    const text = [one, many].map(printReplayed).join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-replay'));
  });
});

describe('hub consumers certify', () => {
  it('prints what a consumer did with each record', async () => {
    const steps = certificationSteps(profileOf({ name: 'card' }));
    const passed = { kind: 'passed' } as const;
    const all = {
      consumer: 'card',
      steps: steps.map((step) => ({ step, result: passed })),
      unreadable: 0,
      seconds: 3.21,
    };
    const wrong: Readonly<Record<string, StepResult>> = {
      'refuses a lower version': {
        kind: 'wrong',
        has: { generation: 1, version: 9, has: 'person' },
      },
      'is merged into another key': { kind: 'no-answer' },
      'forgets everything': { kind: 'no-answer' },
      'has no address': { kind: 'wrong', has: null },
    };
    const some = {
      ...all,
      steps: steps.map((step) => ({ step, result: wrong[step.about] ?? passed })),
      unreadable: 2,
    };
    const text = [all, some].map(printCertification).join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-certify'));
  });
});

describe('hub consumers sheet', () => {
  const topics: ConnectionTopics = {
    person: 'consumer.cosmic.person.v1',
    events: 'consumer.cosmic.events.v1',
    purge: 'consumer.cosmic.purge.v1',
    answers: 'hub.purge-ack.v1',
    groupPrefix: 'consumer.cosmic.',
    partitions: 6,
    retentionDays: 400,
    registryUrl: 'https://registry.example/apis/ccompat/v7',
    schemas: [
      { subject: 'se.puhub.consumer.v1.ConsumerPerson', schemaId: 12, of: 'states' },
      { subject: 'se.puhub.consumer.v1.PurgeOrder', schemaId: 7, of: 'orders' },
    ],
  };
  const sheet: ConnectionSheet = {
    name: 'cosmic',
    delivery: consumer('cosmic').delivery,
    principal: 'cosmic-reader',
    brokers: ['kafka-1.example:9093', 'kafka-2.example:9093'],
    isTls: true,
    needsLogin: true,
    topics,
  };

  it('prints how a consumer is connected, and what it must do', async () => {
    const open = { ...sheet, isTls: false, needsLogin: false, principal: null };
    const text = [
      sheet,
      { ...open, topics: { ...topics, person: null, retentionDays: 30 } },
      { ...open, name: 'warehouse', topics: null },
    ]
      .map(printConnectionSheet)
      .join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-sheet'));
  });
});

describe('hub consumers tables', () => {
  it('prints what the owner of the database runs', async () => {
    const text = [
      printConsumerTables('warehouse', 'pg', 0),
      printConsumerTables('warehouse', 'mssql', 0),
    ].join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-tables'));
  });
});

describe('hub consumers show', () => {
  it('prints each profile in words', async () => {
    const text = [...consumers.values()].map(printConsumer).join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-show'));
  });
});

describe('hub consumers preview', () => {
  const cosmic = consumer('cosmic');
  const persons = [WITH_TWO_NUMBERS, protectedOf()].map((person) => previewOf(cosmic, person));

  it('prints the fields of a person, and no value', async () => {
    const text = printDisclosures(cosmic, persons, { showValues: false });
    for (const value of ['189001019802', LRID.extension, 'Testberg', '1890', 'Provgatan', '0380', '+467', 'mother'])
      expect(text).not.toContain(value);
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-preview'));
  });

  it('prints values when they are asked for', async () => {
    const text = printDisclosures(cosmic, persons, { showValues: true });
    expect(text).not.toContain('[masked]');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-preview-values'));
  });

  it('says why a person is left out, what it takes for given, and where a key leads', async () => {
    const warehouse = consumer('warehouse');
    const pasis = consumer('pasis');
    const onlyReserve = profileOf({ name: 'reserve-only', mainIdentity: ['NRID'] });
    const list = profileOf({ name: 'by-list', persons: { kind: 'list' } });
    const notListed = disclose(personOf(), list, { isListed: false, wasSent: false });
    const previews = [
      [cosmic, previewOf(cosmic, null, { version: null, asked: FORMER_KEY })],
      [warehouse, previewOf(warehouse, protectedOf())],
      [pasis, previewOf(pasis, personOf({ membership: null }))],
      [onlyReserve, previewOf(onlyReserve, personOf())],
      [list, previewOf(list, personOf(), { disclosure: notListed, isAssumed: false })],
      [list, previewOf(list, personOf())],
    ] as const;
    const text = previews
      .map(([profile, preview]) => printDisclosures(profile, [preview], { showValues: false }))
      .join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-left-out'));
  });
});
