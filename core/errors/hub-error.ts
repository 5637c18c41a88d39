import type { Disposition } from './error-code-entry.ts';
import { ERROR_CODES, type ErrorCode } from './error-codes.ts';
import type { LogSafeFields } from './log-safe.ts';

/**
 * The only error class that crosses a boundary of the hub. Carries a code from the registry and log-safe context, never a
 * person's data, also not in `cause` messages that we write.
 */
export class HubError extends Error {
  override readonly name = 'HubError';
  readonly code: ErrorCode;
  readonly disposition: Disposition;
  readonly context: LogSafeFields;

  constructor(code: ErrorCode, context: LogSafeFields = {}, options: { cause?: unknown } = {}) {
    super(`${code}: ${ERROR_CODES[code].happened}${printContext(context)}`, options);
    this.code = code;
    this.disposition = ERROR_CODES[code].disposition;
    this.context = context;
  }

  /** Wrap what an outside library threw. `cause` is required, and its message is never repeated in ours. */
  static wrap(code: ErrorCode, cause: unknown, context: LogSafeFields = {}): HubError {
    return new HubError(code, context, { cause });
  }
}

function printContext(context: LogSafeFields): string {
  const parts = Object.entries(context)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** The first HubError in the cause chain, or undefined. Decisions are made on it, never on a message. */
export function findHubError(error: unknown): HubError | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof HubError) return e;
  return undefined;
}

/** How to treat whatever was thrown: what is not ours is a bug, and a bug is fatal (house rule 18). */
export function dispositionOf(error: unknown): Disposition {
  return findHubError(error)?.disposition ?? 'fatal';
}
