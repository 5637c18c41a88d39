import fc from 'fast-check';
import { describe, it } from 'vitest';
import { modelLength } from '../support/env.ts';
import { liveThrough } from './live-through.ts';
import { createPlainHub } from './plain-hub.ts';
import { lives } from './steps.ts';

const { seed, runs } = modelLength(600);

describe('the reconciling core', () => {
  it('ends where a plain oracle ends, whatever happened on the way', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(lives(40), (life) => liveThrough(createPlainHub(), life)),
      { seed, numRuns: runs },
    );
  });
});
