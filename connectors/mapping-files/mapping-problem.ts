import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';

/** One thing that is wrong in a mapping file. */
export interface MappingProblem {
  /** The file's name below the mappings folder. */
  readonly file: string;
  /** Where in the file: `person.columns.sex`, `formats[3].pattern`, `line 12`. Empty: the file as a whole. */
  readonly path: string;
  /** A sentence without its subject: `is not …`. Never holds a person's data: the files hold none. */
  readonly problem: string;
}

/** HUB_CONFIG_MAPPING_INVALID with every problem of every file, so that one start shows them all. */
export class MappingFilesInvalidError extends HubError {
  readonly problems: readonly MappingProblem[];

  constructor(problems: readonly MappingProblem[]) {
    super('HUB_CONFIG_MAPPING_INVALID', {
      problems: problems.length,
      ...Object.fromEntries(problems.map((each, i) => [`${i + 1}`, safeWord(printProblem(each))])),
    });
    this.problems = problems;
  }
}

function printProblem({ file, path, problem }: MappingProblem): string {
  return `${file}${path === '' ? '' : ` at ${path}`} ${problem}`;
}

/** A checker's way to add a problem of the file that it looks at. */
export type Report = (path: string, problem: string) => void;

/** Reports each value that occurs again. */
export function reportDuplicates(
  values: readonly (string | null)[],
  report: (index: number) => void,
): void {
  const seen = new Set<string>();
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    if (seen.has(value)) report(index);
    seen.add(value);
  }
}
