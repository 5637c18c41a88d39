/** The kinds of settings: how the text of an environment variable becomes a value, or a sentence about what is wrong. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Secret } from './secret.ts';

/** What is the same for every setting, whatever its type. */
export interface SettingEntry {
  readonly section: SettingSection;
  /** What it is for, for an operator. */
  readonly description: string;
  /** The text that stands in when the variable is not set. Absent: see `optional`. */
  readonly default?: string;
  /** Without a default and without this, the variable must be set. */
  readonly optional?: true;
}

/** A setting is its entry and its kind. */
export interface Setting<T> extends SettingEntry {
  readonly kind: SettingKind<T>;
}

export const SETTING_SECTIONS = [
  'Services',
  'Instance',
  'Master',
  'PU',
  'Kafka',
  'Main path and publisher',
  'Consumers',
  'Look-up',
  'Operation',
] as const;
export type SettingSection = (typeof SETTING_SECTIONS)[number];

export interface SettingKind<T> {
  /** For people: the type, with its range and unit. */
  readonly label: string;
  readonly secret: boolean;
  readonly schema: z.ZodType<T, string>;
}

function kind<T>(label: string, schema: z.ZodType<T, string>, secret = false): SettingKind<T> {
  return { label, schema, secret };
}

/** A whole number within a range. `unit` is `ms`, `s`, `bytes`, `records` … */
export function wholeNumber(min: number, max: number, unit: string): SettingKind<number> {
  const range = `a whole number from ${min} to ${max} (${unit})`;
  return kind(
    `${min}…${max} ${unit}`,
    z
      .string()
      .regex(/^\d+$/, `must be ${range}`)
      .transform(Number)
      .refine((value) => value >= min && value <= max, `must be ${range}`),
  );
}

/** A share, above 0 and at most 1. */
export function share(): SettingKind<number> {
  const problem = 'must be a share above 0 and at most 1, such as 0.05';
  return kind(
    '0…1 share',
    z
      .string()
      .regex(/^(0?\.\d+|0|1|1\.0+|0\.\d+)$/, problem)
      .transform(Number)
      .refine((value) => value > 0 && value <= 1, problem),
  );
}

/** One of a few words. */
export function oneOf<const T extends readonly string[]>(words: T): SettingKind<T[number]> {
  return kind(
    words.join(' | '),
    z.string().refine((text): text is T[number] => words.includes(text), {
      error: `must be one of ${words.join(', ')}`,
    }),
  );
}

/** Some of a few words, separated by commas, without repeats. */
export function someOf<const T extends readonly string[]>(
  words: T,
): SettingKind<readonly T[number][]> {
  return kind(
    `some of ${words.join(', ')}`,
    z
      .string()
      .transform(splitList)
      .refine(
        (parts): parts is readonly T[number][] =>
          parts.length === new Set(parts).size && parts.every((part) => words.includes(part)),
        {
          error: `must be a list, separated by commas and without repeats, of ${words.join(', ')}`,
        },
      ),
  );
}

/** `host:port`, separated by commas. */
export function hostPorts(): SettingKind<readonly string[]> {
  return kind(
    'host:port, …',
    z
      .string()
      .transform(splitList)
      .refine((parts) => parts.length > 0 && parts.every(isHostPort), {
        error: 'must be host:port, separated by commas',
      }),
  );
}

/** A word that may stand in a topic, group or instance name. */
export function technicalName(minLength: number, maxLength: number): SettingKind<string> {
  const pattern = new RegExp(`^[a-zA-Z0-9._-]{${minLength},${maxLength}}$`);
  return kind(
    `letters, digits, . _ -, at most ${maxLength}`,
    z
      .string()
      .regex(pattern, `must be ${minLength} to ${maxLength} letters, digits, full stops, _ or -`)
      .refine((text) => !/\d{6}/.test(text), {
        error:
          'must not have six digits in a row: it is printed in logs, where that could be a birth date',
      }),
  );
}

