/** The log of the sandbox, one JSON object in a line. Its fields are listed here so that no personal data can get into it. */
export type LogLine =
  | {
      readonly what: 'call';
      /** The id that a fault tells its reader. */
      readonly logId: string;
      readonly target: string;
      /** HSA-id of the caller, when it was known. */
      readonly caller: string | null;
      readonly status: number;
      readonly fault: string | null;
      readonly milliseconds: number;
    }
  | {
      readonly what: 'order';
      readonly orderId: string;
      readonly state: string;
      readonly files: number;
      readonly persons: number;
      readonly error: string | null;
    }
  | { readonly what: 'bug'; readonly logId: string; readonly error: string; readonly at: string }
  | { readonly what: 'serving' | 'stopping' };

export type SandboxLog = (line: LogLine) => void;

/** Writes to standard output, which whoever starts the sandbox has led to a file. */
export function sandboxLog(): SandboxLog {
  return (line) => {
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  };
}
