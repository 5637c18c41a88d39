import { describe, expect, it } from 'vitest';
import type { SeenInstance } from '../../../../connectors/hub-store/instance-store.ts';
import type {
  InstanceStatus,
  SourceStatus,
} from '../../../../connectors/runtime/operations/instance-status.ts';
import {
  type HubStatus,
  readStatus,
  SILENT_SECONDS,
} from '../../../../connectors/runtime/operations/read-status.ts';
import { WORK_ITEM_KINDS, type WorkItemKind } from '../../../../core/identity/work-item.ts';
import type { Derivation } from '../../../../core/sync/ports.ts';

const NOW = 1_700_000_100_000;
const WELL: InstanceStatus = {
  healthy: true,
  reasons: [],
  httpPort: 9464,
  sources: [],
  lagRecords: null,
  perSecond: { read: 0, committed: 0, published: 0 },
};
const READING: SourceStatus = {
  name: 'master',
  state: 'streaming',
  frozenBy: null,
  position: '1:5',
  currentAsOf: NOW - 1_500,
  loadedRows: null,
  expectedRows: null,
  pulls: null,
};
const READING_PU: SourceStatus = {
  ...READING,
  name: 'pu',
  position: null,
  currentAsOf: NOW - 60_000,
};

function instance(
  name: string,
  roles: readonly string[],
  status: Partial<InstanceStatus> = {},
  secondsSinceSeen = 1,
): SeenInstance {
  const stored = JSON.parse(JSON.stringify({ ...WELL, ...status })) as Record<string, unknown>;
  return {
    instance: name,
    roles,
    programVersion: '0',
    startedAt: 0,
    secondsSinceSeen,
    status: stored,
  };
}

const NO_ITEMS = Object.fromEntries(WORK_ITEM_KINDS.map((kind) => [kind, 0])) as Record<
  WorkItemKind,
  number
>;

const WALK: Derivation = {
  id: 7,
  kind: 'phase',
  state: 'running',
  cursor: null,
  startedAt: new Date(NOW).toISOString(),
  persons: 340,
  changed: 12,
  vanished: 1,
  acceptsVanishing: false,
};

async function statusOf(instances: readonly SeenInstance[], walk?: Derivation): Promise<HubStatus> {
  return await readStatus(
    {
      instances: { list: () => Promise.resolve(instances) },
      outbox: {
        backlog: () =>
          Promise.resolve([
            { partition: 0, waiting: 2, oldestSeconds: 1 },
            { partition: 3, waiting: 5, oldestSeconds: 7.5 },
          ]),
      },
      parked: { countByCode: () => Promise.resolve([]) },
      phases: {
        read: () =>
          Promise.resolve({ phase: 'step-1', generation: 2, switchedAt: NOW, commandId: 5n }),
      },
      derivations: { show: () => Promise.resolve(walk) },
      workItems: { countOpen: () => Promise.resolve({ ...NO_ITEMS, 'no-county': 3 }) },
    },
    NOW,
  );
}

const ALL = ['source', 'core', 'publisher'];

describe('readStatus', () => {
  it('adds up what the instances share', async () => {
    const status = await statusOf([
      instance('a', ALL, {
        sources: [READING],
        lagRecords: 3,
        perSecond: { read: 10, committed: 4, published: 4 },
      }),
      instance('b', ['core'], {
        lagRecords: 4,
        perSecond: { read: 0, committed: 6, published: 0 },
      }),
    ]);
    expect(status).toMatchObject({
      state: 'running',
      instances: 2,
      sources: [{ name: 'master', freshnessSeconds: 1.5 }],
      lagRecords: 7,
      backlog: { waiting: 7, oldestSeconds: 7.5 },
      perSecond: { read: 10, committed: 10, published: 4 },
    });
  });

  it('tells the phase, what waits for a decision, and a walk that is not done', async () => {
    const one = [instance('a', ALL)];
    expect(await statusOf(one)).toMatchObject({ phase: 'step-1', walk: null, workItems: 3 });
    const { walk } = await statusOf(one, WALK);
    expect(walk).toEqual({ kind: 'phase', state: 'running', persons: 340, vanished: 1 });
    expect((await statusOf(one, { ...WALK, state: 'stopped' })).walk?.state).toBe('stopped');
    expect((await statusOf(one, { ...WALK, state: 'done' })).walk).toBeNull();
  });

  it('is stopped when every instance has been silent for too long', async () => {
    const status = await statusOf([instance('a', ALL, {}, SILENT_SECONDS + 1)]);
    expect(status).toMatchObject({ state: 'stopped', instances: 0, lagRecords: null });
  });

  it('names the role that nobody has', async () => {
    const status = await statusOf([instance('a', ['source', 'core'])]);
    expect(status.state).toBe('incomplete');
    expect(status.reasons).toEqual(['no instance has the role publisher']);
  });

  it('says which instance is unhealthy and why', async () => {
    const status = await statusOf([
      instance('a', ALL),
      instance('b', ALL, { healthy: false, reasons: ['core: stalled'] }),
    ]);
    expect(status.state).toBe('unhealthy');
    expect(status.reasons).toEqual(['b: core: stalled']);
  });

  it.each([
    ['streaming', 'running'],
    ['starting', 'running'],
    ['loading', 'loading'],
    ['gap', 'loading'],
    ['paused', 'paused'],
    ['frozen', 'frozen'],
  ] as const)('takes the state of the source: %s is %s', async (state, expected) => {
    const status = await statusOf([instance('a', ALL, { sources: [{ ...READING, state }] })]);
    expect(status.state).toBe(expected);
  });

  it('shows both registers, whichever instance reads them', async () => {
    const status = await statusOf([
      instance('a', ALL, { sources: [READING_PU] }),
      instance('b', ALL, { sources: [READING] }),
    ]);
    expect(status.sources).toMatchObject([
      { name: 'master', freshnessSeconds: 1.5 },
      { name: 'pu', freshnessSeconds: 60 },
    ]);
  });

  it.each([
    ['streaming', 'loading', 'loading', []],
    ['loading', 'paused', 'paused', ['pu is paused']],
    ['frozen', 'paused', 'frozen', ['master waits for a decision: hub errors X', 'pu is paused']],
  ] as const)('of Master %s and PU %s is %s', async (master, pu, expected, reasons) => {
    const sources = [
      { ...READING, state: master, frozenBy: 'X' },
      { ...READING_PU, state: pu },
    ];
    expect(await statusOf([instance('a', ALL, { sources })])).toMatchObject({
      state: expected,
      reasons,
    });
  });

  it('reads an instance from the time of one source', async () => {
    const { pulls: _, ...source } = READING;
    const { sources: __, ...before } = WELL;
    const old = { ...instance('a', ALL), status: { ...before, source } };
    expect((await statusOf([old])).sources).toMatchObject([{ name: 'master', position: '1:5' }]);
  });

  it('counts an instance of another version, whose status it does not know, as unhealthy', async () => {
    const strange = {
      ...instance('a', ALL),
      status: { source: { state: 'dreaming' }, reasons: 5 },
    };
    expect(await statusOf([strange])).toMatchObject({ state: 'unhealthy', sources: [] });
  });
});
