import type { Report } from './mapping-problem.ts';
import type { Shape } from './mapping-schemas.ts';

/**
 * Reads a code table: lines that begin with `#` say where it comes from, then the column names, then one row a line. A value has no
 * comma and no quotes, so there is nothing to escape.
 *
 * @returns undefined after every fault was reported.
 */
export function readCodeTable<T>(
  text: string,
  columns: readonly string[],
  row: Shape<T>,
  report: Report,
): readonly T[] | undefined {
  const lines = text
    .split(/\r?\n/)
    .map((content, index) => ({ content, at: `line ${index + 1}` }))
    .filter(({ content }) => content !== '' && !content.startsWith('#'));
  const [header, ...body] = lines;
  if (header?.content !== columns.join(',')) {
    report(header?.at ?? '', `does not name the columns ${columns.join(', ')}`);
    return undefined;
  }
  let isGood = true;
  const rows = body.flatMap(({ content, at }): T[] => {
    const values = content.split(',');
    if (values.length !== columns.length) {
      isGood = false;
      report(at, `does not have ${columns.length} values`);
      return [];
    }
    const record = Object.fromEntries(columns.map((column, i) => [column, values[i]]));
    const read = row.read(record, (path, problem) => report(`${at} ${path}`, problem));
    if (read === undefined) isGood = false;
    return read === undefined ? [] : [read];
  });
  if (body.length === 0) report('', 'has no rows');
  return isGood && body.length > 0 ? rows : undefined;
}
