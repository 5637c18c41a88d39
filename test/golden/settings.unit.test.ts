import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printEnvExample } from '../../connectors/config/print-config.ts';
import { SETTING_NAMES } from '../../connectors/config/settings.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('.env.example', () => {
  it('is what the settings table says', async () => {
    await expect(printEnvExample()).toMatchFileSnapshot(join(ROOT, '.env.example'));
  });

  it('has every setting once', () => {
    const names = [...printEnvExample().matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(names.toSorted()).toEqual([...SETTING_NAMES].sort());
  });
});
