import { describe, expect, it } from 'vitest';
import { PU_SOURCE_DEFAULTS } from '../../../../connectors/sources/pu/pu-source-config.ts';
import { openPullSchedule } from '../../../../connectors/sources/pu/pull-schedule.ts';

const { pulls } = PU_SOURCE_DEFAULTS;

describe('the schedule of the pulls', () => {
  it('says when each pull is due next, in Swedish time', async () => {
    const schedule = openPullSchedule({
      ...pulls,
      'moved-out': { cron: '30 4 * * *' },
    });
    schedule.start(() => undefined);
    try {
      const next = new Date(schedule.nextDueAt('moved-out') ?? 0);
      const shown = next.toLocaleTimeString('sv-SE', { timeZone: 'Europe/Stockholm' });
      expect(shown).toBe('04:30:00');
      expect(next.getTime()).toBeGreaterThan(Date.now());
    } finally {
      await schedule.stop();
    }
  });

  it('calls for a pull that is due, and not after it was stopped', async () => {
    const schedule = openPullSchedule({ ...pulls, 'own-region': { cron: '* * * * * *' } });
    const due: string[] = [];
    await new Promise<void>((resolve) => {
      schedule.start((pull) => {
        due.push(pull);
        resolve();
      });
    });
    await schedule.stop();
    expect(due).toContain('own-region');
    expect(schedule.nextDueAt('own-region')).toBeNull();
  });

  it('refuses a text that is no cron text, and says of which pull', () => {
    expect(() => openPullSchedule({ ...pulls, 'moved-out': { cron: 'hourly' } })).toThrow(
      expect.objectContaining({ code: 'HUB_CONFIG_INVALID', context: { schedule: 'moved-out' } }),
    );
  });
});
