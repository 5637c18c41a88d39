/** The exit codes of every `hub` command; `hub --help` prints the table. 69, 70 and 78 are those of sysexits.h. */
export const EXIT = {
  ok: 0,
  problem: 1,
  usage: 2,
  notCompared: 3,
  unavailable: 69,
  bug: 70,
  config: 78,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done, and nothing was wrong',
  problem: 'something is wrong, and the output says what; or the hub stopped for it',
  usage: 'the command line was wrong; nothing was done',
  notCompared:
    'nothing was found that should not be there, but nothing says that the right things were looked for',
  unavailable: 'a service does not answer; the same command may work later',
  bug: 'a programming error; please report it',
  config: 'the configuration is wrong; nothing was started',
};

/** The table for the help page. */
export function printExitCodes(): string {
  return (Object.keys(EXIT) as (keyof typeof EXIT)[])
    .map((name) => `  ${String(EXIT[name]).padStart(2)}  ${MEANINGS[name]}`)
    .join('\n');
}
