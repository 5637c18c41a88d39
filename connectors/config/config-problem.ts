import { HubError } from '../../core/errors/hub-error.ts';

/** One thing that is wrong with the configuration. The sentence never holds the value of a secret. */
export interface ConfigProblem {
  /** The environment variable to look at. */
  readonly setting: string;
  /** A sentence without its subject: `must be …`, `is not set`. */
  readonly problem: string;
}

/** HUB_CONFIG_INVALID with every problem there is, so that one start shows them all. */
export class ConfigInvalidError extends HubError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('HUB_CONFIG_INVALID', { problems: problems.length });
    this.problems = problems;
  }
}
