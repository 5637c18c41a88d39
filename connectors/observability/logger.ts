/** The only file that imports pino. Nobody else writes a log line. */
import { pino } from 'pino';
import type { Literal, LogSafe, LogSafeFields, SafeText } from '../../core/errors/log-safe.ts';
import { describeError } from './describe-error.ts';
import { createPrettyLines, type LogDestination } from './pretty-lines.ts';
import { scrubText, scrubValue } from './scrub.ts';

/**
 * Structured log lines that cannot carry a person: messages are literals, fields are codes, counts, keys and positions.
 * @example log.info('batch committed', { records: batch.records.length, partition: batch.partition });
 */
export interface Logger {
  debug<const S extends string>(message: Literal<S>, fields?: LogSafeFields): void;
  info<const S extends string>(message: Literal<S>, fields?: LogSafeFields): void;
  warn<const S extends string>(message: Literal<S>, fields?: LogSafeFields): void;
  /** Prints the cause chain once: class, code and number of each link, and what is safe of its message. */
  error<const S extends string>(message: Literal<S>, error: unknown, fields?: LogSafeFields): void;
  /** A logger whose lines all carry these fields too. */
  child(fields: LogSafeFields): Logger;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Lines for people in place of JSON. */
  readonly pretty?: boolean;
  readonly instance?: SafeText;
  /** Absent: standard output, written at once, so that the last line before an exit is not lost. */
  readonly destination?: LogDestination;
}

/** The one way to a {@link Logger}. Lines are JSON with `time` in ISO 8601, `level`, `message` and the fields. */
export function createLogger(options: LoggerOptions): Logger {
  const lines = options.destination ?? pino.destination({ dest: 1, sync: true });
  const destination = options.pretty ? createPrettyLines(lines) : lines;
  const base = options.instance === undefined ? {} : { instance: options.instance };
  const target = pino(
    {
      level: options.level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return new PinoLogger(target, base);
}

class PinoLogger implements Logger {
  readonly #target: pino.Logger;
  readonly #fields: LogSafeFields;

  constructor(target: pino.Logger, fields: LogSafeFields) {
    this.#target = target;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogSafeFields): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields?: LogSafeFields): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields?: LogSafeFields): void {
    this.#write('warn', message, fields);
  }

  error(message: string, error: unknown, fields?: LogSafeFields): void {
    this.#write('error', message, fields, { error: describeError(error) });
  }

  child(fields: LogSafeFields): Logger {
    return new PinoLogger(this.#target, { ...this.#fields, ...fields });
  }

  #write(level: LogLevel, message: string, fields?: LogSafeFields, described?: object): void {
    if (!this.#target.isLevelEnabled(level)) return;
    const line = { ...scrubFields(this.#fields), ...scrubFields(fields), ...described };
    this.#target[level](line, scrubText(message));
  }
}

function scrubFields(fields: LogSafeFields = {}): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter((field): field is [string, LogSafe] => field[1] !== undefined)
      .map(([name, value]) => [name, scrubValue(value)]),
  );
}
