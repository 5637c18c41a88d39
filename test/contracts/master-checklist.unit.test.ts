import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const PAGE = new URL('../../docs/connectors/master.md', import.meta.url);
const FOLDERS = ['./', '../connectors/sources/master/'].map(
  (folder) => new URL(folder, import.meta.url),
);

/** The last column of the numbered rows: names of tests, some after the name of their file. */
function guards(): readonly string[] {
  return [...readFileSync(PAGE, 'utf8').matchAll(/^\| \d+ +\|.*\|(.*)\|$/gm)].map(
    (row) => row[1] ?? '',
  );
}

function testNames(cell: string): readonly string[] {
  return cell
    .replaceAll(/`[^`]*`: /g, '')
    .replaceAll(/ \([^)]*\)/g, '')
    .split(/ [·›] /)
    .map((name) => name.trim());
}

describe('the table of what bites in docs/connectors/master.md', () => {
  const sources = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.includes('master') || name.includes('mssql'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8')),
  ).join('\n');

  it('has twenty lines and names tests that there are', () => {
    expect(guards()).toHaveLength(20);
    expect(
      guards()
        .flatMap(testNames)
        .filter((name) => !sources.includes(name)),
    ).toEqual([]);
  });
});
