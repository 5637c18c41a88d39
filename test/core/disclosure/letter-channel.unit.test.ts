import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  decideLetterChannel,
  type LetterFacts,
  letterFactsOf,
} from '../../../core/disclosure/letter-channel.ts';
import type { AddressKind } from '../../../core/mapping/person-evidence.ts';
import { personOf, protectedOf } from './disclosure-builder.ts';
import { readScenarioVersions, textsIn } from './scenario-goldens.ts';

const MOBILE = { channel: 'mobile', digitalNotification: true } as const;
const EMAIL = { channel: 'email', digitalNotification: true } as const;
const NO_ROUTE: LetterFacts['contacts'] = [
  { channel: 'phone', digitalNotification: true },
  { channel: 'mobile', digitalNotification: false },
  { channel: 'email' },
];

/** A living, registered, unprotected person with a home and no digital route. */
function factsOf(change: Partial<LetterFacts> = {}): LetterFacts {
  return {
    isProtected: false,
    deregistration: null,
    addressKinds: ['residential'],
    contacts: [],
    paperOptOut: null,
    letterNeededToo: false,
    ...change,
  };
}

/** The kinds of address, as bits: 0 to 15 are all of their sets. */
const KINDS: readonly AddressKind[] = ['residential', 'special-postal', 'given', 'abroad'];
const ALL_SETS = Array.from({ length: 16 }, (_, bits) =>
  KINDS.filter((_kind, i) => (bits & (1 << i)) !== 0),
);
const CONTACTS: readonly LetterFacts['contacts'][] = [
  ...[[], ...NO_ROUTE.map((one) => [one]), NO_ROUTE],
  ...[[MOBILE], [EMAIL], [...NO_ROUTE, MOBILE]],
];
const REASONS = [null, 'AV', 'UV', 'GN', 'AN', 'FI', 'OB', 'TA'] as const;

const everyCase: readonly LetterFacts[] = [true, false].flatMap((isProtected) =>
  REASONS.flatMap((reason) =>
    CONTACTS.flatMap((contacts) =>
      [true, false, null].flatMap((paperOptOut) =>
        [true, false].flatMap((letterNeededToo) =>
          ALL_SETS.map((addressKinds) => ({
            ...{ isProtected, contacts, paperOptOut, letterNeededToo, addressKinds },
            deregistration: reason && { reason },
          })),
        ),
      ),
    ),
  ),
);

