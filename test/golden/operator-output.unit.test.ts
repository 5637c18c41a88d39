/** What an operator reads, with fixed inputs: read the diff, do not just update it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PersonLineage } from '../../connectors/hub-store/person-lineage.ts';
import { printPreflight } from '../../connectors/runtime/operations/preflight.ts';
import { printFreshness } from '../../connectors/runtime/operations/print-freshness.ts';
import { printLineage } from '../../connectors/runtime/operations/print-lineage.ts';
import { printParked, printStatusLine } from '../../connectors/runtime/operations/print-status.ts';
import { printUncovered } from '../../connectors/runtime/operations/print-uncovered.ts';
import { printTopics } from '../../connectors/runtime/operations/print-topics.ts';
import type { FreshnessReport, ShardReport } from '../../connectors/runtime/operations/read-freshness.ts';
import type { HubStatus } from '../../connectors/runtime/operations/read-status.ts';
import { safeText } from '../../core/errors/log-safe.ts';
import { composeGoldenRecord } from '../../core/golden-record/compose-golden-record.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type {
  ContentHash,
  IdentityKey,
  Oid,
  PersonKey,
} from '../../core/person/person-identifier.ts';

const golden = (name: string): string => join(import.meta.dirname, 'operator', `${name}.txt`);

const RUNNING: HubStatus = {
  state: 'running',
  reasons: [],
  instances: 3,
  sources: [
    {
    name: 'master',
    state: 'streaming',
    frozenBy: null,
    position: '3:184467',
    currentAsOf: Date.UTC(2025, 0, 31, 14, 2, 10),
    loadedRows: null,
    expectedRows: null,
    pulls: null,
    freshnessSeconds: 0.4,
  },
  ],
  lagRecords: 0,
  backlog: { waiting: 12, oldestSeconds: 0.14 },
  perSecond: { read: 102, committed: 99.5, published: 98.2 },
  parked: [
    { code: 'HUB_PERSON_IDENTITY_MALFORMED', waiting: 3 },
    { code: 'HUB_PERSON_UNKNOWN_CODE', waiting: 1204 },
  ],
};
const SOURCE = RUNNING.sources[0] ?? expect.fail();
const PU = {
  ...SOURCE,
  name: 'pu',
  position: null,
  currentAsOf: Date.UTC(2025, 0, 31, 13, 58, 1),
  freshnessSeconds: 249,
};
const QUIET = { waiting: 0, oldestSeconds: 0 };

const STATUSES: Readonly<Record<string, HubStatus>> = {
  running: RUNNING,
  loading: {
    ...RUNNING,
    state: 'loading',
    sources: [{ ...SOURCE, state: 'loading', loadedRows: 640_000, expectedRows: 1_750_000 }],
    lagRecords: 21_344,
    backlog: { waiting: 48_210, oldestSeconds: 9.2 },
    perSecond: { read: 9_000, committed: 8_412, published: 8_105.4 },
    parked: [],
  },
  paused: { ...RUNNING, state: 'paused', sources: [{ ...SOURCE, state: 'paused' }], backlog: QUIET },
  frozen: {
    ...RUNNING,
    state: 'frozen',
    sources: [{ ...SOURCE, state: 'frozen', frozenBy: 'HUB_MASTER_UNAVAILABLE' }],
    reasons: ['master waits for a decision: hub errors HUB_MASTER_UNAVAILABLE'],
  },
  both: { ...RUNNING, sources: [SOURCE, PU] },
  loadingPu: {
    ...RUNNING,
    state: 'loading',
    sources: [SOURCE, { ...PU, state: 'loading', loadedRows: 1_200, expectedRows: 1_750_000 }],
  },
  neverRead: { ...RUNNING, sources: [SOURCE, { ...PU, currentAsOf: null, freshnessSeconds: null }] },
  unhealthy: {
    ...RUNNING,
    state: 'unhealthy',
    instances: 1,
    backlog: { waiting: 90_000, oldestSeconds: 312 },
    reasons: ['hub-1: publisher: HUB_KAFKA_UNAVAILABLE'],
  },
  stopped: {
    ...RUNNING,
    state: 'stopped',
    instances: 0,
    sources: [],
    lagRecords: null,
    perSecond: { read: 0, committed: 0, published: 0 },
  },
};

describe('hub status', () => {
  it('prints each state in one line', async () => {
    const lines = Object.values(STATUSES).map(printStatusLine);
    for (const line of lines) expect(line).not.toContain('\n');
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden('status'));
  });
});

describe('hub freshness', () => {
  it('prints Master as a whole and PU shard by shard', async () => {
    const at = Date.UTC(2025, 0, 31, 14, 2, 10);
    const before = (seconds: number): number => at - seconds * 1_000;
    const shard: ShardReport = {
      pull: 'own-region',
      shard: '0380',
      watermark: before(130),
      ageSeconds: 130,
      finishedAt: before(90),
      dueAt: null,
      isLate: false,
      isSweep: false,
      running: null,
      perSecond: null,
      secondsLeft: null,
      nextDueAt: Date.UTC(2025, 0, 31, 14, 15),
      code: null,
    };
    const running = { startedAt: before(60), orderedAt: before(59), records: 120_000 };
    const report: FreshnessReport = {
      at,
      master: { state: 'streaming', asOf: at, ageSeconds: 0 },
      pu: {
        state: 'streaming',
        shards: [
          shard,
          { ...shard, shard: '03-protected', nextDueAt: null, code: 'HUB_PU_UNAVAILABLE' },
          {
            ...shard,
            pull: 'known-elsewhere',
            shard: 'everyone',
            watermark: before(300_000),
            ageSeconds: 300_000,
            dueAt: before(9_000),
            isLate: true,
            code: 'HUB_PU_PULL_LATE',
          },
          {
            ...shard,
            pull: 'moved-out',
            shard: 'next on another day',
            nextDueAt: Date.UTC(2025, 1, 1, 14, 0),
          },
          {
            ...shard,
            pull: 'first-load',
            shard: 'identities',
            watermark: null,
            ageSeconds: null,
            finishedAt: null,
            nextDueAt: null,
            running,
            perSecond: 2_000,
            secondsLeft: 815,
          },
        ],
      },
    };
    const texts = [report, { at, master: null, pu: null }].map(printFreshness);
    await expect(`${texts.join('\n\n')}\n`).toMatchFileSnapshot(golden('freshness'));
  });
});

describe('hub freshness --uncovered', () => {
  it('prints counts by reason, then persons by key', async () => {
    const byReason = {
      'not-loaded-yet': 0,
      'unknown-in-pu': 12,
      'test-person': 0,
      'reserve-not-in-pu': 3,
      'not-askable': 41_180,
    };
    const none = { ...byReason, 'unknown-in-pu': 0, 'reserve-not-in-pu': 0, 'not-askable': 0 };
    const personKey = '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10' as PersonKey;
    const page = { persons: [{ personKey, reason: 'not-askable' as const }], next: personKey };
    const reports = [
      { covered: 1_700_000, persons: 41_195, byReason, page },
      { covered: 5, persons: 0, byReason: none, page: { persons: [], next: null } },
    ];
    const text = `${reports.map(printUncovered).join('\n\n')}\n`;
    await expect(text).toMatchFileSnapshot(golden('uncovered'));
  });
});

describe('hub parked', () => {
  it('prints counts by code, most first', async () => {
    const text = `${printParked(RUNNING.parked)}\n\n${printParked([])}\n`;
    await expect(text).toMatchFileSnapshot(golden('parked'));
  });
});

describe('hub preflight', () => {
  it('prints what was found under each check, with the fix to copy', async () => {
    const results = [
      { name: safeText('hub store'), findings: [] },
      {
        name: safeText('Kafka and its topics'),
        findings: [{ kind: 'note' as const, text: 'retention.ms is 1, should be 2', fix: null }],
      },
      {
        name: safeText('Master'),
        findings: [
          {
            kind: 'problem' as const,
            text: 'select on dbo.Adress is missing',
            fix: 'GRANT SELECT ON OBJECT::dbo.Adress TO hub_reader;',
          },
        ],
      },
    ];
    await expect(`${printPreflight(results)}\n`).toMatchFileSnapshot(golden('preflight'));
  });
});

describe('hub topics', () => {
  it('prints the topics with what differs', async () => {
    const reports = [
      { topic: safeText('person.state.v1'), partitions: 6, drift: [] },
      {
        topic: safeText('person.events.v1'),
        partitions: 6,
        drift: [{ setting: safeText('retention.ms'), have: 1_000, want: 31_536_000_000 }],
      },
    ];
    await expect(`${printTopics(reports)}\n`).toMatchFileSnapshot(golden('topics'));
  });
});

/** The published examples of a national reserve number and of a regional one. */
const NRID = '22790814AA01';
const LRID = '991981000010';
const NAME = 'Kanariefågel';
const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

