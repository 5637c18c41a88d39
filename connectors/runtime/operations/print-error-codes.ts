/** The registry of error codes for people: `docs/error-codes.md`, `hub errors` and what the command line prints of an error. */

import type { Disposition, ErrorCodeEntry } from '../../../core/errors/error-code-entry.ts';
import { ERROR_CODES, type ErrorCode } from '../../../core/errors/error-codes.ts';

const WHAT_THE_HUB_DOES: Readonly<Record<Disposition, string>> = {
  retriable: 'waits and tries the same again',
  rejected: 'parks the record and goes on with the others',
  fatal: 'stops with an exit code',
};

/** All codes in alphabetical order, so that those of one area stand together. */
export function errorCodes(): readonly ErrorCode[] {
  return (Object.keys(ERROR_CODES) as ErrorCode[]).sort();
}

/** @returns undefined when there is no such code. */
export function findErrorCode(text: string): ErrorCode | undefined {
  const wanted = text.toUpperCase();
  return errorCodes().find((code) => code === wanted);
}

/** One code for a terminal. */
export function printErrorCode(code: ErrorCode): string {
  const { disposition, happened, safe, next }: ErrorCodeEntry = ERROR_CODES[code];
  return [
    code,
    `  What happened:  ${happened}`,
    `  What is safe:   ${safe}`,
    `  What to do:     ${next}`,
    `  A running hub:  ${WHAT_THE_HUB_DOES[disposition]} (${disposition}).`,
  ].join('\n');
}

/** All codes, one a line. */
export function printErrorList(): string {
  const codes = errorCodes();
  const width = Math.max(...codes.map((code) => code.length));
  return codes
    .map(
      (code) =>
        `${code.padEnd(width)}  ${ERROR_CODES[code].disposition.padEnd(9)}  ${ERROR_CODES[code].happened}`,
    )
    .join('\n');
}

/** The text of `docs/error-codes.md`. A test compares the file with it. */
export function printErrorPage(): string {
  const head = [
    '# Error codes',
    '',
    'Made from the registry in `core/errors`; `hub errors --markdown` prints it. In a log line or on a terminal a code stands at the',
    'beginning of the message, and `hub errors <code>` prints its entry. What the hub does by itself:',
    '',
    ...Object.entries(WHAT_THE_HUB_DOES).map(([name, does]) => `- **${name}**: it ${does}.`),
  ];
  const entries = areas().flatMap(([area, codes]) => [
    '',
    `## ${area}`,
    ...codes.flatMap((code) => {
      const { disposition, happened, safe, next }: ErrorCodeEntry = ERROR_CODES[code];
      return [
        '',
        `### ${code}`,
        '',
        `${happened} *(${disposition})*`,
        '',
        `- **Safe:** ${safe}`,
        `- **Next:** ${next}`,
      ];
    }),
  ]);
  return `${[...head, ...entries].join('\n')}\n`;
}

function areas(): readonly (readonly [string, readonly ErrorCode[]])[] {
  const byArea = Map.groupBy(errorCodes(), (code) => code.split('_')[1] ?? '');
  return [...byArea].map(([area, codes]) => [AREAS[area] ?? area, codes]);
}

const AREAS: Readonly<Record<string, string>> = {
  CONFIG: 'Configuration and mapping files',
  KAFKA: 'Kafka and the schema registry',
  MASTER: 'Master',
  PERSON: 'Persons and identities',
  STACK: 'The local stack',
  STORE: 'The hub store',
  SYNC: 'The main path',
};
