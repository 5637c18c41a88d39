import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { birthOf, compareBirth } from '../../../core/identity/birth-of.ts';
import {
  explainLinks,
  type Formation,
  formClusters,
  type Member,
} from '../../../core/identity/form-clusters.ts';
import type { Decision } from '../../../core/identity/work-item.ts';
import { classifyRoot } from '../../../core/person/identity-type.ts';
import { contentOf, keyOf, member, type Name, type Says } from './member-builder.ts';

/** Few identities, so that links meet; of reserve numbers more than of the others, as in life. */
const NAMES = [
  'LRID1',
  'LRID2',
  'LRID3',
  'NRID4',
  'NRID5',
  'SNR6',
  'SNR7',
  'PNR8',
  'PNR9',
  'PNR10',
] as const;

const links = fc.subarray<Name>([...NAMES], { maxLength: 2 });
const says = fc.record<Says>({
  at: fc.integer({ min: 1, max: 3 }),
  linked: links,
  main: fc.subarray<Name>([...NAMES], { maxLength: 1 }),
  referred: links,
  ended: fc.subarray<Name>([...NAMES], { maxLength: 1 }),
  birth: fc.constantFrom('1890-01-01', '1890-01-02', null),
  isReplaced: fc.boolean(),
});
const parts = fc.record(
  {
    firstSeen: fc.integer({ min: 0, max: 4 }),
    master: fc.option(says, { freq: 4 }),
    pu: fc.option(says, { freq: 4 }),
  },
  { requiredKeys: ['firstSeen'] },
);
const members = fc
  .tuple(...NAMES.map(() => parts))
  .map((all) => all.map((one, index) => member(NAMES[index] ?? 'LRID1', one)));