/** An `http:` or `https:` address without a user name or password. */
export function httpUrl(): SettingKind<URL> {
  return kind(
    'http(s)://…',
    urlText(['http:', 'https:'], 'an http:// or https:// address').refine(
      (url) => url.username === '' && url.password === '',
      'must not carry a user name or password',
    ),
  );
}

/** An `https:` address: a service that is never called without TLS. */
export function httpsUrl(): SettingKind<string> {
  return kind(
    'https://…',
    urlText(['https:'], 'an https:// address: this service is never called without TLS')
      .refine(
        (url) => url.username === '' && url.password === '',
        'must not carry a user name or password',
      )
      .refine((url) => url.search === '' && url.hash === '', 'must end with its path')
      .transform((url) => url.href.replace(/\/+$/, '')),
  );
}

/** An HSA-id, which is how services and logical addresses are named in Swedish health care. */
export function hsaId(): SettingKind<string> {
  return kind(
    'an HSA-id',
    z.string().regex(/^[A-Z]{2}[0-9]{10,12}-[A-Z0-9]{1,20}$/i, 'must be an HSA-id, such as SE…-…'),
  );
}

/** When something is begun, in the way of cron. Only the shape is looked at here; whoever keeps the schedule reads it. */
export function cronText(): SettingKind<string> {
  return kind(
    'cron, 5 or 6 fields',
    z
      .string()
      .transform((text) => text.trim().replace(/\s+/g, ' '))
      .refine((text) => /^([\d*/,A-Za-z-]+ ){4,5}[\d*/,A-Za-z-]+$/.test(text), {
        error: 'must be a cron expression of 5 or 6 fields, such as */15 * * * *',
      }),
  );
}

/** A connection string that carries a password. The problem sentence never repeats it. */
export function secretUrl(protocols: readonly string[]): SettingKind<Secret> {
  const label = protocols.map((protocol) => `${protocol}//…`).join(' or ');
  const schema = urlText(protocols, `a ${label} address`).transform((url) => new Secret(url.href));
  return kind(label, schema, true);
}

/** A key that only the hub knows: long enough, and not one character over and over. */
export function secretKey(minLength: number): SettingKind<Secret> {
  return kind(
    `text of at least ${minLength} characters`,
    z
      .string()
      .refine((text) => text.length >= minLength, `must have at least ${minLength} characters`)
      .refine(
        (text) => new Set(text).size >= 10,
        'must be random: it has fewer than 10 different characters. `openssl rand -base64 48` makes one',
      )
      .transform((text) => new Secret(text)),
    true,
  );
}

/** A password or the like, of any length. */
export function secretText(): SettingKind<Secret> {
  return kind(
    'text',
    z.string().transform((text) => new Secret(text)),
    true,
  );
}

/** A file that is read at the start: the setting's value is its content. */
export function readableFile(): SettingKind<Secret> {
  return kind(
    'a file',
    z.string().transform((path, context): Secret => {
      try {
        return new Secret(readFileSync(path, 'utf8'));
      } catch {
        context.addIssue({ code: 'custom', message: 'names a file that cannot be read' });
        return z.NEVER;
      }
    }),
  );
}

/** A folder, as an absolute path. */
export function folder(): SettingKind<string> {
  return kind(
    'a folder',
    z.string().transform((text) => resolve(text)),
  );
}

/** Splits at commas; blanks around the parts do not count. */
function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isHostPort(text: string): boolean {
  const match = /^(?:[a-zA-Z0-9._-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})$/.exec(text);
  const port = Number(match?.[1] ?? Number.NaN);
  return port >= 1 && port <= 65535;
}

function urlText(protocols: readonly string[], what: string) {
  return z.string().transform((text, context): URL => {
    const url = URL.parse(text);
    if (url === null || !protocols.includes(url.protocol)) {
      context.addIssue({ code: 'custom', message: `must be ${what}` });
      return z.NEVER;
    }
    return url;
  });
}
