import { describe, expect, it } from 'vitest';
import { deriveGolden } from '../../../core/golden-record/derive-golden.ts';
import type { Locality, PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { evidence } from '../../support/person-builder.ts';
import {
  decision,
  derive,
  inputOf,
  keyOf,
  known,
  LRID,
  master,
  NRID,
  OTHER_PNR,
  PNR,
  PU_SECOND,
  pu,
  rules,
  SNR,
  unknownToPu,
} from './golden-input-builder.ts';

const inUppsala = evidence().locality as Locality;
/** What PU gives of a protected person: profile 1. */
const onlyCounty: Locality = {
  countyCode: '03',
  municipalityCode: null,
  parishCode: null,
  propertyDesignation: null,
  registrationDate: null,
};
const masked: Partial<PersonEvidence> = {
  protectedPerson: true,
  locality: onlyCounty,
  addresses: [],
  contacts: [],
  maritalStatus: null,
};
const withoutCounty = { ...masked, locality: null };
const countyOnly = {
  level: 'county',
  countyCode: '03',
  reason: 'protected-county-only',
  from: null,
} as const;
const noCounty = { kind: 'no-county', subject: keyOf(PNR), other: null } as const;

/** The rows of domain 8, in its order. */
describe('the truth table of protection and migration', () => {
  it('an ordinary resident is published whole, with county and municipality', () => {
    expect(derive('step-1', [known(PNR, pu())])).toMatchObject({
      golden: {
        kind: 'person',
        membership: {
          level: 'municipality',
          countyCode: '03',
          municipalityCode: '0380',
          reason: 'registered',
          from: inUppsala.registrationDate,
        },
        addresses: [{ lines: ['Provgatan 1'] }],
      },
      findings: [],
    });
  });

  it('somebody registered in a county without a municipality belongs to the county', () => {
    const { golden } = derive('step-1', [known(PNR, pu({ locality: onlyCounty }))]);
    expect(golden?.membership).toEqual({
      level: 'county',
      countyCode: '03',
      municipalityCode: null,
      reason: 'registered',
      from: null,
    });
  });

  it.each(['protectedPerson', 'protectedPopulationRecord'] as const)(
    'a protected personnummer (%s) has a membership of the county, so that booking works',
    (flag) => {
      const said = { ...masked, protectedPerson: false, [flag]: true };
      expect(derive('step-1', [known(PNR, pu(said))])).toMatchObject({
        golden: { kind: 'protected-person', membership: countyOnly },
        findings: [],
      });
    },
  );

  it('a protected samordningsnummer without a county has no membership, and somebody makes it by hand', () => {
    expect(derive('step-1', [known(SNR, pu(withoutCounty))])).toMatchObject({
      golden: { kind: 'protected-person', membership: null },
      findings: [{ kind: 'no-county', subject: keyOf(SNR), other: null }],
    });
  });

  it('whoever emigrated belongs nowhere, and needs no membership when protected', () => {
    const gone = { deregistration: { reason: 'UV', date: null, foundDeadAt: null } } as const;
    expect(derive('step-1', [known(PNR, pu(gone))])).toMatchObject({
      golden: { membership: null, deregistration: { reason: 'UV' } },
    });
    expect(derive('step-1', [known(PNR, pu({ ...withoutCounty, ...gone }))])).toMatchObject({
      golden: { kind: 'protected-person', membership: null },
      findings: [],
    });
  });

  it('an old number (GN) is published under the new one', () => {
    const old = { deregistration: { reason: 'GN', date: null, foundDeadAt: null } } as const;
    const { golden } = derive('step-1', [known(PNR, pu(old)), known(OTHER_PNR, pu())]);
    expect(golden).toMatchObject({
      deregistration: null,
      identities: [
        { ...PNR, main: false },
        { ...OTHER_PNR, main: true },
      ],
    });
  });

  it('a reserve number is not overwritten from PU in step 1', () => {
    const fromPu = pu({ sex: 'male' });
    for (const identity of [LRID, NRID]) {
      expect(derive('step-1', [known(identity, master(), fromPu)]).golden?.sex).toBe('female');
    }
  });

  it('a reserve number that PU links is an alias of the main identity', () => {
    expect(derive('step-1', [known(LRID), known(PNR, pu())]).golden?.identities).toMatchObject([
      { ...PNR, main: true },
      { ...LRID, main: false },
    ]);
  });

  it('whom PU does not know keeps what Master says, and that is counted', () => {
    expect(derive('step-1', [known(PNR, master(), unknownToPu)])).toMatchObject({
      golden: { name: { surname: 'Testberg' } },
      fallsBack: true,
    });
  });

  it('a test person is dropped in production', () => {
    const input = inputOf([known(PNR, pu({ testPerson: true }))]);
    const production = { ...rules, dropsTestPersons: true };
    expect(deriveGolden(input, production, 'step-1')).toMatchObject({
      golden: null,
      withheld: 'test-person',
      findings: [],
    });
    const hidden = inputOf([known(PNR, pu({ ...withoutCounty, testPerson: true }))]);
    expect(deriveGolden(hidden, production, 'step-1')).toMatchObject({
      isProtected: true,
      findings: [],
    });
  });

  it('a municipality of Master is not told when PU gives only the county', () => {
    const flagged = master({ protectedPerson: true });
    for (const phase of ['shadow', 'step-1', 'step-2'] as const) {
      expect(derive(phase, [known(PNR, flagged, pu(masked))])).toMatchObject({
        golden: { membership: countyOnly },
        findings: [],
      });
    }
  });

  it('Master flag off, PU flag on: masked at once, without waiting for Master', () => {
    expect(derive('shadow', [known(PNR, master(), pu(masked))]).golden).toMatchObject({
      kind: 'protected-person',
      membership: countyOnly,
    });
  });

  it('Master flag on, PU flag off: protected until a record of PU that is newer than the flag', () => {
    const flagged = (protectedSince: number) => master({ protectedPerson: true, protectedSince });
    expect(derive('step-1', [known(PNR, flagged(PU_SECOND + 1), pu())])).toMatchObject({
      isProtected: true,
      findings: [{ kind: 'protection-kept-by-master' }],
    });
    expect(derive('step-1', [known(PNR, flagged(PU_SECOND - 1), pu())])).toMatchObject({
      golden: { kind: 'person' },
      findings: [{ kind: 'protection-kept-by-master' }],
    });
  });
});

describe('the membership of a protected person', () => {
  it('is none when PU protects and gives no county: that of Master would say more than PU', () => {
    expect(derive('shadow', [known(PNR, master(), pu(withoutCounty))])).toMatchObject({
      golden: { membership: null },
      findings: [noCounty],
    });
    const mixed = [known(PNR, master()), known(SNR, pu(withoutCounty)), known(OTHER_PNR, pu())];
    expect(derive('shadow', mixed).golden?.membership).toEqual(countyOnly);
  });

  it('is the county of Master when PU speaks of reserve numbers only, of which it gives no county', () => {
    const members = [known(LRID, master(), pu(withoutCounty))];
    expect(derive('step-1', members)).toMatchObject({
      golden: { membership: countyOnly },
      findings: [],
    });
  });

  it('is the county of Master when PU gives one for any number of Skatteverket’s', () => {
    const members = [
      known(PNR, master(), pu(withoutCounty)),
      known(SNR, pu({ locality: onlyCounty })),
    ];
    expect(derive('shadow', members).golden?.membership).toEqual(countyOnly);
  });

  it.each(['shadow', 'step-1', 'step-2'] as const)(
    'is asked for in every phase, until somebody has looked (%s)',
    (phase) => {
      const members = [known(PNR, master(withoutCounty), pu(withoutCounty))];
      expect(derive(phase, members).findings).toEqual([noCounty]);
      const decisions = [decision(1, 'no-county', 'noted')];
      expect(derive(phase, members, { decisions }).findings).toEqual([]);
      const aboutAnother = [decision(1, 'no-county', 'noted', SNR)];
      expect(derive(phase, members, { decisions: aboutAnother }).findings).toEqual([noCounty]);
    },
  );
});
