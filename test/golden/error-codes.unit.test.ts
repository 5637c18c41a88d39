import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printErrorPage } from '../../connectors/runtime/operations/print-error-codes.ts';

describe('docs/error-codes.md', () => {
  it('is what the registry says', async () => {
    const file = join(import.meta.dirname, '../../docs/error-codes.md');
    await expect(printErrorPage()).toMatchFileSnapshot(file);
  });
});