const EVIDENCE: PersonEvidence = {
  identity: { root: '1.2.752.97.3.1.3' as Oid, extension: LRID },
  name: {
    givenName: NAME,
    givenNameIndicator: null,
    middleName: null,
    surname: NAME,
    notificationName: null,
  },
  sex: 'female',
  birthDate: { precision: 'day', value: '1979-08-14' },
  protectedPerson: false,
  protectedPopulationRecord: false,
  deregistration: null,
  maritalStatus: null,
  locality: null,
  addresses: [],
  contacts: [],
  links: [],
  testPerson: true,
};

function lineage(change: Partial<PersonLineage> = {}): PersonLineage {
  const { root, extension } = EVIDENCE.identity;
  const position = { epoch: 3, version: 184_467n };
  const evidence = [{ identity: EVIDENCE.identity, source: 'master' as const, position, content: EVIDENCE }];
  return {
    personKey: FIRST as PersonKey,
    identities: [
      { identityKey: FIRST as IdentityKey, root, extension, firstSeen: Date.UTC(2025, 0, 2, 3, 4, 5) },
      {
        identityKey: SECOND as IdentityKey,
        root: '1.2.752.74.9.1' as Oid,
        extension: NRID,
        firstSeen: Date.UTC(2025, 0, 30),
      },
    ],
    evidence: [
      {
        identityKey: FIRST as IdentityKey,
        source: 'master',
        position,
        content: EVIDENCE,
        updatedAt: Date.UTC(2025, 0, 31, 14, 2, 10),
      },
      {
        identityKey: SECOND as IdentityKey,
        source: 'master',
        position: { epoch: 3, version: 184_400n },
        content: null,
        updatedAt: Date.UTC(2025, 0, 31, 14),
      },
    ],
    person: {
      personKey: FIRST as PersonKey,
      version: 4,
      golden: composeGoldenRecord(evidence),
      contentHash: 'hash' as string as ContentHash,
    },
    waiting: [],
    ...change,
  };
}

