import fc from 'fast-check';
import { describe, it } from 'vitest';
import { modelLength } from '../../support/env.ts';
import { DeliveryModel, type DeliveryStep, MODEL_KEYS } from './delivery-model.ts';
import { profiles, protectedPersons, unprotectedPersons } from './disclosure-arbitraries.ts';

const { seed, runs } = modelLength(3_000);

const who = fc.nat({ max: MODEL_KEYS.length - 1 });
const step = <K extends DeliveryStep['kind']>(...kinds: readonly K[]) => fc.constantFrom(...kinds);

const steps: fc.Arbitrary<DeliveryStep> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: step('change'), who, golden: unprotectedPersons }) },
  { weight: 4, arbitrary: fc.record({ kind: step('change'), who, golden: protectedPersons }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: step('feed'),
      who,
      isLost: fc.nat({ max: 7 }).map((n) => n === 0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: step('hide-relative', 'look-up', 'replay'), who }) },
  { weight: 1, arbitrary: fc.record({ kind: step('erase'), who }) },
  { weight: 2, arbitrary: fc.record({ kind: step('unpublish'), who, isMerged: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: step('protect-unpublished'), who }) },
  { weight: 3, arbitrary: fc.record({ kind: step('list'), who, isListed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: step('change-profile'), profile: profiles }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: step('repair', 'replay-all', 'walk', 'walk', 'walk') }),
  },
);

describe('a consumer that takes what comes and forgets what it is ordered to', () => {
  it('has of everybody what its profile shows of the golden record of now, and nothing that it has to have forgotten', {
    timeout: 600_000,
  }, () => {
    fc.assert(
      fc.property(
        profiles,
        fc.boolean(),
        fc.array(steps, { maxLength: 40, size: 'max' }),
        (profile, isThin, life) => {
          const model = new DeliveryModel(profile, isThin);
          for (const each of life) model.take(each);
          model.settle();
        },
      ),
      { seed, numRuns: runs },
    );
  });
});
