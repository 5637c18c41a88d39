import { describe, expect, it } from 'vitest';
import type { ErrorCodeEntry } from '../../../core/errors/error-code-entry.ts';
import { ERROR_CODES, type ErrorCode } from '../../../core/errors/error-codes.ts';
import { HubError } from '../../../core/errors/hub-error.ts';

const entries = Object.entries(ERROR_CODES) as [ErrorCode, ErrorCodeEntry][];

describe('the registry of error codes', () => {
  it.each(entries)('%s has the form of a code', (code) => {
    expect(code).toMatch(
      /^HUB_(CONFIG|CONSUMER|KAFKA|LOOKUP|MASTER|PERSON|PU|STACK|STORE|SYNC)(_[A-Z]+)+$/,
    );
  });

  it.each(entries)(
    '%s says what happened, what is safe and what to do, in sentences',
    (_, entry) => {
      for (const text of [entry.happened, entry.safe, entry.next]) {
        expect(text).toMatch(/^[A-Z`].{10,}[.]$/s);
        expect(text).not.toMatch(/ {2}|\n/);
      }
    },
  );

  it.each(entries)('%s has no example that looks like a personal identity', (_, entry) => {
    expect(Object.values(entry).join(' ')).not.toMatch(/\d{6}/);
  });

  it.each(entries)(
    '%s is the code and the beginning of the message of its error',
    (code, entry) => {
      const error = new HubError(code);
      expect(error.code).toBe(code);
      expect(error.disposition).toBe(entry.disposition);
      expect(error.message.startsWith(`${code}: ${entry.happened}`)).toBe(true);
    },
  );

  it('parks only what concerns one record', () => {
    for (const [code, { disposition }] of entries) {
      if (code.startsWith('HUB_STACK_') || code.startsWith('HUB_CONFIG_')) {
        expect(disposition).not.toBe('rejected');
      }
    }
  });
});
