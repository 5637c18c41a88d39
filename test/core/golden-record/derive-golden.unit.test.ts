import { describe, expect, it } from 'vitest';
import { PHASES, type Phase } from '../../../core/golden-record/authority.ts';
import { deriveGolden } from '../../../core/golden-record/derive-golden.ts';
import type { PersonEvidence, Relation } from '../../../core/mapping/person-evidence.ts';
import { type Identity, identityText } from '../../../core/person/person-identifier.ts';
import { evidence } from '../../support/person-builder.ts';
import {
  derive,
  inputOf,
  known,
  LRID,
  master,
  NRID,
  OTHER_PNR,
  PNR,
  pu,
  removedBy,
  rules,
  SNR,
  unknownToPu,
} from './golden-input-builder.ts';

const named = (surname: string): Partial<PersonEvidence> => ({
  name: { ...evidence().name, surname },
});
const byMaster = master(named('Avmaster'));
const byPu = pu(named('Avpu'));
const old = (reason: 'GN' | 'AN' | 'UV') =>
  ({ deregistration: { reason, date: null, foundDeadAt: null } }) as const;

/** Whose name is published when the registers of the first columns have a record. */
const WHO_DECIDES: readonly [
  Phase,
  string,
  Identity,
  both: string,
  onlyMaster: string,
  onlyPu: string,
][] = [
  ['shadow', 'PNR', PNR, 'Avmaster', 'Avmaster', 'nobody'],
  ['shadow', 'SNR', SNR, 'Avmaster', 'Avmaster', 'nobody'],
  ['shadow', 'NRID', NRID, 'Avmaster', 'Avmaster', 'nobody'],
  ['shadow', 'LRID', LRID, 'Avmaster', 'Avmaster', 'nobody'],
  ['step-1', 'PNR', PNR, 'Avpu', 'Avmaster', 'Avpu'],
  ['step-1', 'SNR', SNR, 'Avpu', 'Avmaster', 'Avpu'],
  ['step-1', 'NRID', NRID, 'Avmaster', 'Avmaster', 'Avpu'],
  ['step-1', 'LRID', LRID, 'Avmaster', 'Avmaster', 'nobody'],
  ['step-2', 'PNR', PNR, 'Avpu', 'Avmaster', 'Avpu'],
  ['step-2', 'SNR', SNR, 'Avpu', 'Avmaster', 'Avpu'],
  ['step-2', 'NRID', NRID, 'Avpu', 'Avmaster', 'Avpu'],
  ['step-2', 'LRID', LRID, 'Avpu', 'Avmaster', 'Avpu'],
];

describe('who decides', () => {
  const surname = (phase: Phase, members: Parameters<typeof derive>[1]) =>
    derive(phase, members).golden?.name.surname ?? 'nobody';

  it.each(WHO_DECIDES)('in %s about %s', (phase, _, identity, both, onlyMaster, onlyPu) => {
    expect(surname(phase, [known(identity, byMaster, byPu)])).toBe(both);
    expect(surname(phase, [known(identity, byMaster)])).toBe(onlyMaster);
    expect(surname(phase, [known(identity, byPu)])).toBe(onlyPu);
    // Neither a removal nor an answer that the identity is unknown is a record.
    expect(surname(phase, [known(identity, byMaster, removedBy('pu'))])).toBe(onlyMaster);
    expect(surname(phase, [known(identity, byMaster, unknownToPu)])).toBe(onlyMaster);
    expect(surname(phase, [known(identity, removedBy('master'), byPu)])).toBe(onlyPu);
  });

  it('falls back when the register that should decide has no record, and that is told', () => {
    expect(derive('step-1', [known(PNR, byMaster)]).fallsBack).toBe(true);
    expect(derive('step-1', [known(NRID, byPu)]).fallsBack).toBe(true);
    expect(derive('step-1', [known(PNR, byMaster, byPu)]).fallsBack).toBe(false);
    expect(derive('step-1', [known(LRID, byMaster)]).fallsBack).toBe(false);
    expect(derive('shadow', [known(PNR, byMaster)]).fallsBack).toBe(false);
    // Of another identity than the main one nothing is taken.
    expect(derive('step-1', [known(PNR, byPu), known(NRID, byPu)]).fallsBack).toBe(false);
  });

  it('never mixes the registers within a group: what PU leaves empty stays empty', () => {
    const { golden } = derive('step-1', [
      known(PNR, master(), pu({ addresses: [], maritalStatus: null })),
    ]);
    expect(golden).toMatchObject({ addresses: [], maritalStatus: null });
  });

  it.each(['step-1', 'step-2'] as const)(
    'in %s about contact data is PU alone: those of Master are told to nobody',
    (phase) => {
      for (const identity of [PNR, SNR, NRID]) {
        const said = { contacts: [], paperOptOut: true };
        expect(derive(phase, [known(identity, master())]).golden).toMatchObject({
          contacts: [],
          paperOptOut: null,
        });
        expect(derive(phase, [known(identity, master(), pu(said))]).golden).toMatchObject(said);
      }
    },
  );
});

