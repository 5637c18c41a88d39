import { describe, expect, it } from 'vitest';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { IdentityKey } from '../../core/person/person-identifier.ts';
import { modelIdentity } from './model-identities.ts';
import { expectState } from './oracle.ts';
import type { KnownIdentity, OracleWorld } from './oracle-world.ts';
import { asPuTells, changed, firstRecord, type RecordChange } from './register-record.ts';

const [PNR, OTHER_PNR, SNR, NRID, LRID, OTHER_LRID] = [0, 1, 3, 4, 6, 7];
type Says = RecordChange & { readonly links?: PersonEvidence['links'] };

/** An identity of the model with what the registers say; `since`: the second of Master's flag, PU's record is of second 100. */
function known(who: number, says: { master?: Says; pu?: Says; since?: number }): KnownIdentity {
  const { master, pu, since = 50 } = says;
  const identity = modelIdentity(who);
  const record = (source: 'master' | 'pu', said: Says, version: bigint) => ({
    position: { epoch: 1, version },
    content: {
      ...told(source, changed(firstRecord(identity), said, source)),
      links: said.links ?? [],
      protectedSince: said.flags ? since : null,
    },
  });
  return {
    identity,
    key: `key-${who}` as IdentityKey,
    firstSeen: who,
    records: {
      ...(master && { master: record('master', master, 1n) }),
      ...(pu && { pu: record('pu', pu, 100n) }),
    },
  };
}

function told(source: 'master' | 'pu', record: PersonEvidence): PersonEvidence {
  return source === 'pu' ? asPuTells(record) : record;
}

const linkTo = (who: number) => [{ kind: 'linked' as const, identity: modelIdentity(who) }];

function expected(phase: OracleWorld['phase'], ...identities: readonly KnownIdentity[]) {
  return expectState({ identities, decisions: [], phase, dropsTestPersons: false });
}

function persons(state: ReturnType<typeof expectState>): readonly string[] {
  return state.persons.map(({ members }) => members.map(({ key }) => key).join(' ')).sort();
}

describe('the oracle, by the truth table of domain 8', () => {
  it('publishes an ordinary resident whole, with county and municipality', () => {
    const { persons: all, items } = expected('step-1', known(PNR, { pu: { place: 0 } }));
    expect(all[0]?.golden).toMatchObject({
      kind: 'person',
      membership: { level: 'municipality', municipalityCode: '0380' },
    });
    expect(items).toEqual([]);
  });

  it('masks whom PU protects at once, in every phase, to the county alone', () => {
    for (const phase of ['shadow', 'step-1', 'step-2'] as const) {
      const both = known(PNR, { master: { place: 0 }, pu: { place: 0, flags: 1 } });
      expect(expected(phase, both).persons[0]?.golden).toMatchObject({
        kind: 'protected-person',
        membership: { level: 'county', countyCode: '03', reason: 'protected-county-only' },
      });
    }
  });

  it('asks about a protected person without a county', () => {
    const { persons: all, items } = expected('step-1', known(SNR, { pu: { flags: 1 } }));
    expect(all[0]?.golden).toMatchObject({ membership: null });
    expect(items).toEqual([{ kind: 'no-county', subject: 'key-3', other: null }]);
  });

  it.each([
    [99, false, 'protection-kept-by-master'],
    [100, true, 'protection-contradicts'],
    [101, true, 'protection-kept-by-master'],
  ] as const)('holds a flag of Master of second %i against PU at 100', (since, holds, kind) => {
    const both = known(PNR, { master: { flags: 1, place: 0 }, pu: { place: 0 }, since });
    const state = expected('step-1', both);
    expect(state.persons[0]?.isProtected).toBe(holds);
    expect(state.items).toEqual([{ kind, subject: 'key-0', other: null }]);
    expect(expected('shadow', both)).toMatchObject({ persons: [{ isProtected: true }], items: [] });
  });

  it('leaves a reserve number to Master in step 1, and to PU in step 2', () => {
    const reserve = known(NRID, { master: { name: 1 }, pu: { name: 2 } });
    const nameIn = (phase: OracleWorld['phase']) =>
      expected(phase, reserve).persons[0]?.golden?.name.surname;
    expect([nameIn('step-1'), nameIn('step-2')]).toEqual(['Testberg 1', 'Testberg 2']);
  });

  it('tells nobody of whom only PU knows in the shadow phase', () => {
    expect(expected('shadow', known(PNR, { pu: {} })).persons[0]?.golden).toBeNull();
  });
});

describe('the oracle, about links', () => {
  it('joins what PU links, under the strongest number', () => {
    const state = expected(
      'step-1',
      known(PNR, { pu: {} }),
      known(LRID, { pu: { links: linkTo(PNR) } }),
    );
    expect(persons(state)).toEqual(['key-0 key-6']);
    expect(state.persons[0]?.golden?.identities.find(({ main }) => main)?.type).toBe('PNR');
  });

  it('keeps two local numbers apart, but lets them meet through a national one', () => {
    const [one, two] = [
      known(LRID, { pu: {} }),
      known(OTHER_LRID, { pu: { links: linkTo(LRID) } }),
    ];
    expect(persons(expected('step-1', one, two))).toEqual(['key-6', 'key-7']);
    const national = known(NRID, { pu: { links: [...linkTo(LRID), ...linkTo(OTHER_LRID)] } });
    expect(persons(expected('step-1', one, two, national))).toEqual(['key-4 key-6 key-7']);
  });

  it('does not take a word of Master that an SNR is a PNR, but protects both', () => {
    const master = { links: [{ kind: 'referred' as const, identity: modelIdentity(PNR) }] };
    const state = expected('step-1', known(PNR, { pu: { flags: 1 } }), known(SNR, { master }));
    expect(persons(state)).toEqual(['key-0', 'key-3']);
    expect(state.persons.map(({ isProtected }) => isProtected)).toEqual([true, true]);
  });

  it('gives a reserve number that two people claim to neither', () => {
    const state = expected(
      'step-1',
      known(PNR, { pu: { links: linkTo(NRID) } }),
      known(OTHER_PNR, { pu: { links: linkTo(NRID) } }),
      known(NRID, {}),
    );
    expect(persons(state)).toEqual(['key-0', 'key-1', 'key-4']);
    expect(state.items.map(({ kind }) => kind)).toEqual([
      'identity-claimed-twice',
      'identity-claimed-twice',
    ]);
  });

  it('hides a relation with somebody protected', () => {
    const parent = known(PNR, { pu: { relative: { who: OTHER_PNR, kind: 0 } } });
    const relations = (flags: number) =>
      expected('step-1', parent, known(OTHER_PNR, { pu: { flags } })).persons[0]?.golden;
    expect(relations(0)).toMatchObject({ relations: [{ kind: 'custodian' }] });
    expect(relations(1)).toMatchObject({ relations: [] });
  });
});
