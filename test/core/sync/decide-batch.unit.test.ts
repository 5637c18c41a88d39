import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { decideBatch, type IncomingEvidence } from '../../../core/sync/decide-batch.ts';
import type { Cluster, StoredEvidence } from '../../../core/sync/ports.ts';
import { at, clusterOf, evidence, plainHasher, pnr } from '../../support/person-builder.ts';

const rules = { hasher: plainHasher, events: { homeCounties: new Set(['03']) } };

const record = (
  version: number,
  content: IncomingEvidence['content'] = evidence(),
): IncomingEvidence => ({
  identity: pnr(),
  content,
  cause: { source: 'master', position: at(version), readAt: '2026-01-01T00:00:00.000Z' },
});

/** The same of PU, whose positions are seconds. */
const puRecord = (
  version: number,
  content: PersonEvidence | null = evidence(),
): IncomingEvidence => ({
  ...record(version, content),
  cause: { ...record(version).cause, source: 'pu' },
});

/** The cluster as it is stored after a decision. */
function storedAfter(cluster: Cluster, incoming: readonly IncomingEvidence[]): Cluster {
  const decision = decideBatch([cluster], incoming, rules);
  const written = decision.evidence.map((write) => write.evidence);
  const stored = cluster.identities[0]?.evidence ?? [];
  return clusterOf(
    [...stored.filter((e) => !written.some((w) => w.source === e.source)), ...written],
    decision.persons[0]?.person ?? cluster.person,
  );
}

const renamed = evidence({ name: { ...evidence().name, surname: 'Provsson' } });

describe('a batch', () => {
  it('gives a person that was never seen version 1 and the event registered', () => {
    const decision = decideBatch([clusterOf([])], [record(5)], rules);
    expect(decision.persons).toMatchObject([
      { isNew: true, person: { version: 1 }, events: [{ type: 'registered' }] },
    ]);
    expect(decision.evidence).toMatchObject([{ isNew: true, evidence: { position: at(5) } }]);
  });

  it('decided again on its own result decides nothing', () => {
    const once = storedAfter(clusterOf([]), [record(5)]);
    expect(decideBatch([once], [record(5)], rules)).toMatchObject({
      evidence: [],
      persons: [],
      stale: 1,
    });
  });

  it('leaves out a record that is older than what is stored', () => {
    const newer = storedAfter(clusterOf([]), [record(9)]);
    expect(decideBatch([newer], [record(5, renamed)], rules)).toMatchObject({
      evidence: [],
      persons: [],
      stale: 1,
    });
  });

  it('takes an older-looking version of a newer epoch', () => {
    const before = storedAfter(clusterOf([]), [record(900)]);
    const restored = { ...record(5, renamed), cause: { ...record(5).cause, position: at(5, 2) } };
    expect(decideBatch([before], [restored], rules).persons).toHaveLength(1);
  });

  it('moves the position but no version when a newer record says the same', () => {
    const before = storedAfter(clusterOf([]), [record(5)]);
    const decision = decideBatch([before], [record(8)], rules);
    expect(decision).toMatchObject({ persons: [], unchanged: 1 });
    expect(decision.evidence).toMatchObject([{ isNew: false, evidence: { position: at(8) } }]);
  });

  it('so that a replay of older, different content stays refused', () => {
    const before = storedAfter(storedAfter(clusterOf([]), [record(5)]), [record(8)]);
    expect(decideBatch([before], [record(6, renamed)], rules).persons).toEqual([]);
  });

  it('counts only the newest of several records of one identity', () => {
    const decision = decideBatch(
      [clusterOf([])],
      [record(5), record(7, renamed), record(6)],
      rules,
    );
    expect(decision.persons).toHaveLength(1);
    expect(decision.persons[0]?.person.golden?.name.surname).toBe('Provsson');
    expect(decision.stale).toBe(2);
  });

  it('takes the later of two records at one position', () => {
    const decision = decideBatch([clusterOf([])], [record(5), record(5, renamed)], rules);
    expect(decision.persons[0]?.person.golden?.name.surname).toBe('Provsson');
  });

  it('raises the version by one for each visible change', () => {
    const first = storedAfter(clusterOf([]), [record(1)]);
    const second = storedAfter(first, [record(2, renamed)]);
    const third = storedAfter(second, [record(3)]);
    expect(third.person?.version).toBe(3);
  });

  it('makes nothing of a change that no consumer could see', () => {
    const hidden = storedAfter(clusterOf([]), [record(1, evidence({ protectedPerson: true }))]);
    const moved = evidence({ protectedPerson: true, addresses: [] });
    expect(decideBatch([hidden], [record(2, moved)], rules)).toMatchObject({
      persons: [],
      unchanged: 1,
    });
  });

  it('ends a person whose last evidence was removed, and keeps the trace of the removal', () => {
    const before = storedAfter(clusterOf([]), [record(1)]);
    const decision = decideBatch([before], [record(2, null)], rules);
    expect(decision.persons).toMatchObject([
      { person: { version: 2, golden: null }, events: [{ type: 'erased' }] },
    ]);
    const gone = storedAfter(before, [record(2, null)]);
    expect(decideBatch([gone], [record(1)], rules).persons).toEqual([]);
  });

  it('makes nothing of the removal of somebody who was never published', () => {
    const decision = decideBatch([clusterOf([])], [record(2, null)], rules);
    expect(decision.persons).toEqual([]);
    expect(decision.evidence).toHaveLength(1);
  });

  it('brings a removed person back above the version that ended it', () => {
    const gone = storedAfter(storedAfter(clusterOf([]), [record(1)]), [record(2, null)]);
    expect(decideBatch([gone], [record(3)], rules).persons).toMatchObject([
      { isNew: false, person: { version: 3 }, events: [{ type: 'registered' }] },
    ]);
  });

  it('keeps the evidence of another source beside that which it writes', () => {
    const other: StoredEvidence = {
      source: 'pu',
      position: at(1),
      content: evidence({ protectedPerson: true }),
      contentHash: plainHasher.hash('pu'),
    };
    const decision = decideBatch([clusterOf([other])], [record(4)], rules);
    expect(decision.persons[0]?.person.golden?.kind).toBe('protected-person');
  });
});

