import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of connectors/hub-store. */
export const STORE_CODES = {
  HUB_STORE_UNAVAILABLE: {
    disposition: 'retriable',
    happened:
      'The hub store (PostgreSQL) does not answer, broke the connection, or only lets read as a standby does.',
    safe: 'The transaction was not committed, so no offset moved; the same batch is done again.',
    next: 'Check PostgreSQL. The hub goes on by itself when it answers.',
  },
  HUB_STORE_CONFLICT: {
    disposition: 'retriable',
    happened: 'Another instance of the hub changed the same persons at the same moment.',
    safe: 'The transaction was rolled back and no offset moved; the same batch is done again on what is stored now.',
    next: 'Nothing. If it goes on for minutes, look for long transactions in pg_stat_activity.',
  },
  HUB_STORE_FULL: {
    disposition: 'retriable',
    happened: 'PostgreSQL is out of disk, memory or connections.',
    safe: 'The transaction was rolled back and no offset moved; the same batch is done again.',
    next: 'Make room on the PostgreSQL server, or raise the limit that its log names. The hub goes on by itself.',
  },
  HUB_STORE_DENIED: {
    disposition: 'fatal',
    happened: 'PostgreSQL refused the login, or the login lacks a right in the hub database.',
    safe: 'Nothing was read or written.',
    next: 'Check the user, password and database in the hub store URL. The user must own the tables of the hub.',
  },
  HUB_STORE_NOT_MIGRATED: {
    disposition: 'fatal',
    happened: 'The hub store lacks a table or column that this program needs.',
    safe: 'Nothing was read or written.',
    next: 'Start `hub run` once against this database: it brings the tables up to date and then goes on.',
  },
  HUB_STORE_NEWER: {
    disposition: 'fatal',
    happened: 'The hub store was made by a newer version of this program.',
    safe: 'Nothing was read or written: an older program could misread what the newer one stored.',
    next: 'Run the newer version. There is no way back for the tables other than a restored backup.',
  },
  HUB_STORE_MIGRATION_FAILED: {
    disposition: 'fatal',
    happened: 'The tables of the hub store could not be brought up to date.',
    safe: 'All steps of this start were rolled back; the tables are as they were.',
    next: 'Read the SQLSTATE in the message, correct the cause in PostgreSQL and start again.',
  },
  HUB_STORE_FAILED: {
    disposition: 'fatal',
    happened: 'PostgreSQL refused a statement of the hub for a reason that waiting does not cure.',
    safe: 'The transaction was rolled back and no offset moved.',
    next: 'Look up the SQLSTATE of the message in the PostgreSQL log of that time and report both.',
  },
  HUB_STORE_PAYLOAD_UNREADABLE: {
    disposition: 'fatal',
    happened: 'The payload of a parked record cannot be decrypted with the configured key.',
    safe: 'The parked record is unchanged.',
    next: 'Configure the key that was in use when the record was parked.',
  },
} as const satisfies Record<`HUB_STORE_${string}`, ErrorCodeEntry>;
