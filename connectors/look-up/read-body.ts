import type { z } from 'zod';
import { HubError } from '../../core/errors/hub-error.ts';

/** One thing that is wrong with a request: a place in it, and what is wrong. Never a value. */
export interface RequestProblem {
  readonly path: string;
  readonly problem: string;
}

/** A request that is not what the contract says. */
export class InvalidRequest extends HubError {
  readonly problems: readonly RequestProblem[];

  constructor(problems: readonly RequestProblem[]) {
    super('HUB_LOOKUP_REQUEST_INVALID', { problems: problems.length });
    this.problems = problems;
  }
}

/** So many are told at once. */
const MOST_PROBLEMS = 10;

/** @throws InvalidRequest */
export function readBody<T>(body: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(parsed.error.issues.slice(0, MOST_PROBLEMS).map(problemOf));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new InvalidRequest([{ path: '', problem: 'is not JSON' }]);
  }
}

/** In our own words: those of the library may name what was sent. Places are names of the schema and numbers, since nothing else is looked into. */
function problemOf(issue: z.core.$ZodIssue): RequestProblem {
  return { path: issue.path.map(String).join('.'), problem: wordsOf(issue) };
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_big') return `has more than ${issue.maximum}`;
  if (issue.code === 'too_small') return `has less than ${issue.minimum}`;
  if (issue.code === 'invalid_type') return `is not of the type ${issue.expected}`;
  if (issue.code === 'unrecognized_keys') return 'has a property that is not in the contract';
  if (issue.code === 'invalid_format') return 'has another form than the contract says';
  return 'is not what the contract says';
}