describe('records of two sources', () => {
  const hidden = evidence({ protectedPerson: true });

  it('are kept beside each other, whatever their positions', () => {
    const master = storedAfter(clusterOf([]), [record(9_000_000_000)]);
    const both = storedAfter(master, [puRecord(5, hidden)]);
    expect(both.identities[0]?.evidence.map(({ source }) => source)).toEqual(['master', 'pu']);
    expect(both.person).toMatchObject({ version: 2, golden: { kind: 'protected-person' } });
    expect(decideBatch([both], [puRecord(6)], rules).persons).toMatchObject([
      { events: [{ type: 'protection-lifted' }, { type: 'membership-changed' }] },
    ]);
  });

  it('are never told apart by position: the one that is decided on last is the cause', () => {
    const batch = [record(9_000_000_000), puRecord(5, hidden)];
    const { persons } = decideBatch([clusterOf([])], batch, rules);
    expect(persons).toMatchObject([{ cause: { source: 'pu' } }]);
    const turned = decideBatch([clusterOf([])], batch.toReversed(), rules);
    expect(turned.persons).toMatchObject([{ cause: { source: 'master' } }]);
  });
});

describe('a person whom only PU knows', () => {
  it('is kept and counted, and nobody is told', () => {
    const decision = decideBatch([clusterOf([])], [puRecord(5)], rules);
    expect(decision).toMatchObject({ persons: [], unpublished: 1, unchanged: 0 });
    expect(decision.evidence).toMatchObject([{ isNew: true, evidence: { source: 'pu' } }]);
  });

  it('is published from version 1 when Master gets to know the person', () => {
    const kept = storedAfter(clusterOf([]), [puRecord(5)]);
    expect(decideBatch([kept], [record(1)], rules)).toMatchObject({
      persons: [{ isNew: true, person: { version: 1 }, events: [{ type: 'registered' }] }],
      unpublished: 0,
    });
  });

  it('since Master has removed the person is erased once, and then kept', () => {
    const both = storedAfter(storedAfter(clusterOf([]), [record(1)]), [puRecord(5)]);
    const removal = decideBatch([both], [record(2, null)], rules);
    expect(removal).toMatchObject({ persons: [{ events: [{ type: 'erased' }] }], unpublished: 0 });
    const gone = storedAfter(both, [record(2, null)]);
    expect(decideBatch([gone], [puRecord(6, renamed)], rules)).toMatchObject({
      persons: [],
      unpublished: 1,
    });
  });
});

