import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of connectors/sinks/consumers and of what acts for consumers. */
export const CONSUMER_CODES = {
  HUB_CONSUMER_DATABASE_ADDRESS: {
    disposition: 'fatal',
    happened:
      "The address of a consumer's database is neither one of PostgreSQL nor of SQL Server.",
    safe: 'Nothing was read or written; every other consumer goes on.',
    next: 'Correct the address in the file of HUB_CONSUMER_DATABASES: it begins with postgres:// or mssql:// and names a host, a database and a user.',
  },
  HUB_CONSUMER_DATABASE_UNAVAILABLE: {
    disposition: 'retriable',
    happened: "A consumer's database does not answer, or broke the connection.",
    safe: "The transaction was not committed or is recognised when it comes again, and the consumer's position did not move; every other consumer goes on.",
    next: 'Check the database and the network to it. The hub goes on by itself when it answers.',
  },
  HUB_CONSUMER_DATABASE_BUSY: {
    disposition: 'retriable',
    happened:
      "A consumer's database let somebody else go first: a deadlock, or a lock that was not released in time.",
    safe: "The transaction was rolled back and the consumer's position did not move; the same is written again.",
    next: "Nothing. If it goes on for minutes, look for long transactions on the hub's tables in that database.",
  },
  HUB_CONSUMER_DATABASE_FULL: {
    disposition: 'retriable',
    happened: "A consumer's database is out of disk, log, memory or connections.",
    safe: "The transaction was rolled back and the consumer's position did not move; the same is written again.",
    next: 'Have room made on that server. The hub goes on by itself.',
  },
  HUB_CONSUMER_DATABASE_DENIED: {
    disposition: 'fatal',
    happened:
      "A consumer's database refused the login, or the login lacks a right on the hub's tables.",
    safe: "Nothing was written and the consumer's position did not move; every other consumer goes on.",
    next: 'Check the user, password and database in the file of HUB_CONSUMER_DATABASES, and the rights of docs/connectors/consumer-tables.md.',
  },
  HUB_CONSUMER_DATABASE_REFUSED: {
    disposition: 'fatal',
    happened:
      "A consumer's database refused a statement of the hub for a reason that waiting does not cure.",
    safe: "The transaction was rolled back and the consumer's position did not move; every other consumer goes on.",
    next: 'Look up the number or SQLSTATE of the message in the log of that database. A trigger or a constraint that the consumer added to the tables is the usual reason.',
  },
  HUB_CONSUMER_SCHEMA_MISSING: {
    disposition: 'fatal',
    happened: "A consumer's database lacks tables or columns that the hub writes.",
    safe: 'Nothing was written: the hub makes tables in a foreign database only when it is told to.',
    next: 'Have the statements of docs/connectors/consumer-tables.md run there, or permit the hub to make the tables. Then start the consumer again.',
  },
  HUB_CONSUMER_SCHEMA_NEWER: {
    disposition: 'fatal',
    happened:
      "The hub's tables in a consumer's database were made by a newer version of this program.",
    safe: 'Nothing was written: an older program could put wrong rows into tables that it does not know.',
    next: 'Run the newer version of the hub.',
  },
  HUB_CONSUMER_TABLES_GONE: {
    disposition: 'retriable',
    happened:
      "The hub's tables in a consumer's database were dropped or replaced while the hub wrote to them.",
    safe: "Nothing was committed and the consumer's position did not move; the tables are checked again before the next attempt.",
    next: 'Ask the owner of the database what was done. Where the hub may make its tables, it makes them and tells everything again.',
  },
  HUB_CONSUMER_RECORD_UNFIT: {
    disposition: 'rejected',
    happened: 'What a consumer would be told of a person does not fit the schema of its records.',
    safe: 'The person was left out for this consumer, who keeps what it had; its orders to forget and everybody else went on.',
    next: 'Most likely instances of two releases run at once: bring all to the newer one, then `hub consumers replay <name> --person <key>` for those that `hub consumers status` names.',
  },
} as const satisfies Record<`HUB_CONSUMER_${string}`, ErrorCodeEntry>;
