import { describe, expect, it } from 'vitest';
import { countRecords, slaDelayMs } from '../../scripts/sandbox/sla-delay.ts';

describe('the delay of an answer', () => {
  it.each([
    ['a call without records', 0, 0, 0],
    ['a call without records', 0, 0.5, 50],
    ['a call without records', 0, 1, 100],
    ['a call with one record', 1, 1, 120],
    ['a call with five hundred records', 500, 0, 0],
    ['a call with five hundred records', 500, 1, 10_100],
  ])('of %s (%i), at %f of what is promised, is %f ms', (_, records, random, delay) => {
    expect(slaDelayMs(records, random)).toBe(delay);
  });

  it('counts a record once, whatever it is wrapped in', () => {
    const record = '<r:personRecord><gender>1</gender></r:personRecord>';
    const wrapped = `<r:requestedPersonRecord><requestedPersonalIdentity/>${record}</r:requestedPersonRecord>`;
    expect(countRecords('<r:SearchPersonsForProfileResponse/>')).toBe(0);
    expect(countRecords(record + record)).toBe(2);
    expect(countRecords(wrapped + wrapped)).toBe(2);
    expect(
      countRecords(
        '<r:requestedPersonRecord><requestedPersonalIdentity/></r:requestedPersonRecord>',
      ),
    ).toBe(0);
    expect(countRecords('<personRecord xmlns="urn:x"/>')).toBe(1);
  });
});