describe('a parked record that protects', () => {
  const raising = (version: number, flags = { protectedPerson: true }): IncomingEvidence => ({
    ...record(version, 'as-before'),
    raises: { protectedPopulationRecord: false, ...flags },
  });
  const both = { protectedPerson: true, protectedPopulationRecord: true };

  it('puts its flags on what is known, at its own position', () => {
    const before = storedAfter(clusterOf([]), [record(5)]);
    const decision = decideBatch([before], [raising(6)], rules);
    expect(decision.evidence).toMatchObject([
      { evidence: { position: at(6), content: evidence({ protectedPerson: true }) } },
    ]);
    expect(decision.persons).toMatchObject([{ person: { golden: { kind: 'protected-person' } } }]);
    const after = storedAfter(before, [raising(6)]);
    expect(decideBatch([after], [raising(6)], rules)).toMatchObject({ evidence: [], stale: 1 });
  });

  it('leaves the rest to the record before it in the batch', () => {
    const decision = decideBatch(
      [clusterOf([])],
      [record(5, renamed), raising(6), raising(7, both)],
      rules,
    );
    expect(decision.persons).toMatchObject([
      { person: { golden: { ...both, name: { surname: 'Provsson' } } } },
    ]);
  });

  it('does nothing when it is older than what is known, or when Master has said nothing yet', () => {
    const before = storedAfter(clusterOf([]), [record(5)]);
    expect(decideBatch([before], [raising(4)], rules)).toMatchObject({ evidence: [], stale: 1 });
    expect(decideBatch([clusterOf([])], [raising(4)], rules)).toMatchObject({
      evidence: [],
      persons: [],
    });
    const gone = storedAfter(before, [record(6, null)]);
    expect(decideBatch([gone], [raising(7)], rules).persons).toEqual([]);
  });

  it('gives way to a correct record at its position or after it, also in one batch', () => {
    const protects = evidence({ ...both, name: renamed.name });
    for (const version of [6, 7]) {
      const batch = [record(5), raising(6), record(version, protects)];
      expect(storedAfter(clusterOf([]), batch).identities[0]?.evidence).toMatchObject([
        { content: protects },
      ]);
    }
  });

  it('never lifts a flag, whatever came before it, alone or in one batch', () => {
    const flags = fc.record({
      protectedPerson: fc.boolean(),
      protectedPopulationRecord: fc.boolean(),
    });
    const source = fc.constantFrom('master' as const, 'pu' as const);
    fc.assert(
      fc.property(
        source,
        fc.option(flags),
        flags,
        fc.boolean(),
        (from, known, raises, together) => {
          const of = (made: IncomingEvidence): IncomingEvidence => ({
            ...made,
            cause: { ...made.cause, source: from },
          });
          const first = known === null ? [] : [of(record(1, evidence(known)))];
          const second = of({ ...record(2, 'as-before'), raises });
          const after = together
            ? storedAfter(clusterOf([]), [...first, second])
            : storedAfter(storedAfter(clusterOf([]), first), [second]);
          const content = after.identities[0]?.evidence[0]?.content;
          if (from === 'master' && known === null) return content === undefined;
          return (
            content?.protectedPerson ===
              (known?.protectedPerson === true || raises.protectedPerson) &&
            content.protectedPopulationRecord ===
              (known?.protectedPopulationRecord === true || raises.protectedPopulationRecord) &&
            (from === 'master' || content.addresses.length + content.contacts.length === 0)
          );
        },
      ),
    );
  });
});
