import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../../../connectors/observability/logger.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../../core/errors/log-safe.ts';

function collect(options: { level?: 'debug' | 'info'; pretty?: boolean } = {}): {
  readonly logger: Logger;
  readonly lines: () => readonly Readonly<Record<string, unknown>>[];
  readonly text: () => string;
} {
  const written: string[] = [];
  const logger = createLogger({
    level: options.level ?? 'info',
    pretty: options.pretty ?? false,
    instance: safeText('one'),
    destination: { write: (line) => written.push(line) },
  });
  return {
    logger,
    lines: () => written.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
    text: () => written.join(''),
  };
}

describe('createLogger', () => {
  it('writes one JSON line with time, level, message, instance and fields', () => {
    const { logger, lines } = collect();
    logger.child({ role: safeText('core') }).info('batch committed', { records: 3, next: 12n });
    expect(lines()).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        level: 'info',
        message: 'batch committed',
        instance: 'one',
        role: 'core',
        records: 3,
        next: '12',
      },
    ]);
  });

  it('leaves out lines below its level', () => {
    const { logger, lines } = collect({ level: 'info' });
    logger.debug('detail');
    logger.warn('slow');
    expect(lines().map((line) => line['level'])).toEqual(['warn']);
  });

  it('prints the cause chain once, with code and number of each link', () => {
    const { logger, lines } = collect();
    const driver = Object.assign(new Error('deadlock victim'), { code: 'EREQUEST', number: 1205 });
    const error = HubError.wrap('HUB_MASTER_UNAVAILABLE', driver, { attempt: 2 });
    logger.error('read failed', error);
    expect(lines()[0]?.['error']).toEqual([
      {
        class: 'HubError',
        code: 'HUB_MASTER_UNAVAILABLE',
        disposition: 'retriable',
        message: 'HUB_MASTER_UNAVAILABLE: Master does not answer. (attempt=2)',
      },
      {
        class: 'Error',
        code: 'EREQUEST',
        number: 1205,
        message: 'deadlock victim',
        at: expect.any(Array) as unknown,
      },
    ]);
  });

  it('ends a cause chain that bites its tail', () => {
    const { logger, lines } = collect();
    const error = new Error('one');
    error.cause = new Error('two', { cause: error });
    logger.error('loop', error);
    expect(lines()[0]?.['error']).toHaveLength(2);
  });

  it('goes on to what an AggregateError or a driver has in place of a cause', () => {
    const { logger, lines } = collect();
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1433'), {
      code: 'ECONNREFUSED',
    });
    logger.error('failed', new AggregateError([refused], 'all failed'));
    logger.error('failed', Object.assign(new Error('wrapped'), { originalError: refused }));
    for (const line of lines()) {
      expect(line['error']).toMatchObject([
        {},
        { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1433' },
      ]);
    }
  });

  it('says only that it was no error when something else was thrown', () => {
    const { logger, text } = collect();
    logger.error('failed', 'Anna');
    expect(text()).toContain('[not an error]');
    expect(text()).not.toContain('Anna');
  });

  it('prints a line for people when asked', () => {
    const { logger, text } = collect({ pretty: true });
    logger.info('batch committed', { topic: safeWord('source.master.person.v1'), records: 5 });
    expect(text()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}batch committed {2}instance=one topic=source\.master\.person\.v1 records=5\n$/,
    );
  });

  it('keeps keys, positions, topics and times readable', () => {
    const { logger, text } = collect();
    const kept = [
      '19540178-2395-4abc-8def-195401782395',
      '3:195401782395',
      'source.master.person.v1',
      '2025-01-31T10:20:30.123Z',
      'HUB_STORE_CONFLICT',
      '40001',
    ];
    for (const value of kept) logger.info('kept', { value: value as ReturnType<typeof safeWord> });
    for (const value of kept) expect(text()).toContain(value);
  });
});
