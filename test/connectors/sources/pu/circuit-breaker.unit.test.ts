import { describe, expect, it } from 'vitest';
import {
  type CircuitState,
  createCircuitBreaker,
} from '../../../../connectors/sources/pu/circuit-breaker.ts';
import type { ErrorCode } from '../../../../core/errors/error-codes.ts';
import { HubError } from '../../../../core/errors/hub-error.ts';

function createWorld() {
  const world = { now: 0, calls: 0, states: [] as CircuitState[] };
  const circuit = createCircuitBreaker({
    failures: 3,
    openMs: 1_000,
    now: () => world.now,
    onChange: (state) => world.states.push(state),
  });
  const call = (outcome: ErrorCode | Error | 'answer') =>
    circuit.run(async () => {
      world.calls += 1;
      if (outcome instanceof Error) throw outcome;
      if (outcome !== 'answer') throw new HubError(outcome);
      return 'answer';
    });
  const fail = async (code: ErrorCode, times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) await expect(call(code)).rejects.toMatchObject({ code });
  };
  return { world, circuit, call, fail };
}

const DOWN = 'HUB_PU_UNAVAILABLE';
const OPEN = { code: 'HUB_PU_CIRCUIT_OPEN' };

describe('the circuit breaker', () => {
  it('opens after so many failures in a row, and then calls no more', async () => {
    const { world, call, fail } = createWorld();
    await fail(DOWN, 3);
    await expect(call('answer')).rejects.toMatchObject(OPEN);
    expect(world).toMatchObject({ calls: 3, states: ['open'] });
  });

  it('says what made it open', async () => {
    const { call, fail } = createWorld();
    await fail(DOWN, 3);
    await expect(call('answer')).rejects.toMatchObject({ cause: { code: DOWN } });
  });

  it('begins to count again with every answer, also with one that refuses', async () => {
    const { world, call, fail } = createWorld();
    await fail(DOWN, 2);
    await call('answer');
    await fail(DOWN, 2);
    await fail('HUB_PU_REQUEST_REFUSED');
    await fail(DOWN, 2);
    expect(world.states).toEqual([]);
  });

  it('lets one call find out after a while, and closes when it is answered', async () => {
    const { world, circuit, call, fail } = createWorld();
    await fail(DOWN, 3);
    world.now = 1_000;
    const { promise, resolve } = Promise.withResolvers<string>();
    const probe = circuit.run(() => promise);
    await expect(call('answer')).rejects.toMatchObject(OPEN);
    resolve('back');
    expect(await probe).toBe('back');
    expect(await call('answer')).toBe('answer');
    expect(world.states).toEqual(['open', 'half-open', 'closed']);
  });

  it('stays open for as long again when that call fails', async () => {
    const { world, call, fail } = createWorld();
    await fail(DOWN, 3);
    world.now = 1_000;
    await fail(DOWN);
    world.now = 1_999;
    await expect(call('answer')).rejects.toMatchObject(OPEN);
    world.now = 2_000;
    expect(await call('answer')).toBe('answer');
  });

  it('learns nothing from a call that was given up, and lets the next one find out', async () => {
    const { world, call, fail } = createWorld();
    await fail(DOWN, 3);
    world.now = 1_000;
    const aborted = new DOMException('given up', 'AbortError');
    await expect(call(aborted)).rejects.toBe(aborted);
    expect(await call('answer')).toBe('answer');
  });
});
