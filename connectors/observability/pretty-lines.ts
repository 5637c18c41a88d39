import type { ErrorLink } from './describe-error.ts';

/** Where lines go. `process.stdout` is one; a test collects them. */
export interface LogDestination {
  write(line: string): unknown;
}

interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly error?: readonly ErrorLink[];
  readonly [field: string]: unknown;
}

/** Turns JSON lines into lines for a person at a terminal: `14:02:10.123 INFO  batch committed  records=500 partition=3`. */
export function createPrettyLines(destination: LogDestination): LogDestination {
  return {
    write(line: string): unknown {
      return destination.write(`${printLine(JSON.parse(line) as LogLine)}\n`);
    },
  };
}

function printLine({ time, level, message, error, ...fields }: LogLine): string {
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  const head = `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${message}`;
  const first = parts.length === 0 ? head : `${head}  ${parts.join(' ')}`;
  return [first, ...(error ?? []).map(printLink)].join('\n');
}

function printLink(link: ErrorLink): string {
  const marks = [link.code, link.number].filter((mark) => mark !== undefined).join(' ');
  const frames = (link.at ?? []).map((frame) => `\n        ${frame}`).join('');
  return `    ${link.class}${marks === '' ? '' : ` [${marks}]`} ${link.message}${frames}`;
}