const decisions = fc
  .array(
    fc.record({
      subject: fc.constantFrom(...NAMES),
      other: fc.constantFrom(...NAMES, 'PNR99'),
      choice: fc.constantFrom('same-person', 'different-persons', 'noted'),
      flaggedSince: fc.constant(null),
      kind: fc.constantFrom(
        'link-against-hierarchy',
        'identity-claimed-twice',
        'references-in-a-circle',
      ),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map((one, index): Decision => {
      const [subject, other] = [keyOf(one.subject), keyOf(one.other)];
      return { ...one, subject, other, id: BigInt(index) };
    }),
  );
const shuffled = <T>(items: readonly T[]) =>
  fc.shuffledSubarray([...items], { minLength: items.length });

/** The persons of a formation as sets of keys, with all that is said about each. */
function byPerson({ clusters }: Formation): Map<string, Formation['clusters'][number]> {
  return new Map(
    clusters.map((one) => [one.members.map(({ identityKey }) => identityKey).join(' '), one]),
  );
}

describe('clusters', () => {
  it('are the same whatever the order of members, of their records and of decisions', () => {
    fc.assert(
      fc.property(
        fc.tuple(members, decisions).chain(([some, decided]) =>
          fc.record({
            some: fc.constant(some),
            decided: fc.constant(decided),
            someElse: shuffled(some.map(turned)),
            decidedElse: shuffled(decided),
          }),
        ),
        ({ some, decided, someElse, decidedElse }) => {
          const [one, other] = [formClusters(some, decided), formClusters(someElse, decidedElse)];
          expect(withoutEvidence(other)).toEqual(withoutEvidence(one));
          expect([...other.groupOf].sort()).toEqual([...one.groupOf].sort());
          expect(explainLinks(someElse, decidedElse)).toEqual(explainLinks(some, decided));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('hold every member exactly once, under the key of its first-seen one', () => {
    fc.assert(
      fc.property(members, decisions, (some, decided) => {
        const { clusters, groupOf } = formClusters(some, decided);
        const keys = clusters.flatMap((one) => one.members.map(({ identityKey }) => identityKey));
        expect(keys.sort()).toEqual(some.map(({ identityKey }) => identityKey).sort());
        expect([...groupOf.keys()].sort()).toEqual(keys);
        for (const { personKey, members: inside } of clusters) {
          const [first] = [...inside].sort(
            (a, b) => a.firstSeen - b.firstSeen || (a.identityKey < b.identityKey ? -1 : 1),
          );
          expect(personKey).toBe(first?.identityKey);
          expect(new Set(inside.map(({ identityKey }) => groupOf.get(identityKey))).size).toBe(1);
        }
      }),
    );
  });

  it('are held together by their joins alone, and by all of them', () => {
    fc.assert(
      fc.property(members, decisions, (some, decided) => {
        for (const { members: inside, joins } of formClusters(some, decided).clusters) {
          const keys = inside.map(({ identityKey }) => identityKey);
          expect(reachable(keys, joins)).toEqual(new Set(keys));
        }
      }),
    );
  });

  it('have no two real numbers that only reserve numbers connect', () => {
    fc.assert(
      fc.property(members, decisions, (some, decided) => {
        for (const { members: inside, joins } of formClusters(some, decided).clusters) {
          const real = inside
            .filter(({ identity }) => ['PNR', 'SNR'].includes(classifyRoot(identity.root)))
            .map(({ identityKey }) => identityKey);
          const between = joins.filter(({ from, to }) => real.includes(from) && real.includes(to));
          expect(reachable(real, between)).toEqual(new Set(real));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('have no two personnummer of contradicting birth dates but by references of PU or decisions from one to the next', () => {
    fc.assert(
      fc.property(members, decisions, (some, decided) => {
        const explained = explainLinks(some, decided);
        const vouched = explained.flatMap(({ from, to, source, kind, verdict }) =>
          to !== undefined &&
          verdict === 'joins' &&
          (kind === 'decision' || (source === 'pu' && kind === 'referred'))
            ? [{ from, to }]
            : [],
        );
        for (const { members: inside } of formClusters(some, decided).clusters) {
          const personnummer = inside.filter(isPersonnummer);
          const keys = personnummer.map(({ identityKey }) => identityKey);
          const between = vouched.filter(
            ({ from, to }) => keys.includes(from) && keys.includes(to),
          );
          for (const one of personnummer) {
            const nucleus = reachable([one.identityKey], between);
            for (const other of personnummer) {
              if (nucleus.has(other.identityKey)) continue;
              expect(compareBirth(one.evidence, other.evidence)).not.toBe('differ');
            }
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lose a link of PU between real numbers only where it would help to bridge contradicting birth dates', () => {
    fc.assert(
      fc.property(members, decisions, (some, decided) => {
        const real = new Map(
          some
            .filter(({ identity }) => ['PNR', 'SNR'].includes(classifyRoot(identity.root)))
            .map((one) => [one.identityKey, one]),
        );
        const between = explainLinks(some, decided).flatMap(({ from, to, source, verdict }) =>
          to !== undefined && real.has(from) && real.has(to) ? [{ from, to, source, verdict }] : [],
        );
        const lost = between.filter(
          ({ source, verdict }) =>
            verdict === 'claimed-twice' || (source === 'pu' && verdict === 'birth-data-differ'),
        );
        const all = [...between.filter(({ verdict }) => verdict === 'joins'), ...lost];
        for (const { from } of lost) {
          const births = [...reachable([from], all)].flatMap((key) => {
            const one = real.get(key as never); // any key: those of other members are not there
            return one !== undefined && isPersonnummer(one) ? [birthOf(one.evidence)?.value] : [];
          });
          expect(new Set(births.filter((birth) => birth !== undefined)).size).toBeGreaterThan(1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('agree with what is explained', () => {
    fc.assert(
      fc.property(members, decisions, (some, decided) => {
        const { clusters } = formClusters(some, decided);
        const joined = explainLinks(some, decided)
          .filter(({ verdict }) => verdict === 'joins')
          .map(({ from, to, source }) => [...[from, to].sort(), source].join(' '));
        const joins = clusters.flatMap((one) =>
          one.joins.map(({ from, to, source }) => [...[from, to].sort(), source].join(' ')),
        );
        expect([...new Set(joined)].sort()).toEqual([...joins].sort());
      }),
      { numRuns: 500 },
    );
  });

  it('never join two local numbers, or a number of Skatteverket by Master alone, unless somebody decided', () => {
    fc.assert(
      fc.property(members, (some) => {
        const typeOf = new Map(
          some.map(({ identity, identityKey }) => [identityKey, classifyRoot(identity.root)]),
        );
        for (const { joins } of formClusters(some, []).clusters) {
          for (const { from, to, source } of joins) {
            const types = [typeOf.get(from), typeOf.get(to)].join('-');
            expect(types).not.toBe('LRID-LRID');
            if (types === 'SNR-PNR') expect(source).toBe('pu');
          }
        }
      }),
    );
  });

  it('do not change for the others when somebody unrelated is added', () => {
    fc.assert(
      fc.property(members, decisions, parts, (some, decided, one) => {
        const stranger = member('PNR77', unlinked(one));
        const [before, after] = [
          formClusters(some, decided),
          formClusters([stranger, ...some], decided),
        ];
        expect(after.clusters.filter(({ members: inside }) => !inside.includes(stranger))).toEqual(
          before.clusters,
        );
        expect(after.findings).toEqual(before.findings);
        expect(after.clusters).toHaveLength(before.clusters.length + 1);
      }),
    );
  });

  it('do not change for persons of another group when a group changes', () => {
    fc.assert(
      fc.property(members, members, decisions, (some, others, decided) => {
        const before = formClusters(some, decided);
        const index = others.length - 1;
        const changed = some.map((one, at) => (at === index ? (others[at] ?? one) : one));
        const after = formClusters(changed, decided);
        const touched = changed[index]?.identityKey;
        const outside = (one: Formation, key: string) =>
          one.groupOf.get(key as never) !== one.groupOf.get(touched as never); // any key: unknown ones are in no group
        const persons = byPerson(after);
        for (const [keys, cluster] of byPerson(before)) {
          const names = keys.split(' ');
          if (names.every((name) => outside(before, name) && outside(after, name))) {
            expect(persons.get(keys)).toEqual(cluster);
          }
        }
      }),
    );
  });

  it('have no trace of a link that is not stated any more', () => {
    fc.assert(
      fc.property(members, decisions, fc.nat(), fc.nat(), (some, decided, who, whom) => {
        const index = who % some.length;
        const name = NAMES[whom % NAMES.length] ?? 'PNR9';
        const linked = some.map((one, at) => (at === index ? withLink(one, name) : one));
        formClusters(linked, decided);
        const unlinkedAgain = linked.map((one, at) => (at === index ? withoutLast(one) : one));
        expect(withoutEvidence(formClusters(unlinkedAgain, decided))).toEqual(
          withoutEvidence(formClusters(some, decided)),
        );
        expect(explainLinks(unlinkedAgain, decided)).toEqual(explainLinks(some, decided));
      }),
    );
  });
});

function isPersonnummer({ identity }: Member): boolean {
  return classifyRoot(identity.root) === 'PNR';
}

function turned(one: Member): Member {
  return { ...one, evidence: [...one.evidence].reverse() };
}

/** All of it but the evidence itself, of which the order may differ. */
function withoutEvidence({ clusters, findings }: Formation) {
  return {
    findings,
    clusters: clusters.map(({ personKey, members: inside, joins, inDoubt }) => ({
      personKey,
      joins,
      members: inside.map(({ identityKey }) => identityKey),
      inDoubt: inDoubt.map(({ identityKey }) => identityKey),
    })),
  };
}

/** What joins connect with the first key. */
function reachable(
  keys: readonly string[],
  joins: readonly { from: string; to: string }[],
): ReadonlySet<string> {
  const seen = new Set(keys.slice(0, 1));
  for (let before = -1; before < seen.size; ) {
    before = seen.size;
    for (const { from, to } of joins) {
      if (seen.has(from)) seen.add(to);
      else if (seen.has(to)) seen.add(from);
    }
  }
  return seen;
}

function unlinked({
  master,
  pu,
  firstSeen,
}: {
  master?: Says | null;
  pu?: Says | null;
  firstSeen: number;
}) {
  const bare = (says: Says | null | undefined) =>
    says && { birth: says.birth ?? null, isReplaced: says.isReplaced ?? false };
  return { firstSeen, master: bare(master) ?? null, pu: bare(pu) ?? null };
}

function withLink(one: Member, to: Name): Member {
  return changeLinks(one, (existing) => [...existing, ...contentOf(to, { linked: [to] }).links]);
}

function withoutLast(one: Member): Member {
  return changeLinks(one, (existing) => existing.slice(0, -1));
}

function changeLinks(
  one: Member,
  change: (links: ReturnType<typeof contentOf>['links']) => ReturnType<typeof contentOf>['links'],
): Member {
  return {
    ...one,
    evidence: one.evidence.map((stored) => ({
      ...stored,
      content: stored.content && { ...stored.content, links: change(stored.content.links) },
    })),
  };
}