describe('somebody who is told to nobody', () => {
  it.each(PHASES)('has no evidence left (%s)', (phase) => {
    const nobody = {
      golden: null,
      withheld: null,
      isProtected: false,
      fallsBack: false,
      findings: [],
    };
    expect(derive(phase, [])).toEqual(nobody);
    expect(derive(phase, [known(PNR)])).toEqual(nobody);
    expect(derive(phase, [known(PNR, removedBy('master'), unknownToPu)])).toEqual(nobody);
  });

  it('is known only to a register that does not publish the kind of number', () => {
    expect(derive('shadow', [known(PNR, pu())])).toMatchObject({
      golden: null,
      withheld: 'not-leading',
    });
    expect(derive('step-1', [known(LRID, pu())])).toMatchObject({
      golden: null,
      withheld: 'not-leading',
    });
  });

  it('is known only by flags of a record that has a fault: nobody, not somebody who is held back', () => {
    const onlyFlags = master({ protectedPerson: true, isOnlyFlags: true });
    for (const phase of PHASES) {
      expect(derive(phase, [known(PNR, onlyFlags)])).toMatchObject({
        golden: null,
        withheld: null,
        isProtected: true,
      });
    }
    expect(derive('step-2', [known(PNR, onlyFlags, pu({ sex: 'male' }))]).golden).toMatchObject({
      kind: 'protected-person',
      sex: 'male',
    });
    expect(derive('shadow', [known(PNR, onlyFlags, pu())]).withheld).toBe('not-leading');
  });

  it('is protected all the same: relatives do not show them', () => {
    expect(derive('shadow', [known(PNR, pu({ protectedPerson: true, locality: null }))])).toEqual({
      golden: null,
      withheld: 'not-leading',
      isProtected: true,
      fallsBack: false,
      findings: [],
    });
  });

  it('is a test person, in production', () => {
    const members = [known(PNR, master(), pu({ testPerson: true }))];
    const production = { ...rules, dropsTestPersons: true };
    const inPhase = (phase: Phase) => deriveGolden(inputOf(members), production, phase);
    expect(inPhase('step-1')).toMatchObject({
      golden: null,
      withheld: 'test-person',
      fallsBack: false,
    });
    // The mark comes with the name: Master, which decides here, has none.
    expect(inPhase('shadow')).toMatchObject({ golden: { testPerson: false }, withheld: null });
    expect(derive('step-1', members)).toMatchObject({
      golden: { testPerson: true },
      withheld: null,
    });
  });
});

