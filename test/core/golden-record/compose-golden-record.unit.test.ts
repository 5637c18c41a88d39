import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterEvidence,
  composeGoldenRecord,
  explainGoldenRecord,
} from '../../../core/golden-record/compose-golden-record.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { type Identity, OID_NRID, type Oid } from '../../../core/person/person-identifier.ts';
import { at, evidence, pnr } from '../../support/person-builder.ts';

const of = (change: Partial<PersonEvidence> = {}, identity: Identity = pnr()): ClusterEvidence => ({
  identity,
  source: 'master',
  position: at(7),
  content: evidence({ identity, ...change }),
});

const ofPu = (
  change: Partial<PersonEvidence> = {},
  identity: Identity = pnr(),
): ClusterEvidence => ({
  ...of(change, identity),
  source: 'pu',
  position: at(1_767_610_800),
});

/** JSON has no bigint. */
const printed = (value: object): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));

const NRID: Identity = { root: OID_NRID, extension: '00342145BZ31' };

describe('a golden record', () => {
  it('of no evidence is nobody', () => {
    expect(composeGoldenRecord([])).toBeNull();
  });

  it('of an ordinary resident has everything that the evidence has', () => {
    expect(composeGoldenRecord([of()])).toMatchObject({
      kind: 'person',
      name: { givenName: 'Eva Mia', surname: 'Testberg' },
      membership: { level: 'municipality', countyCode: '03', municipalityCode: '0380' },
      addresses: [{ lines: ['Provgatan 1'], postalCode: '75310' }],
      contacts: [{ channel: 'mobile', consent: 'shared' }],
    });
  });

  it.each([
    { protectedPerson: true, protectedPopulationRecord: false },
    { protectedPerson: false, protectedPopulationRecord: true },
    { protectedPerson: true, protectedPopulationRecord: true },
  ])('of a protected person cannot hold what must be hidden: %o', (flags) => {
    const golden = composeGoldenRecord([of(flags)]);
    expect(golden).toMatchObject({ kind: 'protected-person', ...flags });
    const text = JSON.stringify(golden);
    for (const hidden of ['Provgatan', '75310', '0380', 'Kvarnen', '46701740605', '1950-05-01']) {
      expect(text).not.toContain(hidden);
    }
  });

  it('of a protected person keeps a county-level membership, so that booking works', () => {
    expect(composeGoldenRecord([of({ protectedPerson: true })])?.membership).toEqual({
      level: 'county',
      countyCode: '03',
      reason: 'protected-county-only',
      from: null,
    });
  });

  it('of a protected person without a county has no membership', () => {
    const golden = composeGoldenRecord([of({ protectedPerson: true, locality: null })]);
    expect(golden?.membership).toBeNull();
  });

  it('is protected when any identity of the cluster is, not only the main one', () => {
    const golden = composeGoldenRecord([of(), of({ protectedPopulationRecord: true }, NRID)]);
    expect(golden?.kind).toBe('protected-person');
  });

  it('of a deregistered person has no membership', () => {
    const gone = of({ deregistration: { reason: 'UV', date: null, foundDeadAt: null } });
    expect(composeGoldenRecord([gone])?.membership).toBeNull();
  });

  it('leaves out contact data that the person said no to, and keeps the answer of the rest', () => {
    const contacts = [
      { channel: 'mobile', value: '+46701740605', consent: 'no' },
      { channel: 'email', value: 'prov@example.se', consent: 'this-care-giver' },
    ] as const;
    expect(composeGoldenRecord([of({ contacts })])).toMatchObject({
      contacts: [{ channel: 'email', consent: 'this-care-giver' }],
    });
  });

  it('is known by the strongest identity', () => {
    const golden = composeGoldenRecord([of({}, NRID), of()]);
    expect(golden?.identities.filter((i) => i.main)).toEqual([
      { ...pnr(), type: 'PNR', main: true },
    ]);
  });

  it('is the same for any order of the evidence', () => {
    const local: Identity = { root: '1.2.752.97.3.1.3' as Oid, extension: '991981000010' };
    const all = [
      of(),
      of({ sex: 'unknown' }, NRID),
      of({ protectedPerson: true }, local),
      ofPu({ protectedPopulationRecord: true }),
      ofPu({ protectedPerson: true }, NRID),
    ];
    const textOf = (cluster: readonly ClusterEvidence[]) =>
      JSON.stringify([composeGoldenRecord(cluster), printed(explainGoldenRecord(cluster))]);
    const expected = textOf(all);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(textOf(shuffled)).toBe(expected);
      }),
    );
  });

  it('explains every group that it holds, and none that it hides', () => {
    expect(explainGoldenRecord([of()])).toMatchObject({
      addresses: { source: 'master', position: at(7), rule: 'main-identity' },
    });
    const hidden = explainGoldenRecord([of({ protectedPerson: true })]);
    expect(Object.keys(hidden)).not.toContain('addresses');
    expect(hidden.protection).toMatchObject({ rule: 'any-flag-protects' });
  });
});

describe('while Master leads, a golden record', () => {
  const renamed = { name: { ...evidence().name, surname: 'Provsson' }, contacts: [] };

  it('says what Master says, whatever else PU knows', () => {
    expect(composeGoldenRecord([ofPu(renamed), of()])).toEqual(composeGoldenRecord([of()]));
    expect(composeGoldenRecord([of(), ofPu({}, NRID)])?.identities).toHaveLength(1);
  });

  it('of a person whom only PU knows is none, and nothing explains it', () => {
    expect(composeGoldenRecord([ofPu()])).toBeNull();
    expect(explainGoldenRecord([ofPu()])).toEqual({});
  });

  it.each([
    { protectedPerson: true, protectedPopulationRecord: false },
    { protectedPerson: false, protectedPopulationRecord: true },
  ])('is protected by a flag of PU alone, with the county of Master: %o', (flags) => {
    const locality = { ...evidence().locality, municipalityCode: null } as const;
    const masked = ofPu({ ...flags, locality: locality as PersonEvidence['locality'] });
    expect(composeGoldenRecord([of(), masked])).toMatchObject({
      kind: 'protected-person',
      ...flags,
      membership: { level: 'county', countyCode: '03' },
    });
    expect(explainGoldenRecord([of(), masked])).toMatchObject({
      name: { source: 'master' },
      protection: { source: 'pu', rule: 'any-flag-protects' },
    });
  });

  it('has no membership when PU protects the person and gives no county', () => {
    const masked = ofPu({ protectedPerson: true, locality: null });
    expect(composeGoldenRecord([of(), masked])?.membership).toBeNull();
  });

  it('has the county of Master when PU gives one for any identity of the person', () => {
    const masked = ofPu({ protectedPerson: true, locality: null }, NRID);
    expect(composeGoldenRecord([of(), masked, ofPu()])?.membership).toMatchObject({
      level: 'county',
    });
  });

  it('stays protected by Master when PU has no flag, and is explained by Master', () => {
    const flagged = of({ protectedPerson: true });
    expect(composeGoldenRecord([flagged, ofPu()])?.kind).toBe('protected-person');
    const both = explainGoldenRecord([ofPu({ protectedPerson: true }), flagged]);
    expect(both.protection).toMatchObject({ source: 'master' });
  });
});
