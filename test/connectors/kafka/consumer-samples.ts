/** What one consumer is told, with a value in every field: golden records seen through a profile that may see everything. */
import type {
  ConsumerEvent,
  ConsumerPurge,
  DisclosedRecord,
} from '../../../core/disclosure/delivery.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { GoldenPerson, GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import { NEW, profileOf } from '../../core/disclosure/disclosure-builder.ts';
import { day, person, protectedPerson } from './golden-samples.ts';

/** 2026-01-02 03:04:05.678 UTC. */
export const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** A golden record of an ordinary person, with all that a consumer can be told. */
export const told: GoldenPerson = {
  ...person,
  deregistration: { reason: 'UV', date: day, foundDeadAt: null },
  parishCode: '038001',
  contacts: [
    { channel: 'mobile', value: '+46701740605', consent: 'shared', digitalNotification: true },
    { channel: 'email', value: 'test@example.org', consent: null },
  ],
};

/** What a consumer gets of a golden record. @throws RangeError when that is nothing. */
export function disclosed(golden: GoldenRecord, profile = profileOf()): DisclosedRecord {
  const disclosure = disclose(golden, profile, NEW);
  if (disclosure.kind === 'left-out') throw new RangeError(`Left out: ${disclosure.reason}`);
  return disclosure;
}

export const disclosedPerson = disclosed(told);
export const disclosedProtected = disclosed(protectedPerson);

/** The same person for a system that asks for next to nothing. */
export const disclosedLittle = disclosed(told, profileOf({ groups: new Set(['sex']) }));

export const consumerEvent: ConsumerEvent = {
  type: 'moved-in',
  version: 7,
  effectiveDate: day,
  changed: ['addresses', 'membership'],
  recordedAt: at - 2000,
};

export const consumerPurge: ConsumerPurge & { readonly id: string } = {
  id: '0f0e0d0c-0b0a-4908-8706-050403020100',
  reason: 'protection-raised',
  fields: ['membership', 'addresses', 'contacts', 'relations', 'contact-persons'],
  upToGeneration: 2,
  upToVersion: 6,
  orderId: '00010203-0405-4607-8809-0a0b0c0d0e0f',
};