describe('the main identity', () => {
  const mainOf = (phase: Phase, members: Parameters<typeof derive>[1]) =>
    derive(phase, members).golden?.identities.filter(({ main }) => main);

  it('is the strongest of those that the phase publishes', () => {
    const members = [known(LRID, master()), known(NRID, master(), pu()), known(SNR, pu())];
    expect(mainOf('shadow', members)).toMatchObject([NRID]);
    expect(mainOf('step-1', members)).toMatchObject([SNR]);
    expect(mainOf('step-2', [...members, known(PNR)])).toMatchObject([SNR]);
    expect(mainOf('step-2', [...members, known(PNR, master())])).toMatchObject([PNR]);
  });

  it.each(['GN', 'AN'] as const)('is a number in use before an equal one with %s', (reason) => {
    const members = [known(PNR, master(old(reason))), known(OTHER_PNR, master())];
    expect(mainOf('shadow', members)).toMatchObject([OTHER_PNR]);
    expect(mainOf('shadow', [known(PNR, master(old(reason))), known(SNR, master())])).toMatchObject(
      [PNR],
    );
  });

  it('is the first by its text among equals, and whoever emigrated is equal', () => {
    expect(
      mainOf('shadow', [known(OTHER_PNR, master()), known(PNR, master(old('UV')))]),
    ).toMatchObject([PNR]);
    const bothOld = [known(OTHER_PNR, master(old('GN'))), known(PNR, master(old('AN')))];
    expect(mainOf('shadow', bothOld)).toMatchObject([PNR]);
  });

  it('is judged by the record that publishes it', () => {
    const members = [
      known(PNR, master(old('GN')), pu()),
      known(OTHER_PNR, master(), pu(old('GN'))),
    ];
    expect(mainOf('shadow', members)).toMatchObject([OTHER_PNR]);
    expect(mainOf('step-1', members)).toMatchObject([PNR]);
  });
});

describe('a golden record', () => {
  it('lists all identities of the person, also those that others only mention', () => {
    const { golden } = derive('shadow', [known(NRID), known(PNR, master()), known(LRID, pu())]);
    expect(golden?.identities).toEqual([
      { ...PNR, type: 'PNR', main: true },
      { ...NRID, type: 'NRID', main: false },
      { ...LRID, type: 'LRID', main: false },
    ]);
  });

  it('leaves out contact data that the person said no to, and keeps the answer of the rest', () => {
    const contacts = [
      { channel: 'mobile', value: '+46701740605', consent: 'no' },
      { channel: 'email', value: 'prov@example.se', consent: 'this-care-giver' },
    ] as const;
    expect(derive('shadow', [known(PNR, master({ contacts }))]).golden).toMatchObject({
      contacts: [{ channel: 'email', consent: 'this-care-giver' }],
    });
  });

  it('has no relation with anybody protected, and keeps the others', () => {
    const relation = (identity: Identity | null): Relation => ({
      kind: 'spouse',
      identity,
      birthDate: null,
      name: null,
      from: null,
      to: null,
    });
    const relations = [relation(OTHER_PNR), relation(SNR), relation(null)];
    const members = [known(PNR, pu({ relations }))];
    expect(derive('step-1', members).golden).toMatchObject({ relations });
    const hiddenRelatives = new Set([identityText(OTHER_PNR)]);
    expect(derive('step-1', members, { hiddenRelatives }).golden).toMatchObject({
      relations: [relation(SNR), relation(null)],
    });
  });

  it('of a person whom no register decides about in a group has that group empty', () => {
    const shadow = rules.authority.cells.shadow;
    const cells = {
      ...rules.authority.cells,
      shadow: { ...shadow, PNR: { ...shadow.PNR, name: ['pu'], sex: ['pu'] } },
    } as const;
    const table = { ...rules, authority: { ...rules.authority, cells } };
    expect(deriveGolden(inputOf([known(PNR, master())]), table, 'shadow').golden).toMatchObject({
      name: { givenName: null, surname: null },
      sex: 'unknown',
      testPerson: false,
      maritalStatus: 'OG',
    });
  });

  it('is written in one order of keys, whatever it is made of', () => {
    const keys = (golden: object | null) => Object.keys(golden ?? {}).join();
    const full = derive('step-2', [known(LRID, master()), known(PNR, pu(), master())]);
    expect(keys(full.golden)).toBe(keys(derive('shadow', [known(PNR, master())]).golden));
    const hidden = derive('step-2', [known(PNR, pu({ protectedPerson: true }))]);
    const alsoHidden = derive('shadow', [known(LRID, master({ protectedPopulationRecord: true }))]);
    expect(keys(hidden.golden)).toBe(keys(alsoHidden.golden));
  });
});
