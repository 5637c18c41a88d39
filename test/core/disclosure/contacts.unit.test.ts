import { describe, expect, it } from 'vitest';
import type { ContactRule } from '../../../core/disclosure/consumer-profile.ts';
import { disclosableContacts } from '../../../core/disclosure/contacts.ts';
import type { ContactConsent, ContactPoint } from '../../../core/mapping/person-evidence.ts';

const PHONE = '+46846500400';
const MOBILE = '+46701740605';
const EMAIL = 'eva@example.se';

const every: ContactRule = {
  channels: new Set(['phone', 'mobile', 'email']),
  needsNotification: false,
};
const notices: ContactRule = { channels: new Set(['mobile']), needsNotification: true };

const phone: ContactPoint = { channel: 'phone', value: PHONE, consent: 'shared' };
const mobile: ContactPoint = { channel: 'mobile', value: MOBILE, consent: 'shared' };
const email: ContactPoint = { channel: 'email', value: EMAIL, consent: null };

describe('contact data', () => {
  it.each<readonly [ContactConsent | null, boolean]>([
    ['shared', true],
    [null, true],
    ['this-care-giver', false],
    ['no', false],
  ])('with the answer %s is told: %s', (consent, isTold) => {
    const contact = { ...mobile, consent, digitalNotification: true };
    expect(disclosableContacts([contact], every)).toEqual(isTold ? [contact] : []);
    expect(disclosableContacts([contact], notices)).toEqual(isTold ? [contact] : []);
  });

  it.each<readonly [string, ContactRule['channels'], readonly ContactPoint[]]>([
    ['all', every.channels, [phone, mobile, email]],
    ['phone alone', new Set(['phone']), [phone]],
    ['mobile alone', new Set(['mobile']), [mobile]],
    ['email alone', new Set(['email']), [email]],
    ['two', new Set(['email', 'phone']), [phone, email]],
    ['none', new Set(), []],
  ])('by channel: %s', (_, channels, told) => {
    const rule = { channels, needsNotification: false };
    expect(disclosableContacts([phone, mobile, email], rule)).toEqual(told);
  });

  it('for notices is told only where the person has said that it may be used for them', () => {
    const yes = { ...mobile, digitalNotification: true };
    const no = { ...mobile, digitalNotification: false };
    expect(disclosableContacts([yes, no, mobile], notices)).toEqual([yes]);
    expect(disclosableContacts([yes, no, mobile], every)).toEqual([yes, no, mobile]);
  });
});