describe('hub explain', () => {
  it('prints the lineage of a person with identities masked', async () => {
    const text = printLineage(lineage(), { showIdentities: false });
    for (const value of [NRID, LRID, NAME, '1979']) expect(text).not.toContain(value);
    await expect(`${text}\n`).toMatchFileSnapshot(golden('explain'));
  });

  it('prints identities, and still no name, when they are asked for', () => {
    const text = printLineage(lineage(), { showIdentities: true });
    expect(text).toContain(NRID);
    expect(text).toContain(LRID);
    expect(text).not.toContain(NAME);
  });

  it('prints what waits to be published', () => {
    const events = [{ type: 'name-changed' as const, effectiveDate: null, changed: ['name' as const] }];
    const recordedAt = Date.UTC(2025, 0, 31, 14, 2, 11);
    const text = printLineage(lineage({ waiting: [{ version: 4, events, recordedAt }] }), {
      showIdentities: false,
    });
    expect(text).toContain('Version 4 waits since 2025-01-31T14:02:11Z: name-changed');
    expect(text).not.toContain('acknowledged');
  });

  it('says so when only PU knows the person', () => {
    const evidence = lineage().evidence.map((one) => ({ ...one, source: 'pu' as const }));
    const text = printLineage(lineage({ evidence }), { showIdentities: false });
    expect(text).toContain('only PU knows the person');
  });

  it('says so when nothing is left of a person', () => {
    const person = {
      personKey: FIRST as PersonKey,
      version: 5,
      golden: null,
      contentHash: 'hash' as string as ContentHash,
    };
    const text = printLineage(lineage({ person, evidence: [] }), { showIdentities: false });
    expect(text).toContain('Version 5: removed');
    expect(text).toContain('no evidence is left');
  });
});
