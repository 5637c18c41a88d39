import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Phase } from '../../../core/golden-record/authority.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import type { IncomingEvidence } from '../../../core/sync/incoming-evidence.ts';
import type { IdentityGroup, StoredEvidence } from '../../../core/sync/stored-group.ts';
import { at, evidence, groupOf, plainHasher, pnr } from '../../support/person-builder.ts';
import { decide } from './decide.ts';

/** Of `readAt` below. */
const READ_SECOND = 1_767_225_600;

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

/** The group as it is stored after a decision. */
function storedAfter(
  group: IdentityGroup,
  incoming: readonly IncomingEvidence[],
  phase: Phase = 'shadow',
): IdentityGroup {
  const decision = decide(group, incoming, phase);
  const written = decision.evidence.map((write) => write.evidence);
  const stored = group.identities[0]?.evidence ?? [];
  return groupOf(
    [...stored.filter((e) => !written.some((w) => w.source === e.source)), ...written],
    decision.persons[0]?.person ?? group.persons[0],
  );
}

const renamed = evidence({ name: { ...evidence().name, surname: 'Provsson' } });

describe('a batch', () => {
  it('gives a person that was never seen version 1 and the event registered', () => {
    const decision = decide(groupOf([]), [record(5)]);
    expect(decision.persons).toMatchObject([
      { isNew: true, person: { version: 1 }, events: [{ type: 'registered' }] },
    ]);
    expect(decision.evidence).toMatchObject([{ isNew: true, evidence: { position: at(5) } }]);
  });

  it('decided again on its own result decides nothing', () => {
    const once = storedAfter(groupOf([]), [record(5)]);
    expect(decide(once, [record(5)])).toMatchObject({
      evidence: [],
      persons: [],
      stale: 1,
    });
  });

  it('leaves out a record that is older than what is stored', () => {
    const newer = storedAfter(groupOf([]), [record(9)]);
    expect(decide(newer, [record(5, renamed)])).toMatchObject({
      evidence: [],
      persons: [],
      stale: 1,
    });
  });

  it('takes an older-looking version of a newer epoch', () => {
    const before = storedAfter(groupOf([]), [record(900)]);
    const restored = { ...record(5, renamed), cause: { ...record(5).cause, position: at(5, 2) } };
    expect(decide(before, [restored]).persons).toHaveLength(1);
  });

  it('moves the position but no version when a newer record says the same', () => {
    const before = storedAfter(groupOf([]), [record(5)]);
    const decision = decide(before, [record(8)]);
    expect(decision).toMatchObject({ persons: [] });
    expect(decision.evidence).toMatchObject([{ isNew: false, evidence: { position: at(8) } }]);
  });

  it('so that a replay of older, different content stays refused', () => {
    const before = storedAfter(storedAfter(groupOf([]), [record(5)]), [record(8)]);
    expect(decide(before, [record(6, renamed)]).persons).toEqual([]);
  });

  it('counts only the newest of several records of one identity', () => {
    const decision = decide(groupOf([]), [record(5), record(7, renamed), record(6)]);
    expect(decision.persons).toHaveLength(1);
    expect(decision.persons[0]?.person.golden?.name.surname).toBe('Provsson');
    expect(decision.stale).toBe(2);
  });

  it('takes the later of two records at one position', () => {
    const decision = decide(groupOf([]), [record(5), record(5, renamed)]);
    expect(decision.persons[0]?.person.golden?.name.surname).toBe('Provsson');
  });

  it('raises the version by one for each visible change', () => {
    const first = storedAfter(groupOf([]), [record(1)]);
    const second = storedAfter(first, [record(2, renamed)]);
    const third = storedAfter(second, [record(3)]);
    expect(third.persons[0]?.version).toBe(3);
  });

  it('makes nothing of a change that no consumer could see', () => {
    const hidden = storedAfter(groupOf([]), [record(1, evidence({ protectedPerson: true }))]);
    const moved = evidence({ protectedPerson: true, addresses: [] });
    expect(decide(hidden, [record(2, moved)])).toMatchObject({
      persons: [],
    });
  });

  it('ends a person whose last evidence was removed, and keeps the trace of the removal', () => {
    const before = storedAfter(groupOf([]), [record(1)]);
    const decision = decide(before, [record(2, null)]);
    expect(decision.persons).toMatchObject([
      { person: { version: 2, golden: null }, events: [{ type: 'erased' }] },
    ]);
    const gone = storedAfter(before, [record(2, null)]);
    expect(decide(gone, [record(1)]).persons).toEqual([]);
  });

  it('makes nothing of the removal of somebody who was never published', () => {
    const decision = decide(groupOf([]), [record(2, null)]);
    expect(decision.persons).toEqual([]);
    expect(decision.evidence).toHaveLength(1);
  });

  it('brings a removed person back above the version that ended it', () => {
    const gone = storedAfter(storedAfter(groupOf([]), [record(1)]), [record(2, null)]);
    expect(decide(gone, [record(3)]).persons).toMatchObject([
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
    const decision = decide(groupOf([other]), [record(4)]);
    expect(decision.persons[0]?.person.golden?.kind).toBe('protected-person');
  });
});

describe('records of two sources', () => {
  const hidden = evidence({ protectedPerson: true });

  it('are kept beside each other, whatever their positions', () => {
    const master = storedAfter(groupOf([]), [record(9_000_000_000)]);
    const both = storedAfter(master, [puRecord(5, hidden)]);
    expect(both.identities[0]?.evidence.map(({ source }) => source)).toEqual(['master', 'pu']);
    expect(both.persons[0]).toMatchObject({ version: 2, golden: { kind: 'protected-person' } });
    expect(decide(both, [puRecord(6)]).persons).toMatchObject([
      { events: [{ type: 'protection-lifted' }, { type: 'membership-changed' }] },
    ]);
  });

  it('are never told apart by position: the one that is decided on last is the cause', () => {
    const batch = [record(9_000_000_000), puRecord(5, hidden)];
    const { persons } = decide(groupOf([]), batch);
    expect(persons).toMatchObject([{ cause: { source: 'pu' } }]);
    const turned = decide(groupOf([]), batch.toReversed());
    expect(turned.persons).toMatchObject([{ cause: { source: 'master' } }]);
  });
});

describe('a person whom only PU knows', () => {
  it('is kept and counted, and nobody is told', () => {
    const decision = decide(groupOf([]), [puRecord(5)]);
    expect(decision).toMatchObject({ persons: [], counts: { withheld: { 'not-leading': 1 } } });
    expect(decision.evidence).toMatchObject([{ isNew: true, evidence: { source: 'pu' } }]);
  });

  it('is published from version 1 when Master gets to know the person', () => {
    const kept = storedAfter(groupOf([]), [puRecord(5)]);
    expect(decide(kept, [record(1)])).toMatchObject({
      persons: [{ isNew: true, person: { version: 1 }, events: [{ type: 'registered' }] }],
      counts: { withheld: { 'not-leading': 0 } },
    });
  });

  it('since Master has removed the person is erased once, and then kept', () => {
    const both = storedAfter(storedAfter(groupOf([]), [record(1)]), [puRecord(5)]);
    const removal = decide(both, [record(2, null)]);
    expect(removal).toMatchObject({ persons: [{ events: [{ type: 'erased' }] }] });
    const gone = storedAfter(both, [record(2, null)]);
    expect(decide(gone, [puRecord(6, renamed)])).toMatchObject({
      persons: [],
      counts: { withheld: { 'not-leading': 1 } },
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
    const before = storedAfter(groupOf([]), [record(5)]);
    const decision = decide(before, [raising(6)]);
    expect(decision.evidence).toMatchObject([
      {
        evidence: {
          position: at(6),
          content: evidence({ protectedPerson: true, protectedSince: READ_SECOND }),
        },
      },
    ]);
    expect(decision.persons).toMatchObject([{ person: { golden: { kind: 'protected-person' } } }]);
    const after = storedAfter(before, [raising(6)]);
    expect(decide(after, [raising(6)])).toMatchObject({ evidence: [], stale: 1 });
  });

  it('leaves the rest to the record before it in the batch', () => {
    const decision = decide(groupOf([]), [record(5, renamed), raising(6), raising(7, both)]);
    expect(decision.persons).toMatchObject([
      { person: { golden: { ...both, name: { surname: 'Provsson' } } } },
    ]);
  });

  it('does nothing when it is older than what is known', () => {
    const before = storedAfter(groupOf([]), [record(5)]);
    expect(decide(before, [raising(4)])).toMatchObject({ evidence: [], stale: 1 });
  });

  it.each(['master', 'pu'] as const)(
    'of %s is all that is known of somebody new or removed: nobody is published by it',
    (source) => {
      const of = (made: IncomingEvidence): IncomingEvidence => ({
        ...made,
        cause: { ...made.cause, source },
      });
      const gone = storedAfter(groupOf([]), [of(record(5)), of(record(6, null))]);
      for (const before of [groupOf([]), gone]) {
        const flags = decide(before, [of(raising(7))], 'step-1');
        expect(flags).toMatchObject({
          persons: [],
          evidence: [{ evidence: { content: { protectedPerson: true, isOnlyFlags: true } } }],
          counts: { withheld: { 'not-leading': 0 } },
        });
      }
    },
  );

  it('of Master protects whom PU publishes, and blanks no field', () => {
    const byPu = storedAfter(groupOf([]), [puRecord(5, renamed)], 'step-1');
    expect(decide(byPu, [raising(7)], 'step-1').persons).toMatchObject([
      { person: { golden: { kind: 'protected-person', name: { surname: 'Provsson' } } } },
    ]);
  });

  it('gives way to a correct record at its position or after it, also in one batch', () => {
    const protects = evidence({ ...both, name: renamed.name });
    for (const version of [6, 7]) {
      const batch = [record(5), raising(6), record(version, protects)];
      expect(storedAfter(groupOf([]), batch).identities[0]?.evidence).toMatchObject([
        { content: { ...protects, protectedSince: READ_SECOND } },
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
            ? storedAfter(groupOf([]), [...first, second])
            : storedAfter(storedAfter(groupOf([]), first), [second]);
          const content = after.identities[0]?.evidence[0]?.content;
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
