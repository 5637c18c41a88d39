#!/usr/bin/env node
/** The command line of the hub. Parses, calls, prints; what it calls is in connectors/runtime. */
import { enableCompileCache } from 'node:module';
import { clearLine, cursorTo } from 'node:readline';
import { EXIT } from './hub/exit-codes.ts';

// Keeps what Node made of our sources, so that the next start takes half the time. What is imported after this is kept.
enableCompileCache(new URL('../node_modules/.cache/compiled', import.meta.url).pathname);
const { runCommandLine } = await import('./hub/program.ts');

/** One request can arrive twice: the group of processes is signalled, and the launcher passes its own signal on. */
const SAME_REQUEST_MS = 2_000;
const stop = new AbortController();
let askedAt = 0;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (!stop.signal.aborted) askedAt = performance.now();
    // Asked again later: do not wait for an orderly end.
    else if (performance.now() - askedAt > SAME_REQUEST_MS) process.exit(EXIT.problem);
    stop.abort();
  });
}
// `hub read … | head` closes the pipe early; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.problem);
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  redraw: (text) => {
    cursorTo(process.stdout, 0);
    process.stdout.write(text.slice(0, process.stdout.columns - 1));
    clearLine(process.stdout, 1);
  },
  isInteractive: process.stdout.isTTY,
  signal: stop.signal,
});
