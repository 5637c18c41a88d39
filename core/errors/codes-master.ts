import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of connectors/sources/master. */
export const MASTER_CODES = {
  HUB_MASTER_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'Master does not answer.',
    safe: 'The position in Master did not move; reading goes on from it.',
    next: 'Check the Master server and the network. The hub goes on by itself when it answers.',
  },
  HUB_MASTER_BUSY: {
    disposition: 'retriable',
    happened:
      'Master gave up a read of ours: a deadlock, a lock that was not released in time, or a server under load.',
    safe: 'Only a read was lost. The position in Master did not move, and the same rows are read again.',
    next: 'Nothing, when it happens now and then. When it happens often: look for long transactions in Master, or turn on ALLOW_SNAPSHOT_ISOLATION there.',
  },
  HUB_MASTER_TIMEOUT: {
    disposition: 'retriable',
    happened: 'A read in Master took longer than the query timeout.',
    safe: 'The position in Master did not move, and the same rows are read again.',
    next: 'Check the load on Master and that each mapped table has its primary key index. A smaller chunkRows makes each read shorter.',
  },
  HUB_MASTER_LOGIN_REFUSED: {
    disposition: 'fatal',
    happened: 'Master refuses the login of the hub.',
    safe: 'Nothing was read and the position in Master did not move.',
    next: 'Check user, password and database in the URL of Master, then start again.',
  },
  HUB_MASTER_TLS_REFUSED: {
    disposition: 'fatal',
    happened: 'The TLS connection to Master cannot be trusted or is not offered.',
    safe: 'Nothing was sent over it, and the position in Master did not move.',
    next: 'Check the certificate of the server and its name in MASTER_URL; name the issuing authority in NODE_EXTRA_CA_CERTS.',
  },
  HUB_MASTER_PERMISSION: {
    disposition: 'fatal',
    happened: 'The login of the hub may not read something in Master that it needs.',
    safe: 'The position in Master did not move.',
    next: 'Run `hub preflight`: it prints the exact GRANT statement for each missing permission.',
  },
  HUB_MASTER_QUERY_REFUSED: {
    disposition: 'fatal',
    happened: 'Master refuses a statement of the hub for a reason that waiting does not cure.',
    safe: 'The statement only reads. The position in Master did not move.',
    next: 'Look up the number or code in the manual of the server. `hub preflight` checks tables, columns and permissions.',
  },
  HUB_MASTER_RESULT_TOO_LARGE: {
    disposition: 'fatal',
    happened: 'A statement in Master gave more rows than may be held in memory.',
    safe: 'The statement was cancelled. The position in Master did not move.',
    next: 'Check that the key in mappings/master.json is the key of the table; if it is, lower MASTER_CHUNK_ROWS.',
  },
  HUB_MASTER_TABLE_MISSING: {
    disposition: 'fatal',
    happened: 'A table that the mapping names is not in Master, or the login may not see it.',
    safe: 'Nothing was taken for removed. The position in Master did not move.',
    next: 'Correct mappings/master.json or the permissions, run `hub preflight`, and start again.',
  },
  HUB_MASTER_COLUMN_MISSING: {
    disposition: 'fatal',
    happened: 'A column that the mapping names is not in the table in Master.',
    safe: 'The position in Master did not move; nothing was sent without the column.',
    next: 'Ask what changed in Master, correct mappings/master.json, run `hub preflight`, and start again.',
  },
  HUB_MASTER_COLUMN_TYPE: {
    disposition: 'fatal',
    happened: 'A column in Master has a type that does not fit the mapping.',
    safe: 'The position in Master did not move; nothing was sent with a guessed value.',
    next: 'Ask what changed in Master, correct type or sqlType in mappings/master.json, run `hub preflight`, and start again.',
  },
  HUB_MASTER_MODE_UNSUPPORTED: {
    disposition: 'fatal',
    happened: 'This Master cannot be read in the configured mode.',
    safe: 'Nothing was read.',
    next: 'Choose one of the modes named in the message, or meet what is missing: `hub preflight` prints the exact statements.',
  },
  HUB_MASTER_NOT_TRACKED: {
    disposition: 'fatal',
    happened:
      'Master does not say from which version its changes are complete: a table is not tracked, or the login may not see it.',
    safe: 'It was not taken for "no changes". The position in Master did not move.',
    next: 'Run `hub preflight`: it prints whether tracking or a permission is missing, and the statement for it.',
  },
  HUB_MASTER_GAP: {
    disposition: 'retriable',
    happened:
      'Changes in Master were lost before the hub read them: they expired, or tracking was interrupted, or the table was made anew.',
    safe: 'No removal is sent until the table has been read again in full. Persons that did not change give no event.',
    next: 'Nothing: the hub reads Master again by itself. Find out why it stood still, or why the table changed. In mode change-tracking, persons that were removed from Master meanwhile stay published, since reading finds only who is there: ask the owner of Master who they are, and run `hub source accept-gap master` when they have been looked after.',
  },
  HUB_MASTER_RESTORED: {
    disposition: 'fatal',
    happened: 'Master was restored from a backup, failed over, or is another database than before.',
    safe: 'Reading stopped before the first row. Nothing was sent from the restored database, and the position is kept.',
    next: 'Decide with the owner of Master which database is the right one. Then run `hub source accept-restore master`: the hub begins a new epoch and reads everything again.',
  },
  HUB_MASTER_REMOVAL_BURST: {
    disposition: 'fatal',
    happened: 'Far more persons than usual are gone from Master.',
    safe: 'None of the removals above the limit was sent, and the position stays before them.',
    next: 'Find out with the owner of Master whether the persons were removed on purpose. If so, run `hub source accept-removals master`; if not, have them put back and start again.',
  },
  HUB_MASTER_CEILING_STALLED: {
    disposition: 'retriable',
    happened:
      'A transaction in Master has been open for long, and the changes behind it cannot be read until it ends.',
    safe: 'Nothing is skipped: reading goes on with those changes when the transaction ends.',
    next: 'Find the oldest open transaction in Master and its owner; a backup or a forgotten session is the usual cause.',
  },
  HUB_MASTER_LEASE_LOST: {
    disposition: 'fatal',
    happened: 'Another instance of the hub reads Master now.',
    safe: 'This instance stopped reading. What it had sent last may be sent again by the other one, which changes nothing.',
    next: 'Nothing, when it happens once at a restart. When it happens often, this instance is too slow to renew its lease: look at its load.',
  },
  HUB_MASTER_CHECKPOINT_UNREADABLE: {
    disposition: 'fatal',
    happened: 'The stored position in Master cannot be read by this version of the hub.',
    safe: 'Nothing was read and the stored position was left as it is.',
    next: 'Start the version of the hub that wrote it, or a newer one. The last resort is to remove the stored position: then Master is read again in full.',
  },
  HUB_MASTER_ROW_TOO_LARGE: {
    disposition: 'rejected',
    happened:
      'The rows of one person in Master are larger than the limit, or than a Kafka message may be.',
    safe: 'The person is parked by its key alone; what is published of the person stays as it was.',
    next: 'Look at the rows in Master: a text that has run wild is the usual cause. MASTER_MAX_ROW_BYTES can be raised to 1 000 000 at most; what is larger than that has to be made smaller in Master. The next change of the person clears the parked record.',
  },
  HUB_MASTER_DUPLICATE_KEY: {
    disposition: 'rejected',
    happened: 'Two rows in Master have the same key, so nobody can say which one is right.',
    safe: 'Neither was sent. The person is parked by its key alone; what is published of the person stays as it was.',
    next: 'Remove the wrong row in Master and put a unique key on the table. The next change of the person clears the parked record.',
  },
} as const satisfies Record<`HUB_MASTER_${string}`, ErrorCodeEntry>;
