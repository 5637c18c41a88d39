import { describe, expect, it } from 'vitest';
import type { Erasure } from '../../../../connectors/hub-store/erasure-store.ts';
import type {
  EraseProof,
  SearchedPlace,
} from '../../../../connectors/runtime/operations/erase-proof.ts';
import {
  printEraseProof,
  printErasurePlan,
  printErasures,
  seenMark,
} from '../../../../connectors/runtime/operations/print-erasures.ts';
import {
  printAcknowledged,
  printOpenPurges,
} from '../../../../connectors/runtime/operations/print-purge-orders.ts';
import type { IdentityKey, PersonKey } from '../../../../core/person/person-identifier.ts';
import { pnr } from '../../../support/person-builder.ts';

const KEY = '018f0000-0000-7000-8000-000000000001' as string as PersonKey;
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY = 86_400_000;

const erasure: Erasure = {
  personKey: KEY,
  keys: [KEY],
  state: 'compacting',
  keepsHash: true,
  erasedAt: AT,
  refused: 2,
  untold: [],
};

function place(change: Partial<SearchedPlace>): SearchedPlace {
  return {
    kind: 'table',
    name: 'public.evidence',
    examined: 1_200,
    undecoded: 0,
    values: 0,
    keys: 0,
    allows: 'nothing',
    leaves: undefined,
    ...change,
  };
}

const CLEAN: readonly SearchedPlace[] = [
  place({ kind: 'topic', name: 'person.state.v1', examined: 40, undecoded: 1 }),
  place({ kind: 'topic', name: 'person.events.v1', examined: 90, keys: 3, allows: 'keys' }),
  place({}),
  place({ name: 'public.access_log_2026_01', examined: 7, keys: 2, allows: 'access-log' }),
];

function proof(change: Partial<EraseProof>): EraseProof {
  return { erasure, places: CLEAN, missing: [], verdict: 'clean', unfound: [], ...change };
}

describe('the proof of an erasure', () => {
  it('says what was searched, what may stay and why', () => {
    expect(printEraseProof(proof({})).split('\n')).toEqual([
      `2026-01-02T03:04:05Z  ${KEY}  told; topics still have to lose it, see \`hub erase proof\`, came again and refused: 2`,
      'Topics, every record decoded:',
      '  person.state.v1            40 records (1 not decoded, bytes searched)',
      '  person.events.v1           90 records  0 with values, 3 with a key alone, which may stay',
      'Tables, every row:',
      '  public.evidence            1 200 rows',
      '  public.access_log_2026_01  7 rows  0 with values, 2 with a key alone, which may stay',
      'public.access_log_2026_01: 2 entries say that the person was looked up. The access log is held to its term, at least five years (HSLF-FS 2016:40 ch. 4 s. 9), whoever is erased.',
      'PROVED: nothing of the person is left in any topic or table but what is named above.',
    ]);
  });

  it('says where something is left and by when it is gone', () => {
    const leaves = { policy: 'delete, segment.ms 1, retention.ms 2', goneBy: AT + 7 * DAY };
    const places = [
      place({ kind: 'topic', name: 'source.pu.person.v1', values: 3, leaves }),
      place({ values: 1 }),
    ];
    const text = printEraseProof(proof({ places, verdict: 'found' }));
    expect(text).toContain(
      'source.pu.person.v1: 3 left; it leaves by the settings (delete, segment.ms 1, retention.ms 2): gone by 2026-01-09T03:04:05Z if the partition goes on being written to.',
    );
    expect(text).toContain('public.evidence: 1 left.');
    expect(text).toContain('NOT YET');
    const forEver = { policy: 'delete', goneBy: Number.NaN };
    const kept = [place({ kind: 'topic', name: 'hub.x', values: 1, leaves: forEver })];
    expect(printEraseProof(proof({ places: kept }))).toContain('kept without a limit');
  });

  it('says that nothing found is no proof without all that was found before, and before the erasure what was not', () => {
    expect(printEraseProof(proof({ verdict: 'other-values' }))).toContain('NOT PROVED');
    expect(printEraseProof(proof({ verdict: 'not-compared' }))).toContain('NOT COMPARED');
    const before = { erasure: undefined, verdict: 'found' } as const;
    expect(printEraseProof(proof({ ...before, unfound: [2, 3] }))).toContain(
      'Found nowhere: value 2, 3 of the file',
    );
    expect(printEraseProof(proof(before))).toContain('Every value of the file was found.');
    expect(printEraseProof(proof({ unfound: [2] }))).not.toContain('Found nowhere');
  });

  it('proves nothing when there was nothing to search', () => {
    const text = printEraseProof(
      proof({ erasure: undefined, missing: ['person.state.v1'], verdict: 'nothing-examined' }),
    );
    expect(text).toContain('The person is not erased.');
    expect(text).toContain('The topic person.state.v1 is not there.');
    expect(text).toContain('NO PROOF');
  });
});

