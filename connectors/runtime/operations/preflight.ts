import { ERROR_CODES } from '../../../core/errors/error-codes.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';
import type { SafeText } from '../../../core/errors/log-safe.ts';

/** One thing that must be so before the hub can run. */
export interface PreflightCheck {
  readonly name: SafeText;
  /** @returns what is wrong, or what is good to know; empty when all is well. A thrown HubError is a finding too. */
  run(): Promise<readonly PreflightFinding[]>;
}

export interface PreflightFinding {
  /** `problem`: the hub would not work. `note`: it works, and somebody should know. */
  readonly kind: 'problem' | 'note';
  /** One sentence without personal data. */
  readonly text: string;
  /** What to do, as a command or a statement to copy where there is one. */
  readonly fix: string | null;
}

export interface PreflightResult {
  readonly name: SafeText;
  readonly findings: readonly PreflightFinding[];
}

/**
 * Runs every check, also after one has failed, and changes nothing anywhere.
 * @throws what is not a HubError: a bug is no finding.
 */
export async function runPreflight(
  checks: readonly PreflightCheck[],
): Promise<readonly PreflightResult[]> {
  const results: PreflightResult[] = [];
  for (const check of checks) results.push({ name: check.name, findings: await findingsOf(check) });
  return results;
}

async function findingsOf(check: PreflightCheck): Promise<readonly PreflightFinding[]> {
  try {
    return await check.run();
  } catch (error) {
    const known = findHubError(error);
    if (known === undefined) throw error;
    return [{ kind: 'problem', text: known.message, fix: ERROR_CODES[known.code].next }];
  }
}

/** True when nothing stands in the way. */
export function isReady(results: readonly PreflightResult[]): boolean {
  return results.every(({ findings }) => findings.every(({ kind }) => kind !== 'problem'));
}

/** The result of a preflight, a line for each check and what was found under it. */
export function printPreflight(results: readonly PreflightResult[]): string {
  return results
    .flatMap(({ name, findings }) => [
      `${findings.some(({ kind }) => kind === 'problem') ? 'PROBLEM' : 'ok     '}  ${name}`,
      ...findings.flatMap(({ kind, text, fix }) => [
        `           ${kind === 'note' ? 'note: ' : ''}${text}`,
        ...(fix === null ? [] : fix.split('\n').map((line) => `             ${line}`)),
      ]),
    ])
    .join('\n');
}
