import fc from 'fast-check';
import { describe, it } from 'vitest';
import { modelLength } from '../support/env.ts';
import { liveThrough } from './live-through.ts';
import { createPostgresHub } from './postgres-hub.ts';
import { lives } from './steps.ts';

const { seed, runs } = modelLength(12);

describe('the reconciling core on PostgreSQL', () => {
  it('ends where a plain oracle ends, with instances at work at once', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(lives(40, 12), async (life) => {
        await using hub = await createPostgresHub();
        await liveThrough(hub, life);
      }),
      { seed, numRuns: runs },
    );
  });
});
