import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of the configuration and of the mapping files. */
export const CONFIG_CODES = {
  HUB_CONFIG_INVALID: {
    disposition: 'fatal',
    happened: 'The configuration has errors; all of them are listed.',
    safe: 'Nothing was started and nothing was read or written.',
    next: 'Correct the listed settings and start again. `hub run --help` explains each one.',
  },
  HUB_CONFIG_MAPPING_INVALID: {
    disposition: 'fatal',
    happened: 'A mapping file is not valid.',
    safe: 'Nothing was started and nothing was read or written.',
    next: 'Correct the named place in the named file under mappings/ and start again.',
  },
  HUB_CONFIG_PORT_TAKEN: {
    disposition: 'fatal',
    happened:
      'The port for /health and /metrics cannot be opened; most likely another process has it.',
    safe: 'Nothing was read or written.',
    next: 'Set HUB_HTTP_PORT to a free port, or to 0 to take any.',
  },
} as const satisfies Record<`HUB_CONFIG_${string}`, ErrorCodeEntry>;
