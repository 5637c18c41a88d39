/** The small rules of the look-up. */
import { describe, expect, it } from 'vitest';
import { goldenOfAnswer } from '../../../connectors/look-up/golden-of-answer.ts';
import { lowestDepth } from '../../../connectors/look-up/lowest-depth.ts';
import { createRateLimit } from '../../../connectors/look-up/rate-limit.ts';
import { keptFor } from '../../../connectors/runtime/look-up-freshness.ts';
import type { DisclosedGroup } from '../../../core/disclosure/consumer-profile.ts';
import { identityText } from '../../../core/person/person-identifier.ts';
import { ALL_GROUPS, relationOf } from '../../core/disclosure/disclosure-builder.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';

describe('the depth that PU is asked for', () => {
  it.each<[readonly DisclosedGroup[], string]>([
    [[], 'P1'],
    [['name', 'sex', 'birth', 'deregistration'], 'P1'],
    [['name', 'membership'], 'P2'],
    [['locality'], 'P2'],
    [['addresses', 'name'], 'P2'],
    [['contacts', 'addresses'], 'P3'],
    [['contact-persons'], 'P3'],
    [['marital-status'], 'P4'],
    [['relations', 'name'], 'P4'],
    [ALL_GROUPS, 'P4'],
  ])('for %j is %s', (groups, depth) => {
    expect(lowestDepth({ groups: new Set(groups) })).toBe(depth);
  });
});

describe('the golden record of an answer of PU', () => {
  const golden = { ...testRules.golden };

  it('follows PU also where the phase does not publish it', () => {
    const person = goldenOfAnswer(evidence({ contacts: [] }), new Set(), golden);
    expect(person).toMatchObject({
      kind: 'person',
      identities: [{ ...pnr(), main: true, type: 'PNR' }],
      membership: { municipalityCode: '0380' },
    });
  });

  it('is masked by a flag on the person, or on whoever a link leads to', () => {
    const flagged = evidence({ protectedPopulationRecord: true });
    expect(goldenOfAnswer(flagged, new Set(), golden)?.kind).toBe('protected-person');
    const linked = evidence({ links: [{ kind: 'linked', identity: pnr(1) }] });
    const known = new Set([identityText(pnr(1))]);
    expect(goldenOfAnswer(linked, known, golden)?.kind).toBe('protected-person');
    expect(goldenOfAnswer(linked, new Set(), golden)?.kind).toBe('person');
    expect(goldenOfAnswer(evidence(), new Set([identityText(pnr())]), golden)?.kind).toBe(
      'protected-person',
    );
  });

  it('has no relation with somebody protected', () => {
    const related = evidence({
      relations: [relationOf('mother', pnr(1)), relationOf('father', pnr(2))],
    });
    const person = goldenOfAnswer(related, new Set([identityText(pnr(1))]), golden);
    expect(person).toMatchObject({ relations: [{ kind: 'father' }] });
  });

  it('is nobody in production when it is a test person', () => {
    const dropped = { ...golden, dropsTestPersons: true };
    expect(goldenOfAnswer(evidence({ testPerson: true }), new Set(), dropped)).toBeNull();
  });
});

describe('a limit of calls', () => {
  it('lets a burst through, then as many as the rate, each name apart', () => {
    let now = 0;
    const limit = createRateLimit({ perSecond: 2, burst: 3, now: () => now });
    const take = (name = 'a') => limit.take(name);
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 1]);
    expect(take('b')).toBe(0);
    now = 500;
    expect([take(), take()]).toEqual([0, 1]);
    now = 60_000;
    expect([take(), take(), take(), take()]).toEqual([0, 0, 0, 1]);
  });
});

describe('what is kept for a moment', () => {
  it('is read once for all who ask meanwhile, and anew afterwards', async () => {
    let now = 0;
    let reads = 0;
    const read = keptFor(
      1_000,
      () => now,
      () => Promise.resolve(++reads),
    );
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    now = 999;
    expect(await read()).toBe(1);
    now = 1_000;
    expect(await read()).toBe(2);
  });

  it('is no failure', async () => {
    let reads = 0;
    const read = keptFor(
      1_000,
      () => 0,
      () => {
        reads += 1;
        return reads === 1 ? Promise.reject(new Error('away')) : Promise.resolve(reads);
      },
    );
    await expect(read()).rejects.toThrow('away');
    expect(await read()).toBe(2);
  });
});
