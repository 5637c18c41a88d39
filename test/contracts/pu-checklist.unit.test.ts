import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGE = new URL('../../docs/connectors/pu.md', import.meta.url);
const TESTS = resolve(import.meta.dirname, '..');
const DEFAULT_FOLDER = 'connectors/sources/pu';

const testFiles = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.test.ts'),
);

/** The last column of the numbered rows. */
function guards(): readonly string[] {
  return [...readFileSync(PAGE, 'utf8').matchAll(/^\| \d+ +\|.*\|(.*)\|$/gm)].map(
    (row) => row[1] ?? '',
  );
}

/** `file`: name, with the folder before the file where it is not the connector's own; `…` stands for the values of a table of cases. */
function namedTests(cell: string): readonly { readonly file: string; readonly name: string }[] {
  return cell
    .split(' · ')
    .map((piece) => /^\s*(?:`test\/[^`]*` )?`([^`]+)`: (.+?)\s*$/.exec(piece))
    .map((match) => ({ file: match?.[1] ?? '', name: match?.[2] ?? '' }));
}

function isThere({ file, name }: { readonly file: string; readonly name: string }): boolean {
  const text = testFiles
    .filter((one) => basename(one).startsWith(`${file}.test`))
    .map((one) => readFileSync(join(TESTS, one), 'utf8'))
    .join('\n');
  return text !== '' && name.split('…').every((part) => text.includes(part.trim()));
}

describe('the table of bad input in docs/connectors/pu.md', () => {
  it('finds the tests of the connector', () => {
    expect(testFiles.filter((name) => name.startsWith(DEFAULT_FOLDER)).length).toBeGreaterThan(5);
  });

  it('names tests that there are', () => {
    const named = guards().flatMap(namedTests);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((one) => !isThere(one))).toEqual([]);
  });
});
