/** What an operator reads, with fixed inputs: read the diff, do not just update it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PersonLineage } from '../../connectors/hub-store/person-lineage.ts';
import type { OpenPurgeOrder } from '../../connectors/hub-store/purge-orders.ts';
import type { WorkItem } from '../../connectors/hub-store/work-items.ts';
import { printPreflight } from '../../connectors/runtime/operations/preflight.ts';
import { printFreshness } from '../../connectors/runtime/operations/print-freshness.ts';
import { printLineage } from '../../connectors/runtime/operations/print-lineage.ts';
import { printComparison, printPhase } from '../../connectors/runtime/operations/print-phase.ts';
import { printPurgeOrders } from '../../connectors/runtime/operations/print-purge-orders.ts';
import { printParked, printStatusLine } from '../../connectors/runtime/operations/print-status.ts';
import { printUncovered } from '../../connectors/runtime/operations/print-uncovered.ts';
import { printTopics } from '../../connectors/runtime/operations/print-topics.ts';
import { printWorkItem, printWorkList } from '../../connectors/runtime/operations/print-work-items.ts';
import type { PersonExplanation } from '../../connectors/runtime/operations/read-explanation.ts';
import type { FreshnessReport, ShardReport } from '../../connectors/runtime/operations/read-freshness.ts';
import type { HubStatus } from '../../connectors/runtime/operations/read-status.ts';
import { safeText } from '../../core/errors/log-safe.ts';
import type { GoldenRule, Provenance } from '../../core/golden-record/golden-input.ts';
import type { GoldenPerson } from '../../core/golden-record/golden-record.ts';
import { WORK_ITEM_KINDS, type WorkItemKind } from '../../core/identity/work-item.ts';
import {
  type ContentHash,
  type IdentityKey,
  type Oid,
  type PersonKey,
  personKeyOf,
} from '../../core/person/person-identifier.ts';
import { NO_COMPARISON } from '../../core/sync/compare-phases.ts';
import type { Derivation } from '../../core/sync/ports.ts';
import { BEFORE_EVERYTHING } from '../../core/sync/source-record.ts';
import { evidence } from '../support/person-builder.ts';

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
  phase: 'shadow',
  walk: null,
  workItems: 0,
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
  switched: {
    ...RUNNING,
    phase: 'step-1',
    walk: { kind: 'phase', state: 'running', persons: 340_000, vanished: 2 },
    workItems: 1_204,
  },
  rebuilding: {
    ...RUNNING,
    phase: 'step-2',
    walk: { kind: 'rebuild', state: 'running', persons: 0, vanished: 0 },
  },
  walkStopped: {
    ...RUNNING,
    state: 'unhealthy',
    phase: 'step-1',
    walk: { kind: 'phase', state: 'stopped', persons: 1_000, vanished: 9 },
    reasons: ['hub-1: derivation: HUB_SYNC_DERIVATION_STOPPED'],
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
const FIRST = '11111111-1111-4111-8111-111111111111' as IdentityKey;
const SECOND = '22222222-2222-4222-8222-222222222222' as IdentityKey;
const THIRD = '33333333-3333-4333-8333-333333333333' as IdentityKey;
const LOCAL = { root: '1.2.752.97.3.1.3' as Oid, extension: LRID };
const NATIONAL = { root: '1.2.752.74.9.1' as Oid, extension: NRID };
const NO_NAME = {
  givenName: null,
  givenNameIndicator: null,
  middleName: null,
  surname: null,
  notificationName: null,
};
const HASH = 'hash' as string as ContentHash;
const AT = Date.UTC(2025, 0, 31, 14, 2, 10);

describe('hub phase', () => {
  it('shows the phase and how far everybody follows it', async () => {
    const phase = { phase: 'step-1', generation: 2, switchedAt: AT - 600_000 } as const;
    const walk: Derivation = {
      id: 7,
      kind: 'phase',
      state: 'running',
      cursor: FIRST,
      startedAt: new Date(AT - 600_000).toISOString(),
      persons: 340_000,
      changed: 12_345,
      vanished: 3,
      acceptsVanishing: false,
    };
    const walks = [
      undefined,
      walk,
      { ...walk, state: 'stopped' as const },
      { ...walk, kind: 'rebuild' as const, state: 'done' as const, acceptsVanishing: true },
    ];
    const texts = walks.map((one) => printPhase({ at: AT, phase, walk: one }));
    await expect(`${texts.join('\n\n')}\n`).toMatchFileSnapshot(golden('phase'));
  });

  it('previews a switch by counts, and by field group where something differs', async () => {
    const comparison = {
      ...NO_COMPARISON,
      persons: 1_750_000,
      changed: 41_204,
      appear: 12,
      vanish: 3,
      becomeProtected: 4,
      noLongerProtected: 1,
      fallsBack: 880,
      byGroup: { ...NO_COMPARISON.byGroup, name: 204, addresses: 40_100 },
    };
    const texts = [
      printComparison('shadow', 'step-1', comparison),
      printComparison('step-1', 'step-2', NO_COMPARISON),
    ];
    await expect(`${texts.join('\n\n')}\n`).toMatchFileSnapshot(golden('phase-preview'));
  });
});

describe('hub work', () => {
  const item = {
    id: 12n,
    kind: 'birth-data-differ',
    subject: FIRST,
    other: SECOND,
    personKey: personKeyOf(FIRST),
    openedAt: AT,
    closedAt: null,
    identities: [
      { ...LOCAL, identityKey: FIRST, personKey: personKeyOf(FIRST) },
      { ...NATIONAL, identityKey: SECOND, personKey: personKeyOf(SECOND) },
    ],
  } as const satisfies WorkItem;
  const none = Object.fromEntries(WORK_ITEM_KINDS.map((kind) => [kind, 0])) as Record<
    WorkItemKind,
    number
  >;

  it('lists what is open, by kind and then one by one', async () => {
    const items = [item, { ...item, id: 3n, kind: 'no-county' as const, other: null }];
    const counts = { ...none, 'no-county': 1_204, 'birth-data-differ': 1 };
    const texts = [printWorkList(counts, items), printWorkList(none, [])];
    await expect(`${texts.join('\n\n')}\n`).toMatchFileSnapshot(golden('work-list'));
  });

  it('shows each kind with what it waits for and how to decide, identities masked', async () => {
    const items = WORK_ITEM_KINDS.map((kind) => ({ ...item, kind }));
    const text = [...items, { ...item, closedAt: AT + 60_000 }]
      .map((one) => printWorkItem(one, { showIdentities: false }))
      .join('\n\n');
    for (const value of [NRID, LRID]) expect(text).not.toContain(value);
    await expect(`${text}\n`).toMatchFileSnapshot(golden('work-show'));
  });

  it('shows identities to whoever asks for them', () => {
    const text = printWorkItem(item, { showIdentities: true });
    expect(text).toContain(NRID);
    expect(text).toContain(LRID);
  });
});

describe('hub purge list', () => {
  it('prints the open orders by person key, and how many are left out', async () => {
    const order = {
      id: THIRD,
      personKey: personKeyOf(FIRST),
      reason: 'protection-raised',
      fields: ['addresses', 'contacts'],
      upToVersion: 4,
      orderedAt: AT,
      dueAt: AT + 86_400_000,
    } as const satisfies OpenPurgeOrder;
    const relation = {
      ...order,
      reason: 'relation-hidden',
      fields: ['relations'],
    } as const satisfies OpenPurgeOrder;
    const texts = [
      printPurgeOrders(3, [order, relation]),
      printPurgeOrders(1, [order]),
      printPurgeOrders(0, []),
    ];
    await expect(`${texts.join('\n\n')}\n`).toMatchFileSnapshot(golden('purge-list'));
  });
});

function lineage(change: Partial<PersonLineage> = {}): PersonLineage {
  const position = { epoch: 3, version: 184_467n };
  const content = evidence({
    identity: LOCAL,
    name: { ...NO_NAME, givenName: NAME, surname: NAME },
    birthDate: { precision: 'day', value: '1979-08-14' },
  });
  return {
    personKey: personKeyOf(FIRST),
    identities: [
      { identityKey: FIRST, ...content.identity, firstSeen: Date.UTC(2025, 0, 2, 3, 4, 5) },
      {
        identityKey: SECOND,
        ...NATIONAL,
        firstSeen: Date.UTC(2025, 0, 30),
      },
    ],
    evidence: [
      { identityKey: FIRST, source: 'master', position, content, updatedAt: AT },
      {
        identityKey: SECOND,
        source: 'master',
        position: { epoch: 3, version: 184_400n },
        content: null,
        updatedAt: Date.UTC(2025, 0, 31, 14),
      },
      {
        identityKey: SECOND,
        source: 'pu',
        position: BEFORE_EVERYTHING,
        content: null,
        updatedAt: Date.UTC(2025, 0, 31, 14),
      },
    ],
    person: {
      personKey: personKeyOf(FIRST),
      version: 4,
      golden: PERSON,
      redirectTo: null,
      contentHash: HASH,
    },
    decisions: [
      {
        id: 5n,
        kind: 'birth-data-differ',
        subject: FIRST,
        other: SECOND,
        choice: 'same-person',
        reason: 'case 4711',
        decidedBy: 'operator',
        decidedAt: AT,
      },
    ],
    memberships: [
      {
        membership: {
          level: 'municipality',
          countyCode: '03',
          municipalityCode: '0380',
          reason: 'registered',
          validFrom: null,
        },
        fromVersion: 1,
        untilVersion: 2,
        endedOn: null,
      },
      { membership: null, fromVersion: 3, untilVersion: 3, endedOn: null },
    ],
    journal: [
      {
        identityKey: FIRST,
        source: 'master',
        position,
        changed: ['name', 'addresses'],
        recordedAt: AT,
      },
    ],
    waiting: [],
    ...change,
  };
}

const PERSON = {
  kind: 'person',
  identities: [],
  name: NO_NAME,
  sex: 'female',
  birthDate: null,
  deregistration: null,
  testPerson: true,
  maritalStatus: null,
  membership: null,
  parishCode: null,
  propertyDesignation: null,
  addresses: [],
  contacts: [],
  relations: [],
  contactPersons: [],
  paperOptOut: null,
} as const satisfies GoldenPerson;

function explanation(change: Partial<PersonExplanation> = {}): PersonExplanation {
  const decided = (rule: GoldenRule): Provenance => ({
    source: 'master',
    identityKey: FIRST,
    position: { epoch: 3, version: 184_467n },
    rule,
  });
  return {
    phase: { phase: 'step-1', generation: 2 },
    rulesVersion: 3,
    provenance: {
      identities: decided('all-identities'),
      name: decided('authority'),
      protection: decided('any-flag-protects'),
      'paper-preference': { ...decided('silent-authority'), source: 'pu' },
    },
    withheld: null,
    formerKeys: [
      {
        personKey: personKeyOf(SECOND),
        version: 7,
        golden: null,
        redirectTo: personKeyOf(FIRST),
        contentHash: HASH,
      },
      {
        personKey: personKeyOf(THIRD),
        version: 2,
        golden: null,
        redirectTo: null,
        contentHash: HASH,
      },
    ],
    links: [
      { from: FIRST, to: SECOND, source: 'pu', kind: 'linked', verdict: 'joins' },
      { from: FIRST, to: undefined, source: 'master', kind: 'referred', verdict: 'only-pu-may-state' },
      { from: FIRST, to: SECOND, source: 'decision', kind: 'decision', verdict: 'joins' },
    ],
    periods: [
      { from: FIRST, to: SECOND, source: 'pu', since: AT - 600_000, until: null },
      { from: FIRST, to: THIRD, source: 'master', since: AT - 600_000, until: AT },
    ],
    openItems: [{ kind: 'no-county', subject: FIRST, other: null }],
    ...change,
  };
}

const NOTHING_TOLD = { decisions: [], memberships: [], journal: [] } as const;
const MASKED = { showIdentities: false };

describe('hub explain', () => {
  it('prints the lineage of a person with identities masked, and no value', async () => {
    const text = printLineage(lineage(), explanation(), MASKED);
    for (const value of [NRID, LRID, NAME, '1979', '0380']) expect(text).not.toContain(value);
    await expect(`${text}\n`).toMatchFileSnapshot(golden('explain'));
  });

  it('prints identities, and still no name, when they are asked for', () => {
    const text = printLineage(lineage(), explanation(), { showIdentities: true });
    expect(text).toContain(NRID);
    expect(text).toContain(LRID);
    expect(text).not.toContain(NAME);
  });

  it('prints what waits to be published', () => {
    const events = [{ type: 'name-changed' as const, effectiveDate: null, changed: ['name' as const] }];
    const recordedAt = Date.UTC(2025, 0, 31, 14, 2, 11);
    const waiting = [{ version: 4, events, recordedAt }];
    const text = printLineage(lineage({ waiting }), explanation(), MASKED);
    expect(text).toContain('Version 4 waits since 2025-01-31T14:02:11Z: name-changed');
    expect(text).not.toContain('acknowledged');
  });

  it.each([
    ['not-leading', 'does not publish such numbers in this phase'],
    ['test-person', 'a test person, and this is production'],
  ] as const)('says why nobody is told: %s', (withheld, words) => {
    const why = explanation({ provenance: {}, withheld });
    expect(printLineage(lineage(), why, MASKED)).toContain(words);
  });

  it('says so when nothing is left of a person', () => {
    const person = {
      personKey: personKeyOf(FIRST),
      version: 5,
      golden: null,
      redirectTo: null,
      contentHash: HASH,
    };
    const text = printLineage(
      lineage({ person, evidence: [], ...NOTHING_TOLD }),
      explanation({ provenance: {}, formerKeys: [], links: [], periods: [], openItems: [] }),
      MASKED,
    );
    expect(text).toContain('Version 5: nobody is published under this key');
    expect(text).toContain('no evidence is left');
  });
});
