import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { WakeUp } from '../../../connectors/runtime/cancellable-wait.ts';
import {
  GO_ON,
  idleFor,
  keepLooking,
  type Look,
} from '../../../connectors/runtime/keep-looking.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';

const NAME = safeText('looker');

/** Runs with these looks, one after the other, then ends it. */
async function run(
  looks: readonly (() => Look)[],
  options: { readonly wakeUp?: WakeUp; readonly leastMs?: number } = {},
) {
  const stop = new AbortController();
  const health = createHealth({ stallMs: 60_000, roles: [NAME] });
  let lines = '';
  const at: number[] = [];
  const states: string[] = [];
  const running = keepLooking({
    name: NAME,
    look: () => {
      states.push(health.read().roles[0]?.state ?? 'none');
      at.push(performance.now());
      const next = looks[at.length - 1];
      if (at.length >= looks.length) stop.abort();
      return Promise.resolve().then(() => next?.() ?? GO_ON);
    },
    health,
    log: createLogger({ level: 'info', destination: { write: (line) => (lines += line) } }),
    signal: stop.signal,
    ...options,
  });
  await running;
  const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
  return { gaps, states, lines, last: health.read().roles[0]?.state };
}

const fail = (code: 'HUB_STORE_CONFLICT' | 'HUB_STORE_UNAVAILABLE') => (): Look => {
  throw new HubError(code, {});
};

describe('keepLooking', () => {
  it('goes on at once while there is work, and says at the end that it stopped', async () => {
    const { gaps, states, last } = await run([() => GO_ON, () => GO_ON, () => idleFor(60_000)]);
    expect(Math.max(...gaps)).toBeLessThan(500);
    expect(states).toEqual(['starting', 'progress', 'progress']);
    expect(last).toBe('stopped');
  });

  it('looks again soon when it met another instance, without a word', async () => {
    const { gaps, states, lines } = await run([fail('HUB_STORE_CONFLICT'), () => GO_ON]);
    expect(gaps[0]).toBeGreaterThan(40);
    expect(gaps[0]).toBeLessThan(900);
    expect(states).toEqual(['starting', 'starting']);
    expect(lines).toBe('');
  });

  it('is an alarm while a service is away, and goes on when it is back', async () => {
    const { gaps, states, lines } = await run([fail('HUB_STORE_UNAVAILABLE'), () => GO_ON]);
    expect(gaps[0]).toBeGreaterThan(900);
    expect(states[1]).toBe('alarm');
    expect(lines).toContain('HUB_STORE_UNAVAILABLE');
  });

  it('ends by a fault that no waiting mends', async () => {
    const bug = (): Look => {
      throw new TypeError('a bug');
    };
    await expect(run([bug, () => GO_ON])).rejects.toThrow(TypeError);
  });

  it('is woken, but looks no more often than it may', async () => {
    const wakeUp = new WakeUp();
    const waking = setInterval(() => wakeUp.call(), 5);
    const idle = (): Look => idleFor(60_000);
    const { gaps } = await run([idle, idle, idle], { wakeUp, leastMs: 100 });
    clearInterval(waking);
    for (const gap of gaps) expect(gap).toBeGreaterThan(90);
    expect(Math.max(...gaps)).toBeLessThan(2_000);
  });
});