/** The table of docs/letter-channel.md, read from the file: what is written there is what is tested. */
const ROWS = readFileSync(join(import.meta.dirname, '../../../docs/letter-channel.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| yes') || line.startsWith('| no'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const yesNo = (is: boolean) => (is ? 'yes' : 'no');

/** What the first columns of the table say of a case, found out without the code under test. */
const answersOf = ({ isProtected, deregistration, ...facts }: LetterFacts): readonly string[] => [
  yesNo(deregistration?.reason === 'AV'),
  yesNo(isProtected),
  yesNo(deregistration !== null),
  yesNo(facts.contacts.includes(MOBILE) || facts.contacts.includes(EMAIL)),
  yesNo(facts.paperOptOut === true),
  yesNo(facts.letterNeededToo),
];

/** The rows that a case has: one, if the table is right. */
function rowsOf(facts: LetterFacts): readonly (readonly string[])[] {
  const answers = answersOf(facts);
  return ROWS.filter((row) => answers.every((one, i) => row[i] === 'any' || row[i] === one));
}

describe('every combination of facts', () => {
  it('has one row of the table in docs/letter-channel.md, and every row is met', () => {
    expect(ROWS).toHaveLength(7);
    const rows = everyCase.map(rowsOf);
    expect(rows.filter(({ length }) => length !== 1)).toEqual([]);
    expect(new Set(rows.flat()).size).toBe(ROWS.length);
    expect(everyCase).toHaveLength(12_288);
  });

  it('is decided as its row says, but for paper that has no address', () => {
    const wrong = everyCase.filter((facts) => {
      const [channels = '', because = ''] = rowsOf(facts)[0]?.slice(6) ?? [];
      const decision = decideLetterChannel(facts);
      const due = channels === 'none' ? [] : channels.split(', ');
      const lacksAddress = due.includes('paper') && decision.address === null;
      const sent = due.filter((one) => !lacksAddress || one !== 'paper');
      return (
        `\`${decision.because}\`` !== because ||
        decision.lacksAddress !== lacksAddress ||
        decision.channels.join() !== sent.join()
      );
    });
    expect(wrong).toEqual([]);
  });

  it('paper and an address come together, and the address is one that the person has', () => {
    const wrong = everyCase.filter((facts) => {
      const { channels, address, addressKindOrder } = decideLetterChannel(facts);
      if ((address !== null) !== channels.includes('paper')) return true;
      if (address === null || address === 'forwarding-by-skatteverket') return false;
      return address !== addressKindOrder.find((kind) => facts.addressKinds.includes(kind));
    });
    expect(wrong).toEqual([]);
  });

  it('of a protected person leads to Skatteverket and never to an address or a notice', () => {
    const decisions = everyCase.filter((one) => one.isProtected).map(decideLetterChannel);
    expect(new Set(decisions.map(({ address }) => address))).toEqual(
      new Set(['forwarding-by-skatteverket', null]),
    );
    expect(decisions.filter(({ channels }) => channels.includes('digital'))).toEqual([]);
    expect(decisions.flatMap(({ addressKindOrder }) => addressKindOrder)).toEqual([]);
  });

  it('only a wish of the person in so many words takes paper away from who has an address', () => {
    const withAddress = everyCase.filter(({ addressKinds }) => addressKinds.length === 4);
    const withoutPaper = withAddress.filter(
      (facts) => !decideLetterChannel(facts).channels.includes('paper'),
    );
    const others = withoutPaper.filter(({ deregistration }) => deregistration?.reason !== 'AV');
    expect(others.length).toBeGreaterThan(0);
    expect(others.every(({ paperOptOut }) => paperOptOut === true)).toBe(true);
  });
});

describe('where paper goes', () => {
  it.each([
    [['residential', 'special-postal', 'given', 'abroad'], 'special-postal'],
    [['residential', 'given', 'abroad'], 'residential'],
    [['given', 'abroad'], 'given'],
    [['abroad'], 'abroad'],
    [[], null],
  ] as const)('of %j to %s', (addressKinds, address) => {
    const decision = decideLetterChannel(factsOf({ addressKinds }));
    expect(decision).toEqual({
      channels: address === null ? [] : ['paper'],
      because: 'no-digital-route',
      lacksAddress: address === null,
      address,
      addressKindOrder: ['special-postal', 'residential', 'given', 'abroad'],
    });
  });

  it('never to where somebody was registered before they left the register', () => {
    const left = (addressKinds: readonly AddressKind[]) =>
      decideLetterChannel(factsOf({ addressKinds, deregistration: { reason: 'UV' } })).address;
    expect(left(['residential'])).toBeNull();
    expect(left(['residential', 'given', 'abroad'])).toBe('abroad');
    expect(left(['residential', 'given'])).toBe('given');
    expect(left(KINDS)).toBe('special-postal');
  });

  it('the dead get nothing, protected or not', () => {
    const deregistration = { reason: 'AV' } as const;
    for (const isProtected of [true, false]) {
      expect(decideLetterChannel(factsOf({ isProtected, deregistration }))).toEqual({
        channels: [],
        because: 'deceased',
        lacksAddress: false,
        address: null,
        addressKindOrder: [],
      });
    }
  });
});

describe('the facts of a golden record', () => {
  const shared = { channel: 'mobile', value: '+46701740605', consent: 'shared' } as const;

  it('are what it says, and which kinds of address it has', () => {
    const contacts = [{ ...shared, digitalNotification: true }];
    expect(letterFactsOf(personOf({ contacts }), true)).toMatchObject({
      isProtected: false,
      deregistration: null,
      addressKinds: ['residential'],
      paperOptOut: true,
      letterNeededToo: true,
    });
    expect(decideLetterChannel(letterFactsOf(personOf({ contacts }), false)).because).toBe(
      'opt-out',
    );
  });

  it.each([
    ['is for one care giver alone', { consent: 'this-care-giver', digitalNotification: true }],
    ['says nothing about notices', {}],
    ['is not for notices', { digitalNotification: false }],
    ['is no mobile and no mail', { channel: 'phone', digitalNotification: true }],
  ] as const)('a contact value that %s is no digital route', (_title, change) => {
    const golden = personOf({ contacts: [{ ...shared, ...change }] });
    expect(decideLetterChannel(letterFactsOf(golden, false)).because).toBe('no-digital-route');
  });

  it('a masked record is a protected person, whatever its flags say', () => {
    const golden = protectedOf({ protectedPerson: false, protectedPopulationRecord: false });
    expect(decideLetterChannel(letterFactsOf(golden, true))).toMatchObject({
      channels: ['paper'],
      because: 'protected',
      address: 'forwarding-by-skatteverket',
    });
  });

  it('of all scenarios lead to answers that have no value of the person', () => {
    const goldens = readScenarioVersions().flatMap(({ golden }) => golden ?? []);
    const answers = goldens.map((golden) => decideLetterChannel(letterFactsOf(golden, false)));
    const words = new Set<string>(answers.flatMap(textsIn));
    const known = [...KINDS, 'paper', 'digital', 'forwarding-by-skatteverket', 'deceased'];
    const reasons = ['protected', 'no-opt-out', 'opt-out', 'no-digital-route', 'not-registered'];
    expect([...words].filter((word) => ![...known, ...reasons].includes(word))).toEqual([]);
    expect(new Set(answers.map(({ because }) => because)).size).toBeGreaterThan(2);
  });
});
