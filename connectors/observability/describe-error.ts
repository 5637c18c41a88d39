import { HubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import { scrubOutsideMessage, scrubText } from './scrub.ts';

/** One link of a cause chain, as it may be printed. */
export interface ErrorLink {
  readonly class: string;
  readonly message: string;
  /** A HUB_ code, or the driver's: ECONNREFUSED, a SQLSTATE, ELOGIN. */
  readonly code?: string;
  /** SQL Server's error number, or the operating system's. */
  readonly number?: number;
  readonly disposition?: string;
  /** Where it was thrown, without the message, which is the first line of `stack`. Only for what is not a HubError. */
  readonly at?: readonly string[];
}

const MAX_LINKS = 8;
const MAX_FRAMES = 8;
const FRAME = /^\s+at (?:async )?(?:[\w.$#<>[\] ]+ \()?(?:file:\/\/|node:|\/)[^\s()]+:\d+:\d+\)?$/;
/** Where the project lies on this machine says nothing about the error. */
const PROJECT = new URL('../../', import.meta.url).href;

/**
 * The cause chain, outermost first, each link once (house rule 19): class, code and message. The message of a {@link HubError} is
 * ours and whole; of what a library threw only the beginning is kept, since a driver may quote a person's data.
 */
export function describeError(error: unknown): readonly ErrorLink[] {
  const links: ErrorLink[] = [];
  const seen = new Set<unknown>();
  for (let link = error; link !== undefined && link !== null; ) {
    if (seen.has(link) || links.length === MAX_LINKS) break;
    seen.add(link);
    links.push(describeLink(link));
    link = innerOf(link);
  }
  return links;
}

/** The chain for a terminal, a line for each link. A {@link HubError}'s message begins with its code and says all. */
export function printErrorChain(error: unknown): string {
  return describeError(error).map(printLink).join('\n  caused by ');
}

function printLink({ class: name, disposition, code, number, message }: ErrorLink): string {
  if (disposition !== undefined) return message;
  const marks = [code, number].filter((mark) => mark !== undefined).join(' ');
  return `${name}${marks === '' ? '' : ` [${marks}]`}: ${message}`;
}

function describeLink(link: unknown): ErrorLink {
  if (link instanceof HubError) {
    return {
      class: link.name,
      code: link.code,
      disposition: link.disposition,
      message: scrubText(link.message),
    };
  }
  if (!(link instanceof Error)) return { class: typeof link, message: '[not an error]' };
  const code = textProperty(link, 'code');
  const number = numberProperty(link, 'number') ?? numberProperty(link, 'errno');
  return {
    class: nameOfClass(link),
    message: scrubOutsideMessage(link.message),
    ...(code === undefined ? {} : { code }),
    ...(number === undefined ? {} : { number }),
    at: framesOf(link),
  };
}

/** `cause`, or what some drivers use in its place: the first of an AggregateError, and tedious' originalError. */
function innerOf(link: unknown): unknown {
  if (!(link instanceof Error)) return undefined;
  if (link.cause !== undefined) return link.cause;
  if (link instanceof AggregateError) return (link.errors as unknown[])[0];
  return propertyOf(link, 'originalError');
}

function propertyOf(link: Error, name: string): unknown {
  return (link as unknown as Readonly<Record<string, unknown>>)[name];
}

function textProperty(link: Error, name: string): SafeText | undefined {
  const value = propertyOf(link, name);
  return typeof value === 'string' ? safeWord(value) : undefined;
}

function numberProperty(link: Error, name: string): number | undefined {
  const value = propertyOf(link, name);
  return typeof value === 'number' && Math.abs(value) < 1_000_000 ? value : undefined;
}

/** Not `name`, which anybody can set to any text. */
function nameOfClass(link: Error): string {
  return safeWord(link.constructor.name);
}

/**
 * The call sites only. A message may have several lines, and one that a driver wrote may look like a call site, so a line counts
 * only when it names a file or a module of Node.
 */
function framesOf(link: Error): readonly string[] {
  return (link.stack ?? '')
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => scrubText(line.trim().replace(PROJECT, '')));
}