describe('the plan of an erasure', () => {
  const OTHER = '018f0000-0000-7000-8000-000000000002';
  const keys = (...texts: readonly string[]) => texts.map((text) => text as string as IdentityKey);

  it('ends with a mark that is another one when anything was joined to the person or parted', () => {
    const mark = seenMark(keys(KEY, OTHER));
    expect(mark).toMatch(/^[0-9a-f]{8}$/);
    expect(seenMark(keys(OTHER, KEY))).toBe(mark);
    expect(seenMark(keys(KEY))).not.toBe(mark);
    const plan = printErasurePlan(
      {
        personKey: KEY,
        identities: keys(KEY, OTHER).map((identityKey) => ({
          identityKey,
          ...pnr(),
          firstSeen: AT,
        })),
        evidence: [],
        person: undefined,
        decisions: [],
        memberships: [],
        journal: [],
        waiting: [],
      },
      false,
    );
    expect(plan.split('\n').at(-1)).toContain(`--seen ${mark}`);
  });
});

describe('the list of erasures', () => {
  it('says who was not told yet', () => {
    expect(printErasures([])).toBe('Nobody was erased.');
    const telling: Erasure = {
      ...erasure,
      state: 'telling',
      keys: [KEY, KEY],
      keepsHash: false,
      untold: ['cosmic', 'pasis'],
    };
    expect(printErasures([telling])).toBe(
      `2026-01-02T03:04:05Z  ${KEY}  being told, 2 keys, not told yet: cosmic, pasis`,
    );
  });
});

describe('the report of who has not forgotten', () => {
  it('goes by age, and says what is late', () => {
    const order = {
      id: '018f0000-0000-7000-8000-00000000000a',
      consumer: 'cosmic',
      personKey: KEY,
      reason: 'erased',
      fields: ['name', 'addresses'],
      orderedAt: AT,
      dueAt: AT + DAY,
      ageSeconds: 3_700,
    } as const;
    const counts = [
      { consumer: 'cosmic', open: 1, oldestSeconds: 3_700 },
      { consumer: 'laboratory', open: 0, oldestSeconds: 0 },
      { consumer: 'pasis', open: 2, oldestSeconds: 200_000 },
    ];
    expect(printOpenPurges(counts, [order], AT + 3_700_000).split('\n')).toEqual([
      'pasis: 2 not acknowledged, the oldest for 2 d',
      'cosmic: 1 not acknowledged, the oldest for 1 h',
      `  1 h  due 2026-01-03T03:04:05Z  cosmic  order ${order.id}  ${KEY}  erased: name, addresses`,
      '  … and 2 more',
    ]);
    expect(printOpenPurges(counts, [order], AT + 2 * DAY)).toContain('  1 h  late  cosmic');
    expect(printOpenPurges([], [], AT)).toContain('Every consumer has acknowledged');
    expect(printAcknowledged('unknown')).toContain('nothing was changed');
  });
});
