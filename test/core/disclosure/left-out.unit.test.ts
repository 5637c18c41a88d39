import { describe, expect, it } from 'vitest';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { Disclosure, LeftOutReason } from '../../../core/disclosure/disclosed-person.ts';
import type { Standing } from '../../../core/disclosure/left-out.ts';
import type { GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import type { Deregistration } from '../../../core/mapping/person-evidence.ts';
import { LISTED, NEW, personOf, profileOf, protectedOf, SENT } from './disclosure-builder.ts';

type Outcome = 'person' | 'protected-person' | LeftOutReason;

const outcomeOf = (disclosure: Disclosure): Outcome =>
  disclosure.kind === 'left-out' ? disclosure.reason : disclosure.kind;

const dead: Deregistration = {
  reason: 'AV',
  date: { precision: 'day', value: '1949-03-02' },
  foundDeadAt: null,
};
const emigrated: Deregistration = { ...dead, reason: 'UV' };

const everybody = profileOf();
const uppsala = profileOf({ persons: { kind: 'membership', counties: new Set(['03']) } });
const skane = profileOf({ persons: { kind: 'membership', counties: new Set(['12']) } });
const list = profileOf({ persons: { kind: 'list' } });
const unprotected = (profile: ConsumerProfile): ConsumerProfile => ({
  ...profile,
  protectedPersons: 'left-out',
});
const reserveNumbers = profileOf({ mainIdentity: ['LRID', 'NRID'] });

const resident = personOf();
const countyOnly = personOf({
  membership: {
    level: 'county',
    countyCode: '03',
    municipalityCode: null,
    reason: 'registered',
    from: null,
  },
});
const placeless = personOf({ membership: null });
const masked = protectedOf();
const maskedPlaceless = protectedOf({ membership: null });
const deceased = personOf({ membership: null, deregistration: dead });
const deceasedMasked = protectedOf({ membership: null, deregistration: dead });
const abroad = personOf({ membership: null, deregistration: emigrated });

type Row = readonly [string, GoldenRecord | null, ConsumerProfile, Standing, Outcome];

describe('who is told to a consumer', () => {
  it.each<Row>([
    ['nobody is published', null, everybody, SENT, 'not-published'],
    ['a resident, and it gets everybody', resident, everybody, NEW, 'person'],
    ['somebody without a place, and it gets everybody', placeless, everybody, NEW, 'person'],
    ['somebody who has died, and it gets everybody', deceased, everybody, NEW, 'person'],
    ['a test person', personOf({ testPerson: true }), everybody, NEW, 'person'],
    ['somebody protected, masked', masked, everybody, NEW, 'protected-person'],

    ['a resident of the area', resident, uppsala, NEW, 'person'],
    ['a resident of a county alone', countyOnly, uppsala, NEW, 'person'],
    ['a resident of another county', resident, skane, NEW, 'not-in-the-area'],
    ['somebody who has moved away', resident, skane, SENT, 'not-in-the-area'],
    ['somebody without a place', placeless, uppsala, NEW, 'not-in-the-area'],
    ['somebody who has no place any more', placeless, uppsala, SENT, 'not-in-the-area'],
    ['somebody who died and was told before', deceased, uppsala, SENT, 'person'],
    ['somebody who died and was never told', deceased, uppsala, NEW, 'not-in-the-area'],
    ['somebody who emigrated and was told before', abroad, uppsala, SENT, 'person'],
    ['somebody who emigrated and was never told', abroad, uppsala, NEW, 'not-in-the-area'],
    ['a list is no area', deceased, uppsala, LISTED, 'not-in-the-area'],

    ['somebody protected of the area', masked, uppsala, NEW, 'protected-person'],
    ['somebody protected of another county', masked, skane, NEW, 'not-in-the-area'],
    ['somebody protected who moved away', masked, skane, SENT, 'not-in-the-area'],
    ['no county, told before', maskedPlaceless, uppsala, SENT, 'protected-person'],
    ['no county, never told', maskedPlaceless, uppsala, NEW, 'not-in-the-area'],
    ['protected, died, told before', deceasedMasked, uppsala, SENT, 'protected-person'],
    ['protected, died, never told', deceasedMasked, uppsala, NEW, 'not-in-the-area'],

    ['somebody on its list', resident, list, LISTED, 'person'],
    ['somebody not on its list', resident, list, NEW, 'not-listed'],
    ['somebody taken off its list', resident, list, SENT, 'not-listed'],
    ['somebody protected on its list', masked, list, LISTED, 'protected-person'],
    ['somebody protected off its list', masked, list, SENT, 'not-listed'],

    ['no protected persons, and not one', resident, unprotected(everybody), NEW, 'person'],
    ['no protected persons', masked, unprotected(everybody), SENT, 'protected'],
    ['no protected persons, elsewhere', masked, unprotected(skane), SENT, 'protected'],
    ['no protected persons, no county', maskedPlaceless, unprotected(uppsala), NEW, 'protected'],
    ['no protected persons, on its list', masked, unprotected(list), LISTED, 'protected'],
    ['no protected persons, off its list', masked, unprotected(list), NEW, 'protected'],

    ['no number that it knows', resident, reserveNumbers, SENT, 'no-usable-identity'],
    ['protected, no number that it knows', masked, reserveNumbers, NEW, 'no-usable-identity'],
  ])('%s', (_, golden, profile, standing, outcome) => {
    expect(outcomeOf(disclose(golden, profile, standing))).toBe(outcome);
  });
});
