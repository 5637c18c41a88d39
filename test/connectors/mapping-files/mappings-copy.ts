import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { MappingFilesInvalidError } from '../../../connectors/mapping-files/mapping-problem.ts';

/** The mapping files of this project. */
export const MAPPINGS = new URL('../../../mappings', import.meta.url).pathname;
export const MASTER = 'master.json';
export const PU = 'pu.json';
export const AUTHORITY = 'authority.json';
export const REGION = 'region.json';
export const FORMATS = 'reserve-numbers/formats.json';
export const COUNTIES = 'code-tables/counties.csv';
export const MUNICIPALITIES = 'code-tables/municipalities.csv';

/** A copy of the mapping files that a test may spoil. */
export class MappingsCopy {
  readonly directory = mkdtempSync(join(tmpdir(), 'mappings-'));

  constructor() {
    cpSync(MAPPINGS, this.directory, { recursive: true });
  }

  edit(file: string, change: (text: string) => string): void {
    const path = join(this.directory, file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    if (after === before)
      throw new Error('The change changed nothing: the test would be green for nothing.');
    writeFileSync(path, after);
  }

  remove(file: string): void {
    rmSync(join(this.directory, file));
  }

  async failure(): Promise<MappingFilesInvalidError> {
    const outcome = await loadMappingFiles(this.directory).catch((error: unknown) => error);
    if (outcome instanceof MappingFilesInvalidError) return outcome;
    throw new Error('The mapping files were not refused.', { cause: outcome });
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true });
  }
}

/** A change of the first occurrence of a text. */
export const replace = (from: string, to: string) => (text: string) => text.replace(from, () => to);

/** A change of JSON at a path such as `person.columns.sex.type`; undefined takes the key away. */
export const set = (path: string, value: unknown) => (text: string) => {
  const root = JSON.parse(text) as unknown;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let target = root as Record<string, unknown>;
  for (const key of keys) target = target[key] as Record<string, unknown>;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return JSON.stringify(root);
};

/** The number of a format in formats.json, for paths. */
export const formatNumber = (key: string): number =>
  (
    JSON.parse(readFileSync(join(MAPPINGS, FORMATS), 'utf8')) as { formats: { key: string }[] }
  ).formats.findIndex((format) => format.key === key);

/** A column's mapping. */
export const column = (name: string, type = 'text', rest = {}) => ({ column: name, type, ...rest });
